// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "search/SlurmSettings.h"
#include "support/Program.h"

namespace sightline {

/// Tasks of a job array, as squeue or sacct tells of them: one task, or those that wait together.
struct SlurmTask {
    std::string job;          ///< of the array
    std::optional<int> index; ///< nothing: several tasks that have not begun
    std::string state;        ///< "RUNNING", "PENDING", "TIMEOUT" ...
    std::string reason;       ///< why it waits; empty where nothing is said
    bool isAlive = false;     ///< it runs, or will

    bool operator==(const SlurmTask&) const = default;
};

/// Reads `squeue --json` or `sacct --json` of Slurm 21.08 and later, whose numbers and states changed their form more
/// than once. Records that make no sense are left out. Error: it is no answer of theirs at all.
Result<std::vector<SlurmTask>> slurmTasksIn(std::string_view text);
/// The job's id in what `sbatch --parsable` prints: "123" or "123;cluster".
std::optional<std::string> slurmJobIn(std::string_view text);

/// An array of tasks that all run the same command.
struct SlurmArray {
    std::string name;
    std::filesystem::path script; ///< what each task runs
    std::string log;              ///< where a task's output goes, with Slurm's %A and %a
    int tasks = 1;
    int atOnce = 1;
};

/// Slurm by its own commands, which every site has, as the person who calls.
class Slurm {
public:
    using Run = std::function<Result<ProgramAnswer>(const std::vector<std::string>& command)>;
    explicit Slurm(Run run = [](const std::vector<std::string>& command) { return runProgram(command); })
        : m_run(std::move(run)) {}

    /// The job's id. A task gets SIGUSR1 before its time is over, and may be requeued.
    Result<std::string> submit(const SlurmArray& array, const SlurmSettings& settings) const;
    /// What squeue says of a job's tasks; empty: it knows none of them any more.
    Result<std::vector<SlurmTask>> queued(const std::string& job) const;
    /// What sacct says of them. Error: the site keeps no accounts.
    Result<std::vector<SlurmTask>> accounted(const std::string& job) const;
    /// Tasks that run get SIGTERM and half a minute or what the site gives.
    Result<void> cancel(const std::string& job) const;
    /// Those that have not begun.
    Result<void> cancelWaiting(const std::string& job) const;
    /// A task ("123_4") begins again as soon as there is room.
    Result<void> requeue(const std::string& task) const;
    /// The same, once it is released; it gets SIGTERM as a task that is cancelled.
    Result<void> requeueAndHold(const std::string& task) const;
    /// Tasks that have not begun wait until they are released.
    Result<void> hold(const std::string& job) const;
    Result<void> release(const std::string& job) const;

private:
    Result<std::string> answer(const std::vector<std::string>& command) const;
    Result<void> done(const std::vector<std::string>& command) const;
    Result<std::vector<SlurmTask>> tasks(const std::string& job, const std::vector<std::string>& command) const;

    Run m_run;
};

} // namespace sightline
