// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/Engine.h"
#include "engine/questions/Predictions.h"
#include "metrics/Classified.h"
#include "metrics/UnknownRule.h"

namespace sightline {

/// A file or a folder that is no image to classify.
struct PassedOver {
    std::filesystem::path path;
    std::string kind; ///< not_an_image, unreadable_folder, link_upward
    std::string why;  ///< follows the path: "is not named like an image and is skipped"
};

struct FilesToClassify {
    std::vector<std::filesystem::path> files;
    std::vector<PassedOver> passedOver;
};

/// Images as they are given, and those of folders with all folders below. Errors: a path that does not exist, a folder
/// without images, stopped.
Result<FilesToClassify> filesToClassify(const std::vector<std::filesystem::path>& paths, std::stop_token stop = {});

/// Copies in a folder that is classified would be classified the next time. Error: `folder` lies in one of `paths`.
Result<void> mayHoldCopies(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& paths);

struct ClassifyRequest {
    std::filesystem::path runFolder;
    std::string checkpoint = "best";
    std::vector<std::filesystem::path> files;
    int threads = 0;
    double refuseShare = kRefuseShare; ///< of known images that may be called unknown; 0: none is judged
    std::string dataPath = {};         ///< where the run's images are now; empty: where the run says
    Progress onLearning = {};          ///< what tells unknown images is learned once for a checkpoint
    ImageReader read = {};             ///< as PredictionsQuestion::read
};

struct Classification {
    std::vector<std::string> classes; ///< of the run
    std::vector<ClassifiedImage> images;
    std::string unjudged = {}; ///< why no image is judged to be unknown, where one should be: a sentence
};

/// What a run says about files that are in no data set of its own. Files that cannot be read are said one by one.
/// Error: also a share of refused images outside 0...1.
Result<Classification> classify(Engine& engine, const ClassifyRequest& request, std::stop_token stop,
                                const Progress& progress);

} // namespace sightline
