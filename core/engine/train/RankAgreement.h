// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/train/Ranks.h"
#include "engine/train/TrainSetup.h"
#include "engine/train/TrainState.h"

namespace sightline::engine {

/// How many of the processes share the CPUs of this one, itself included.
int sharersOfCpus(Ranks& ranks);

/// Whether all processes have the same images in the same order, the same settings and the same program; where they
/// lie and how many threads compute is each one's own. The error, the same on every rank, names what differs and whose.
Result<void> agreeOnRun(Ranks& ranks, const TrainSetup& setup);

/// What rank 0 begins with becomes everybody's: the run's folder, weights, moments, fitted normalization, state, and
/// the experiment `before` (Resumed::before).
void shareBeginning(Ranks& ranks, TrainSetup& setup, TrainState& state, Moments& moments, Experiment& before);

/// Rank 0's running statistics become everybody's: batch-norms that are each process's own see other images.
void shareStatistics(Ranks& ranks, GraphModule& module);

} // namespace sightline::engine
