// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

#include "data/Dataset.h"

namespace sightline {

/// The images of a folder and of all below it, as a data set would take them.
struct ImageFiles {
    std::vector<std::filesystem::path> files;
    std::vector<DataProblem> passedOver; ///< what is no image, and folders that cannot be listed; relative paths
};

ImageFiles imageFilesIn(const std::filesystem::path& folder, std::stop_token stop = {});

} // namespace sightline
