// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sightline {

/// What are these files? Files that cannot be read are said one by one.
struct Predictions;
struct PredictionsQuestion {
    using Answer = Predictions;
    std::vector<std::filesystem::path> images;
};

struct ImagePrediction {
    std::string path;
    std::string error; ///< not empty: could not be read
    std::vector<float> probabilities;
};

struct Predictions {
    std::vector<ImagePrediction> images;
};

} // namespace sightline
