// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/train/Compute.h"
#include "engine/train/EpochCallbacks.h"
#include "engine/train/TrainSetup.h"

namespace sightline::engine {

/// What a run has come to: all that a checkpoint holds beside the weights.
struct TrainState {
    OptimizerState optimizer;
    EpochCallbacks callbacks;
    std::vector<EpochMetrics> history;
    double baseRate = 0; ///< after reductions, before any schedule
    int firstEpoch = 1;  ///< of this session
    int lastEpoch = 0;   ///< finished
};

/// Of a run that begins: moments of zero, the experiment's learning rate.
TrainState beginningState(const TrainSetup& setup);

/// The learning rate that the settings name, float32 as Keras keeps it.
double namedRate(const Experiment& experiment);

/// A checkpoint's JSON. It says under which settings it was made, so that an edit takes effect once, whenever the run
/// goes on from there.
Json checkpointState(const TrainState& state, const Experiment& experiment, bool stoppedEarly);

} // namespace sightline::engine
