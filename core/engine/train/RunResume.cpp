// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RunResume.h"

#include <torch/types.h>

#include <utility>

#include "engine/train/RunEdits.h"
#include "experiment/RunEdit.h"
#include "store/RunEvents.h"
#include "store/RunFork.h"
#include "support/FolderFlush.h"
#include "support/Words.h"

namespace sightline::engine {

namespace {

/// The settings a checkpoint was made under, beside those that hold now.
class Edits {
public:
    Edits(const Json& checkpoint, const TrainSetup& setup)
        : m_then(checkpoint.value("settings", Json())), m_now(changeableSettings(setup.experiment)),
          m_changes(setup.changes) {
        if (!m_then.is_object()) // of an older version
            m_then = changeableSettings(setup.before);
    }
    /// Also where an edit of now names it that only takes back one made since the checkpoint.
    bool change(const std::string& path) const {
        for (const auto& [changed, values] : m_changes.items())
            if (changed == path || changed.starts_with(path + "."))
                return true;
        return then(path) != m_now.value(path, Json());
    }
    Json then(const std::string& path) const { return m_then.value(path, Json()); }

private:
    Json m_then, m_now, m_changes;
};

/// Of a fork; `earlier` may be empty.
std::string ofFinished(int epochs, const std::string& earlier) {
    return "The checkpoint is of the end of all " + counted(static_cast<std::size_t>(epochs), "epoch") +
           ", so a fork from there has nothing to train; raise training.epochs" +
           (earlier.empty() ? "." : ", or fork " + earlier + ".");
}

/// What decides whether, and from where, a run goes on.
struct Standing {
    const TrainSetup& setup;
    const RunCheckpoints::Loaded& loaded;
    const Edits& edits;
    const RunEvents& events;

    int epochs() const { return setup.experiment.training.epochs; }
    int epoch() const { return loaded.state.value("epoch", 0); }
    bool isWithinEpoch() const { return loaded.state.value("batch", 0) > 0; }
    /// A fork begins there, whatever its parent did.
    bool isForked() const {
        const std::optional<RunParent> parent = parentOf(*setup.folder);
        return parent && epoch() == parent->epoch;
    }
    /// Whether all of it is trained that was asked for. What was asked for once holds until there is a new checkpoint.
    bool isTrained() const {
        if (epoch() >= epochs())
            return true;
        return !isWithinEpoch() && loaded.state.value("stopped_early", false) && !setup.namesEpochs &&
               !edits.change("training.epochs") && !edits.change("training.early_stopping") && !isForked() &&
               !events.resumedAfter.contains(epoch());
    }
    /// Before it had said that it was completed: its best weights may not be restored yet. It may end where it is, but
    /// not before that.
    bool isCutOff() const {
        return events.outcome != "completed" && loaded.hasOptimizer && !isWithinEpoch() && epochs() >= epoch();
    }
};

/// Why a trained run is not gone on with; empty where it has yet to come to its end.
std::string whyDone(const Standing& run) {
    const std::string finished = "The run has finished ";
    const int epoch = run.epoch();
    if (epoch >= run.epochs() && run.isForked())
        return ofFinished(epoch, pointsBefore(*run.setup.folder, {epoch + 1, 0}).words());
    if (run.isCutOff())
        return {};
    if (epoch >= run.epochs() && run.edits.change("training.epochs"))
        return finished + counted(static_cast<std::size_t>(epoch), "epoch") + "; set training.epochs to more.";
    if (epoch >= run.epochs())
        return finished + "all its epochs; there is nothing to resume. Raise training.epochs to continue it.";
    return finished + "early, after epoch " + std::to_string(epoch) +
           "; there is nothing to resume. Set training.epochs or training.early_stopping to continue it.";
}

/// Optimiser, learning rate and callbacks as the checkpoint has them.
void takeState(Json checkpoint, bool hasOptimizer, const Edits& edits, const TrainSetup& setup, TrainState& state) {
    for (const auto& [path, counter] : {std::pair("training.early_stopping", "early_stopping"),
                                        std::pair("training.reduce_lr_on_plateau", "reduce_lr")})
        if (const Json kept = checkpoint.value(counter, Json()); !kept.is_object() || !kept.contains("watched"))
            if (edits.change(path)) // of an older version: it does not say what it counts
                checkpoint.erase(counter);
    if (hasOptimizer) {
        takeJson(checkpoint, state);
    } else {
        state.epoch = checkpoint.value("epoch", 0) + 1;
        state.step = state.origin = std::int64_t{state.finished()} * setup.batchesPerEpoch();
        if (state.history.size() > static_cast<std::size_t>(state.finished()))
            state.history.resize(static_cast<std::size_t>(state.finished()));
        for (const EpochMetrics& epoch : state.history)
            state.baseRate = state.callbacks.epochEnded(epoch, state.baseRate).learningRate;
    }
    state.baseRate = setup.editedRate.value_or(state.baseRate);
    if (edits.change("training.optimizer.learning_rate"))
        state.baseRate = namedRate(setup.experiment);
}

} // namespace

Result<Resumed> resumeRun(TrainSetup& setup, RunCheckpoints& checkpoints, TrainState& state, Moments& moments) {
    const Result<RunCheckpoints::Loaded> loaded = checkpoints.load(*setup.module, moments);
    if (!loaded)
        return loaded.error();
    const Edits edits(loaded->state, setup);
    RunEvents events = readRunEvents(setup.folder->path() / "events.jsonl");
    const Standing standing{setup, *loaded, edits, events};
    const bool isTrained = standing.isTrained();
    if (isTrained)
        if (const std::string done = whyDone(standing); !done.empty())
            return badInput(done);
    state.history = std::move(events.epochs);
    takeState(loaded->state, loaded->hasOptimizer, edits, setup, state);
    if (!isTrained && std::exchange(state.stoppedEarly, false))
        state.callbacks.restartPatience();
    Json trained = Json::object();
    for (const char* path : {"model.freeze", "training.fine_tune"})
        trained[path] = Json::array({nullptr, edits.then(path)});
    Result<Experiment> before = withChanges({}, trained);
    if (!before)
        return before.error();
    checkpoints.keepBest();
    for (const std::filesystem::path& folder : {setup.folder->path(), setup.folder->path() / "checkpoints"})
        removeUnfinished(folder);
    if (setup.moved)
        if (const Result<void> written = writeDataPlace(setup.folder->path(), *setup.moved); !written)
            return written.error();
    if (!loaded->note.empty())
        setup.notes.push_back(loaded->note);
    return Resumed{loaded->file, loaded->isLast, std::move(*before)};
}

void reportResume(const TrainSetup& setup, const TrainState& state, const Resumed& resumed, RunReporter& reporter) {
    const bool within = state.isWithinEpoch();
    const int epoch = within ? state.epoch : state.finished();
    if (state.isTrained(setup.experiment.training.epochs)) // no "resumed": nobody asked for more
        reporter.report(RunNote{"Nothing is left to train after epoch " + std::to_string(epoch) +
                                "; the run is completed from " + resumed.from + "."});
    else
        reporter.report(RunNote{
            (within ? "Resumed in epoch " + std::to_string(epoch) + " after batch " + std::to_string(state.batch)
                    : "Resumed after epoch " + std::to_string(epoch)) +
                " from " + resumed.from + ".",
            Json{{"type", "resumed"}, {"epoch", epoch}, {"batch", state.batch}, {"from", resumed.from}}});
    if (setup.mark && setup.mark->before())
        reporter.report(RunNote{"Process " + std::to_string(setup.mark->before()->process) + " on the host " +
                                shown(setup.mark->before()->host) + " had this run before and has died."});
    if (setup.changes.empty())
        return;
    reporter.report(noteOfEdit(setup.changes, state.place()));
}

} // namespace sightline::engine
