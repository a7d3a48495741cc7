// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <stop_token>
#include <vector>

#include "data/Dataset.h"

namespace sightline {

/// What a few images of a data set tell of all: how deep their values go, how many pages and channels there are.
struct PixelLook {
    DepthSettings depth = DepthSettings::full(); ///< what Auto means: Full, or the set's own range
    std::vector<Guess> guesses;                  ///< depth, page
    std::vector<DataProblem> problems;           ///< dropped_channels, transparent: once each
    std::optional<Colour> background;            ///< keeps drawings visible that are one colour without transparency
    int channels = 0; ///< that each image looked at has, where there are more than colours; else 0
};

/// Looks at a bounded number of images spread over the data set, headers first; never at those for testing, since a
/// run's input depends on it. Those that cannot be deep (JPEG, BMP, records) are not read at all. What `pixels` choose
/// themselves is not guessed.
PixelLook lookAtPixels(const Dataset& dataset, const PixelSettings& pixels, const std::stop_token& stop = {});

} // namespace sightline
