// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "support/Result.h"

namespace sightline {

/// What a heat map speaks for: a class, or a class rather than another (the difference of their scores).
struct HeatMapTarget {
    int positive = 0;
    int negative = -1; ///< -1: none
    std::string name;  ///< as shown: a class's name (its number without names), or A-B
};

/// Reads predicted | true | a class's name | its number | A-B, where A and B are any of these; class names may hold
/// '-'. `classes` may be empty (a network without a run); `count` is the number of outputs. Errors name what was asked.
Result<HeatMapTarget> parseHeatMapTarget(const std::string& text, const std::vector<std::string>& classes, int count,
                                         int predicted, int truth);

} // namespace sightline
