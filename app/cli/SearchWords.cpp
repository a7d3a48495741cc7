// SPDX-License-Identifier: GPL-3.0-or-later
#include "SearchWords.h"

#include <cstdio>

#include "Command.h"
#include "search/Importance.h"
#include "support/Words.h"

namespace sightline::cli {

namespace {

/// "training.optimizer.name adam, model.options.dense [64,32]".
std::string settingsText(const SearchPlan& plan, const SearchTrial& trial) {
    std::string text;
    const Json settings = settingsOf(plan.space, trial.point);
    for (const auto& [path, value] : settings.items())
        text += (text.empty() ? "" : ", ") + path + " " +
                (value.is_string() ? value.get<std::string>() : toText(value, -1));
    return text;
}

std::string resultText(const SearchPlan& plan, const SearchTrial& trial) {
    char value[64] = "";
    if (trial.value)
        std::snprintf(value, sizeof(value), "%s %.4f", plan.objective.c_str(), *trial.value);
    switch (trial.state) {
    case SearchTrial::State::Running:
        return "in progress";
    case SearchTrial::State::Complete:
        return value;
    case SearchTrial::State::Pruned:
        return std::string(value) + ", pruned after epoch " +
               std::to_string(trial.reports.empty() ? 0 : trial.reports.rbegin()->first);
    case SearchTrial::State::Failed:
        break;
    }
    return "failed: " + trial.error;
}

void sayBatch(const TrialTrains& trains, int executions) {
    const auto* batch = std::get_if<BatchFinished>(&trains.event);
    if (!batch)
        return;
    std::string what = "trial " + std::to_string(trains.trial);
    if (executions > 1)
        what += ", execution " + std::to_string(trains.execution + 1);
    showProgress(what + ", epoch " + std::to_string(batch->epoch), static_cast<std::size_t>(batch->batch),
                 static_cast<std::size_t>(batch->batches));
}

} // namespace

void sayEvent(const SearchEvent& event, const SearchPlan& plan, bool quiet) {
    if (const auto* began = std::get_if<TrialBegan>(&event))
        std::fprintf(stderr, "trial %d %s: %s\n", began->trial.number, began->goesOn ? "continues" : "begins",
                     settingsText(plan, began->trial).c_str());
    else if (const auto* ended = std::get_if<TrialEnded>(&event))
        std::fprintf(stderr, "trial %d  %s%s\n", ended->trial.number, resultText(plan, ended->trial).c_str(),
                     ended->isBest ? "  best" : "");
    else if (const auto* note = std::get_if<SearchNote>(&event))
        std::fprintf(stderr, "%s\n", note->message.c_str());
    else if (const auto* removed = std::get_if<CheckpointsRemoved>(&event))
        std::fprintf(stderr, "%s\n", removedWords(*removed).c_str());
    else if (const auto* trains = std::get_if<TrialTrains>(&event); trains && !quiet)
        sayBatch(*trains, plan.executionsPerTrial);
}

void printBest(const SearchView& view, int best) {
    const SearchTrial& trial = view.study.trials[static_cast<std::size_t>(best)];
    const auto ended = static_cast<std::size_t>(endedTrials(view.study));
    const bool isAll = ended == view.study.trials.size();
    std::printf("Best of %s: trial %d, %s: %s\n", counted(ended, isAll ? "trial" : "finished trial").c_str(), best,
                resultText(view.plan, trial).c_str(), settingsText(view.plan, trial).c_str());
    for (const std::string& run : trial.runs)
        std::printf("run %s\n", run.c_str());
}

void printSearch(const SearchView& view) {
    std::printf("%s  %s  %s, %d of %d trials\n", view.id.c_str(), view.plan.title().c_str(), nameOf(view.state),
                endedTrials(view.study), trialsOf(view.plan));
    for (const std::string& note : view.study.notes)
        std::printf("%s\n", note.c_str());
    for (const SearchTrial& trial : view.study.trials)
        std::printf("trial %-4d %s  (%s)\n", trial.number, resultText(view.plan, trial).c_str(),
                    settingsText(view.plan, trial).c_str());
    if (const std::optional<int> best = bestTrial(view.study.trials, view.plan.maximize))
        printBest(view, *best);
    for (const auto& [path, share] : importanceOf(view.plan.space, view.study.trials))
        std::printf("importance %5.1f %%  %s\n", 100 * share, path.c_str());
}

} // namespace sightline::cli
