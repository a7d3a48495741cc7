// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/module/GraphModule.h"
#include "engine/train/Compute.h"
#include "support/Json.h"

namespace sightline::engine {

/// Everything a run needs to go on as if it had never stopped: weights, statistics, the optimiser's moments and step,
/// and `state` (epoch, rate, callbacks' counters) as JSON in the metadata. Written atomically.
Result<void> saveCheckpoint(const std::filesystem::path& file, const GraphModule& module, const Moments& moments,
                            const Json& state);

/// The other way round; gives `state`. Errors: not a checkpoint of this network.
Result<Json> loadCheckpoint(const std::filesystem::path& file, GraphModule& module, Moments& moments);

} // namespace sightline::engine
