// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "engine/train/Ending.h"
#include "engine/train/TrainSetup.h"

namespace sightline::engine {

/// Of a run whose loss is no finite number after the batch that stands before `place`. `first`: it is the first one
/// after a checkpoint, which cannot be gone on from, then. `back`: where another one stands that has taken its place.
Ending lossDiverged(double loss, const TrainSetup& setup, RunPlace place, bool first,
                    const std::optional<std::string>& back);
/// Of a run whose weights are no finite numbers.
Ending weightsDiverged(int epoch, const TrainSetup& setup);
/// A sentence on what there is to go back to, with a space before it; empty where another process keeps the folder.
std::string keptCheckpoint(const TrainSetup& setup);

} // namespace sightline::engine
