// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "engine/TrainControl.h"
#include "experiment/Experiment.h"
#include "support/Json.h"

namespace sightline {

/// Where the weights of a network that is asked come from: a run's checkpoint, a snapshot, or a bare file.
struct ModelSource {
    std::filesystem::path runFolder; ///< a run ...
    std::string checkpoint = "best";
    std::shared_ptr<const WeightSnapshot> snapshot; ///< ... or its weights while it trains ...
    // ... or no run at all:
    std::string model; ///< zoo name or a GraphSpec file
    Json options = Json::object();
    std::filesystem::path weights;
    NormalizationSettings normalization;
    int height = 0, width = 0, channels = 3, classes = 1000;
};

/// A run's checkpoint: best | last | an epoch.
inline ModelSource ofRun(std::filesystem::path folder, std::string checkpoint = "best") {
    ModelSource source;
    source.runFolder = std::move(folder);
    source.checkpoint = std::move(checkpoint);
    return source;
}

} // namespace sightline
