// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/OpenedRun.h"

#include <algorithm>

#include "store/ParentHistory.h"
#include "store/RunEvents.h"
#include "store/RunFork.h"
#include "store/RunStore.h"

namespace sightline::ui {

namespace {
RunEnded endOf(const RunSummary& summary) {
    RunEnded ended;
    ended.outcome = summary.state == "completed" ? RunEnded::Outcome::Completed
                    : summary.state == "failed"  ? RunEnded::Outcome::Failed
                                                 : RunEnded::Outcome::Stopped;
    ended.reason = summary.reason;
    ended.epochs = summary.epochs;
    ended.bestEpoch = summary.bestEpoch;
    ended.run = summary.id;
    ended.folder = summary.folder.string();
    return ended;
}

std::optional<ParentRun> parentIn(const RunFolder& folder) {
    const std::optional<RunParent> parent = parentOf(folder);
    if (!parent)
        return {};
    return ParentRun{parent->run, parent->epoch, historyOfParent(folder)};
}

/// A run that never came to its first epoch has no classes or no graph: those stay empty.
std::shared_ptr<OpenedRun> partsOf(const RunFolder& folder, Experiment experiment) {
    auto run = std::make_shared<OpenedRun>();
    run->folder = folder.path();
    run->experiment = std::move(experiment);
    if (auto classes = folder.classes())
        run->classes = std::move(*classes);
    if (const auto json = folder.graph()) {
        if (auto graph = graphFromJson(*json))
            run->graph = std::move(*graph);
    }
    run->parent = parentIn(folder);
    return run;
}

void takeEvents(RunEvents events, RunProgress& progress) {
    progress.history = std::move(events.epochs);
    progress.notes = std::move(events.notes);
    progress.edits = std::move(events.edits);
    progress.batchesPerEpoch = events.batchesPerEpoch;
    progress.patience = std::move(events.patience);
    if (events.outcome == "completed")
        progress.patience.used = 0;
    std::erase_if(progress.edits, isOfProbesOnly);
}
} // namespace

bool isOfProbesOnly(const RecordedEdit& edit) {
    return edit.changes.size() == 1 && edit.changes.contains(kProbes);
}

int OpenedRun::classIndex(const std::string& name) const {
    const auto found = std::find(classes.begin(), classes.end(), name);
    return found == classes.end() ? -1 : static_cast<int>(found - classes.begin());
}

int OpenedRun::classOf(const Dataset& dataset, int label) const {
    const auto at = static_cast<std::size_t>(label);
    return label < 0 || at >= dataset.classes.size() ? -1 : classIndex(dataset.classes[at]);
}

std::vector<LearningRateChanged> rateChanges(const Experiment& experiment, const std::vector<EpochMetrics>& history) {
    std::vector<LearningRateChanged> changes;
    if (experiment.training.schedule != ScheduleSettings{})
        return changes;
    for (std::size_t i = 1; i < history.size(); ++i)
        if (history[i].learningRate < history[i - 1].learningRate)
            changes.push_back({history[i].epoch, history[i - 1].learningRate, history[i].learningRate, {}});
    return changes;
}

Result<ReadRun> readRun(const std::filesystem::path& home, const std::string& idOrFolder) {
    auto store = RunStore::openToRead(home);
    if (!store)
        return store.error();
    const auto folder = store->find(idOrFolder);
    if (!folder)
        return folder.error();
    const std::optional<RunOwner> owner = ownerOf(folder->path()); // before the events: then its end is among them
    auto experiment = experimentToTrain(*folder);
    if (!experiment)
        return experiment.error();
    const auto summary = store->summary(*folder);
    if (!summary)
        return summary.error();
    ReadRun read{partsOf(*folder, std::move(*experiment)), {}};
    read.progress.experiment = read.run->experiment;
    RunEventsTail tail(folder->path() / "events.jsonl");
    RunEvents events;
    for (const Json& event : tail.read())
        events.add(event);
    const bool goesOn = owner && events.outcome.empty();
    const bool paused = events.paused, stopsAfterEpoch = events.stopsAfterEpoch;
    takeEvents(std::move(events), read.progress);
    read.progress.learningRateChanges = rateChanges(read.run->experiment, read.progress.history);
    read.progress.bestEpoch = summary->bestEpoch;
    if (goesOn)
        read.elsewhere = ReadRun::Elsewhere{*owner, std::move(tail), paused, stopsAfterEpoch};
    else
        read.progress.ended = endOf(*summary);
    return read;
}

std::shared_ptr<const OpenedRun> readRest(const OpenedRun& run) {
    auto now = partsOf(RunFolder(run.folder), run.experiment);
    return now->isWhole() ? std::move(now) : nullptr;
}

ReadRun readBegun(const RunStarted& started, const Experiment& asked) {
    const RunFolder folder(started.folder);
    const auto stored = folder.experiment();
    const auto run = partsOf(folder, stored ? *stored : asked);
    run->classes = started.classes;
    ReadRun read{run, {}};
    read.progress.experiment = run->experiment;
    takeEvents(readRunEvents(folder.path() / "events.jsonl"), read.progress); // of earlier sessions
    if (!read.progress.history.empty()) {
        read.progress.learningRateChanges = rateChanges(run->experiment, read.progress.history);
        read.progress.bestEpoch = folder.summary().bestEpoch;
    }
    read.progress.batchesPerEpoch = started.batchesPerEpoch;
    return read;
}

} // namespace sightline::ui
