// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/TrialRuns.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "store/FindRun.h"
#include "support/Files.h"

namespace sightline {

namespace {

/// Whether there was anything to remove.
bool removeCheckpoints(const RunFolder& run) {
    if (run.isRunning())
        return false;
    bool removed = false;
    std::error_code code;
    std::vector<std::filesystem::path> files;
    for (std::filesystem::directory_iterator entry(run.path() / "checkpoints", code), end; !code && entry != end;
         entry.increment(code))
        if (entry->path().extension() == ".safetensors")
            files.push_back(entry->path());
    for (const std::filesystem::path& file : files)
        removed |= std::filesystem::remove(file, code);
    return removed;
}

} // namespace

RunGroup trialMember(const SearchPlan& plan, const std::string& search, int trial, int execution) {
    std::string member = "trial " + std::to_string(trial);
    if (plan.executionsPerTrial > 1)
        member += ", execution " + std::to_string(execution + 1) + " of " + std::to_string(plan.executionsPerTrial);
    return {search, RunGroup::Kind::Search, plan.title(), std::move(member)};
}

std::map<std::string, RunFolder> runsOfSearch(const std::filesystem::path& home, const std::string& search) {
    std::map<std::string, RunFolder> found;
    for (const RunFolder& run : runFolders(home)) // newest first
        if (const std::optional<RunGroup> group = readGroup(run.path());
            group && group->kind == RunGroup::Kind::Search && group->id == search)
            found.emplace(group->member, run);
    return found;
}

Result<Experiment> executionAt(const SearchPlan& plan, const SearchTrial& trial, int execution) {
    std::vector<Problem> found;
    Experiment experiment = experimentAt(plan, trial.point, found);
    if (!found.empty())
        return badInput("The trial's settings are impossible: " + joined(found) + ".");
    experiment.seed += static_cast<std::uint64_t>(execution);
    experiment.name = plan.title() + ", " + trialMember(plan, {}, trial.number, execution).member;
    if (plan.parallel > 1 && !plan.slurm && experiment.training.threads == 0)
        experiment.training.threads = std::max(1, availableCpus() / plan.parallel);
    return experiment;
}

bool isDone(const RunFolder& run) {
    const RunSummary summary = run.summary();
    return summary.state == "completed" && summary.epochs > 0;
}

Result<ExecutionFigures> figuresOf(const RunFolder& run, const SearchPlan& plan) {
    const Result<std::vector<EpochMetrics>> history = run.history();
    if (!history)
        return history.error();
    const EpochMetrics* best = nullptr;
    double highest = 0;
    for (const EpochMetrics& epoch : *history) {
        const std::optional<double> value = epoch.value(plan.objective);
        if (!value || !std::isfinite(*value))
            continue;
        if (!best || (plan.maximize ? *value > highest : *value < highest)) {
            best = &epoch;
            highest = *value;
        }
    }
    if (!best)
        return Error{"No epoch of the run " + run.id() + " has a " + plan.objective + "."};
    ExecutionFigures figures{highest, {{"epoch", best->epoch}}};
    for (const char* name : {"loss", "accuracy", "val_loss", "val_accuracy"})
        if (const std::optional<double> value = best->value(name); value && std::isfinite(*value))
            figures.others[name] = *value;
    return figures;
}

void settle(SearchTrial& trial, const std::filesystem::path& home, const SearchPlan& plan) {
    if (trial.state == SearchTrial::State::Pruned && !trial.reports.empty())
        trial.value = trial.reports.rbegin()->second;
    if (trial.state != SearchTrial::State::Complete)
        return;
    trial.values.clear();
    trial.figures.clear();
    const auto count = static_cast<double>(trial.runs.size());
    for (const std::string& run : trial.runs) {
        const Result<ExecutionFigures> one = figuresOf(RunFolder(home / "runs" / run), plan);
        if (!one) {
            trial.state = SearchTrial::State::Failed;
            trial.error = one.error().message;
            return;
        }
        trial.values.push_back(one->value);
        for (const auto& [name, value] : one->others)
            trial.figures[name] += value / count;
    }
    trial.value = std::accumulate(trial.values.begin(), trial.values.end(), 0.0) / count;
}

std::vector<int> dropCheckpoints(const std::filesystem::path& home, const SearchPlan& plan,
                                 const std::vector<SearchTrial>& trials) {
    std::set<int> kept;
    for (const SearchTrial* trial : rankedTrials(trials, plan.maximize))
        if (kept.size() < static_cast<std::size_t>(plan.keepBest))
            kept.insert(trial->number);
    std::vector<int> dropped;
    for (const SearchTrial& trial : trials) {
        if (trial.state == SearchTrial::State::Running || kept.contains(trial.number))
            continue;
        bool removed = false;
        for (const std::string& run : trial.runs)
            if (!run.empty())
                removed |= removeCheckpoints(RunFolder(home / "runs" / run));
        if (removed)
            dropped.push_back(trial.number);
    }
    return dropped;
}

} // namespace sightline
