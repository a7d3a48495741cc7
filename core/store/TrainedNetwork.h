// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "network/Passes.h"
#include "store/RunParts.h"

namespace sightline {

/// The network of a run with the weights of a checkpoint, for exports.
struct TrainedNetwork {
    RunParts parts;
    GraphCost cost;      ///< of parts.graph
    TensorValues values; ///< of all its tensors
};

/// `which`: best | last | an epoch. Errors: there is none; a file of the run is missing or damaged.
Result<TrainedNetwork> trainedNetwork(const RunFolder& run, const std::string& which);

} // namespace sightline
