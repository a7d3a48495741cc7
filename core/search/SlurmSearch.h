// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "search/SearchRunner.h"
#include "search/Slurm.h"

namespace sightline {

struct SlurmPlace {
    Slurm slurm{};
    std::filesystem::path program{}; ///< what the tasks run; empty: the sightline-cli beside this program
    std::optional<Slurm> asked{};    ///< for questions only, whose answers nobody may wait for; nothing: `slurm`
};

/// A search whose trials are tasks of a Slurm job array, as it is seen from where jobs are submitted: submits as many
/// tasks as there are trials left, says what the journal tells, and submits again where tasks have ended before their
/// trials (their time, a lost machine). Goes on with a job whose tasks are still there. `stop` cancels the job, which
/// saves the trials in progress, unless the request leaves it. Of the events come trials that begin and end, and notes.
/// Errors: Slurm takes no job; the journal is damaged or cannot be written.
Result<SearchEnded> runSlurmSearch(const SearchRequest& request, SearchView view, std::stop_token stop,
                                   const SearchSink& sink, const SlurmPlace& place);

/// The task of a job array that this process is, "123_4", by Slurm's variables; nothing: none.
std::optional<std::string> slurmTaskHere(const std::function<const char*(const char*)>& variable);

/// A task's work: the trial that it had before it was requeued, else one that another task left, else the next one.
/// True where the trial has ended, or none was left; false where `stop` came before: it continues when the task begins
/// again.
Result<bool> runSlurmTask(Engine& engine, const SearchRequest& request, const std::string& task, std::stop_token stop,
                          const SearchSink& sink);

} // namespace sightline
