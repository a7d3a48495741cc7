// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/Slurm.h"

#include <algorithm>

namespace sightline {

namespace {

/// "sbatch: error: Batch job submission failed: Invalid account": the last line, without who says it.
std::string lastLine(std::string text) {
    text.erase(text.find_last_not_of(" \r\n") + 1);
    const std::size_t line = text.rfind('\n');
    text.erase(0, line == std::string::npos ? 0 : line + 1);
    if (const std::size_t word = text.find(" error: "); word != std::string::npos)
        text.erase(0, word + 8);
    while (text.ends_with('.'))
        text.pop_back();
    return shown(text, 200);
}

} // namespace

Result<std::string> Slurm::answer(const std::vector<std::string>& command) const {
    Result<ProgramAnswer> answer = m_run(command);
    if (!answer)
        return answer.error();
    if (answer->code != 0)
        return Error{"Slurm's " + command.front() + " failed: " +
                     (answer->err.empty() ? "exit code " + std::to_string(answer->code) : lastLine(answer->err)) + "."};
    return std::move(answer->out);
}

Result<std::string> Slurm::submit(const SlurmArray& array, const SlurmSettings& settings) const {
    std::vector<std::string> command{"sbatch", "--parsable"};
    if (!settings.partition.empty())
        command.push_back("--partition=" + settings.partition);
    if (!settings.time.empty())
        command.push_back("--time=" + settings.time);
    if (settings.gpus > 0)
        command.push_back("--gpus=" + std::to_string(settings.gpus));
    command.insert(command.end(), settings.options.begin(), settings.options.end());
    // After the site's own options, so that these count. B: the signal is for the script, which is the program.
    command.insert(command.end(),
                   {"--array=0-" + std::to_string(array.tasks - 1) + "%" + std::to_string(array.atOnce), "--requeue",
                    "--signal=B:USR1@" + std::to_string(kSlurmNoticeSeconds), "--job-name=" + array.name,
                    "--output=" + array.log, "--error=" + array.log, "--open-mode=append", array.script.string()});
    const Result<std::string> said = answer(command);
    if (!said)
        return said.error();
    if (const std::optional<std::string> job = slurmJobIn(*said))
        return *job;
    return Error{"Slurm's sbatch named no job: " + lastLine(*said) + "."};
}

Result<std::vector<SlurmTask>> Slurm::tasks(const std::string& job, const std::vector<std::string>& command) const {
    const Result<std::string> said = answer(command);
    if (!said)
        return said.error();
    Result<std::vector<SlurmTask>> tasks = slurmTasksIn(*said);
    if (!tasks)
        return Error{"Slurm's " + command.front() + " --json: " + tasks.error().message};
    std::erase_if(*tasks, [&](const SlurmTask& task) { return task.job != job; });
    return tasks;
}

Result<std::vector<SlurmTask>> Slurm::queued(const std::string& job) const {
    return tasks(job, {"squeue", "--me", "--json"}); // not --jobs: a job that is over would be an error
}

Result<std::vector<SlurmTask>> Slurm::accounted(const std::string& job) const {
    return tasks(job, {"sacct", "--json", "--jobs=" + job});
}

Result<void> Slurm::done(const std::vector<std::string>& command) const {
    const Result<std::string> said = answer(command);
    return said ? Result<void>() : said.error();
}

Result<void> Slurm::cancel(const std::string& job) const {
    return done({"scancel", job});
}

Result<void> Slurm::cancelWaiting(const std::string& job) const {
    return done({"scancel", "--state=PENDING", job});
}

Result<void> Slurm::requeue(const std::string& task) const {
    return done({"scontrol", "requeue", task});
}

Result<void> Slurm::requeueAndHold(const std::string& task) const {
    return done({"scontrol", "requeuehold", task});
}

Result<void> Slurm::hold(const std::string& job) const {
    return done({"scontrol", "hold", job});
}

Result<void> Slurm::release(const std::string& job) const {
    return done({"scontrol", "release", job});
}

} // namespace sightline
