// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

#include "data/Dataset.h"

namespace sightline {

/// Where the object is, in pixels of the image as it is shown (EXIF orientation applied).
struct Box {
    int x = 0, y = 0, width = 0, height = 0;
    bool operator==(const Box&) const = default;
};

/// The boxes that come with a data set, by sample path: Tiny-ImageNet's lists, or a boxes.csv (path, class, x, y,
/// width, height) as the toy set has one. Images without a box are absent. Empty where the source knows none.
std::map<std::string, Box> readBoxes(const Dataset& dataset);

} // namespace sightline
