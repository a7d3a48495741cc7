// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/train/RunCheckpoints.h"
#include "engine/train/RunReporter.h"
#include "engine/train/TrainState.h"

namespace sightline::engine {

/// Where a run goes on from.
struct Resumed {
    std::string from; ///< the checkpoint, relative to the run's folder
    bool isLast = true;
    Experiment before; ///< the checkpoint's freezing and fine-tuning; nothing else of it counts
};

/// Takes weights, moments and state from the run's checkpoint; what was edited since that was made takes effect. Once
/// it is sure to go on, the place of its images is written down. A run that was cut off when all was trained is left
/// as it is, to come to its end. Errors: as RunCheckpoints::load(); there is nothing left to do.
Result<Resumed> resumeRun(TrainSetup& setup, RunCheckpoints& checkpoints, TrainState& state, Moments& moments);

/// Where it goes on from, and what changes from there on.
void reportResume(const TrainSetup& setup, const TrainState& state, const Resumed& resumed, RunReporter& reporter);

} // namespace sightline::engine
