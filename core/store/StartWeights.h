// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/Result.h"

namespace sightline {

/// What `model.weights` names.
struct StartWeights {
    std::filesystem::path file;
    std::vector<std::string> classes; ///< in the order of its scores; empty where nobody says
    std::string run;                  ///< its name, where the weights are a run's
};

/// A run, by its id or its folder: its best checkpoint, and its classes. Else as weightsFile(); a file that was
/// exported from a run says its classes, too.
Result<StartWeights> startWeights(const std::string& weights, const std::filesystem::path& home,
                                  const std::string& network = {});

} // namespace sightline
