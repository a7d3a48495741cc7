// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "search/SearchFolder.h"
#include "search/Slurm.h"
#include "store/RemoteCommand.h"

namespace sightline {

/// The job whose tasks train a search's trials, as its folder remembers it; empty: none was submitted.
std::string slurmJobOf(const SearchFolder& folder);

/// Whether a job was submitted and nobody has seen since that its tasks are gone: they may all be waiting.
bool hasSlurmJob(const SearchFolder& folder);
/// Leaves word that none of its tasks is there any more.
void sayJobIsOver(const SearchFolder& folder);

/// Submits `tasks` tasks, each of which trains a trial (`search task`), at most the plan's `parallel` of them at once,
/// and remembers the job. `program`: the sightline-cli they run; empty: the one beside this program. Its id. Errors:
/// Slurm does not take it; the folder cannot be written.
Result<std::string> submitTasks(const Slurm& slurm, const SearchFolder& folder, const SearchPlan& plan, int tasks,
                                const std::filesystem::path& program);

/// Where the tasks leave their output, for people.
std::string slurmLogsOf(const SearchFolder& folder, const std::string& job);

/// Pauses a search's job (tasks in progress save and are held with those that wait), resumes it or stops it (its tasks
/// save and end), and leaves word whether it is paused. Errors: nothing of the job is there any more; Slurm refuses.
Result<void> steerJob(const Slurm& slurm, const SearchFolder& folder, RemoteCommand::Kind command);

} // namespace sightline
