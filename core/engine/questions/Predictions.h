// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "metrics/UnknownRule.h"
#include "support/Image.h"
#include "support/Result.h"

namespace sightline {

/// Reads an image that a network is asked about. Called from the thread that asks. Errors name the image.
using ImageReader = std::function<Result<Image>(const std::filesystem::path&)>;

/// What are these files? Files that cannot be read are said one by one.
struct Predictions;
struct PredictionsQuestion {
    using Answer = Predictions;
    std::vector<std::filesystem::path> images;
    std::shared_ptr<const UnknownJudge> judge = {}; ///< says which are of none of the classes; null: nobody says
    ImageReader read = {};                          ///< null: they are files, read as the network's run read its own
};

struct ImagePrediction {
    std::string path;
    std::string error; ///< not empty: could not be read
    std::vector<float> probabilities;
    std::optional<double> unknownScore = {}; ///< UnknownJudge::score(); nothing: not judged
};

struct Predictions {
    std::vector<ImagePrediction> images;
};

} // namespace sightline
