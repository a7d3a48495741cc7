// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "augment/Augment.h"
#include "network/GraphSpec.h"
#include "store/RunFolder.h"

namespace sightline {

/// What a run's network needs to be used, read once: by the trainer that goes on, by questions, and by exports.
struct RunParts {
    Experiment experiment; ///< as it is now
    std::vector<std::string> classes;
    GraphSpec graph;
    std::shared_ptr<const FittedNormalization> fitted; ///< null where the normalization is not fitted
};

/// Errors: a file of the run is missing or damaged.
Result<RunParts> readRunParts(const RunFolder& run);

} // namespace sightline
