// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/train/EpochCallbacks.h"
#include "experiment/RunEdit.h"
#include "metrics/Metrics.h"

namespace sightline::engine {

/// What the batches of an epoch have come to so far.
struct EpochSoFar {
    RunningMean loss, accuracy;
    double learningRate = 0; ///< of the last batch
    double seconds = 0;      ///< spent on its batches, pauses aside
    double waited = 0;       ///< of these, for images
};

/// Where a run stands between two batches: all of it but the tensors (weights and Moments). A value: TrainLoop
/// advances it, a checkpoint holds it.
struct TrainState {
    int epoch = 1;           ///< under way, from 1; behind the last one where the run is done
    int batch = 0;           ///< place in the epoch's order of the batch to come: those before it are trained
    std::int64_t step = 0;   ///< batches trained in all
    std::int64_t origin = 0; ///< the step the optimiser's moments began at
    double baseRate = 0;     ///< after reductions, before any schedule
    bool stoppedEarly = false;
    EpochSoFar soFar;
    EpochCallbacks callbacks;
    std::vector<EpochMetrics> history;
    std::set<std::string> skipped; ///< paths of the training images that could not be read

    /// Of a run that begins.
    static TrainState beginning(const Experiment& experiment, bool hasValidation);
    int finished() const { return epoch - 1; } ///< epochs
    bool isWithinEpoch() const { return batch > 0; }
    /// Whether nothing of so many epochs is left to train.
    bool isTrained(int epochs) const { return stoppedEarly || epoch > epochs; }
    RunPlace place() const { return {epoch, batch}; }
    /// The epoch under way is over: its metrics go into the history, and the callbacks have their say.
    EpochVerdict endEpoch(const EpochMetrics& metrics);
};

/// The learning rate that the settings name, float32 as Keras keeps it.
double namedRate(const Experiment& experiment);

/// A checkpoint's document. "epoch" counts the finished ones, "batch" the batches of the next one that are in it. It
/// says under which settings it was made, so that an edit takes effect once, whenever the run goes on from there. The
/// history is without times: at the end of an epoch the same training gives the same document.
Json toJson(const TrainState& state, const Experiment& experiment);

/// Whether a document has what a run cannot go on without.
bool isTrainState(const Json& json);

/// What the document says of a run takes the place of what `state` has; but a history that has all the epochs (of the
/// run's events, with times) stays. Documents of older versions have none, and no epoch under way.
void takeJson(const Json& json, TrainState& state);

} // namespace sightline::engine
