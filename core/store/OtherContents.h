// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "support/Result.h"

namespace sightline {

/// Which images two runs know by the same path but with other contents: of two data sets, say, that name their files
/// alike.
struct OtherContents {
    bool isKnown = true; ///< false: one of the runs has no list of its images, so that only paths can be compared
    std::set<std::string> paths;
};

/// By the runs' manifests. Errors: one is damaged.
Result<OtherContents> otherContents(const std::filesystem::path& firstRun, const std::filesystem::path& secondRun);

} // namespace sightline
