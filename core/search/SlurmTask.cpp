// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <mutex>

#include "search/JournalFile.h"
#include "search/SearchGo.h"
#include "search/SlurmSearch.h"

namespace sightline {

namespace {

/// A trial in progress that a task may go on with: its own, else one that is nobody's.
const SearchTrial* leftFor(const std::string& task, const std::vector<SearchTrial>& trials) {
    const SearchTrial* nobodys = nullptr;
    for (const SearchTrial& trial : trials) {
        if (trial.state != SearchTrial::State::Running)
            continue;
        if (trial.task == task)
            return &trial;
        if (trial.task.empty() && !nobodys)
            nobodys = &trial;
    }
    return nobodys;
}

/// Of all tasks that begin at the same time one after the other chooses.
Result<std::optional<SearchTrial>> chosen(SearchGo& go, const SearchFolder& folder, const std::string& task) {
    const Result<JournalLock> turn = JournalLock::take(folder.path() / "next");
    if (!turn)
        return turn.error();
    const std::lock_guard lock(go.mutex());
    go.refresh();
    const Study& study = go.study();
    if (const SearchTrial* left = leftFor(task, study.trials)) {
        SearchTrial trial = *left;
        if (trial.task != task)
            go.check(go.journal().setTask(study.journalIds[static_cast<std::size_t>(trial.number)], task));
        trial.task = task;
        go.say(TrialBegan{trial, true});
        return std::optional(std::move(trial));
    }
    if (static_cast<int>(study.trials.size()) >= trialsOf(go.plan()))
        return std::optional<SearchTrial>();
    return go.begin(task);
}

} // namespace

std::optional<std::string> slurmTaskHere(const std::function<const char*(const char*)>& variable) {
    const char* const job = variable("SLURM_ARRAY_JOB_ID");
    const char* const index = variable("SLURM_ARRAY_TASK_ID");
    if (!job || !index || !*job || !*index)
        return std::nullopt;
    return std::string(job) + "_" + index;
}

Result<bool> runSlurmTask(Engine& engine, const SearchRequest& request, const std::string& task, std::stop_token stop,
                          const SearchSink& sink) {
    Result<SearchView> view = viewSearch(request.folder);
    if (!view)
        return view.error();
    if (!view->plan.slurm || !view->study.hasBegun)
        return badInput("The search " + view->id + " has not been started on Slurm; `search resume " + view->id +
                        "` starts it.");
    SearchGo go(engine, request, std::move(*view), true, std::move(stop), sink);
    const Result<std::optional<SearchTrial>> trial = chosen(go, request.folder, task);
    if (!trial)
        return trial.error();
    TrainControl control;
    const bool hasEnded = go.error() || !*trial || go.execute(**trial, control);
    return go.error() ? Result<bool>(*go.error()) : Result<bool>(hasEnded);
}

} // namespace sightline
