// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "support/Result.h"

namespace sightline {

/// The class a heat map speaks for, and the one it is compared with.
struct TargetClasses {
    int positive = 0;
    int negative = -1; ///< -1: none
};

/// Reads HeatMapQuestion::target: predicted | true | a class's name | its number | A-B, where A and B are any of these.
/// The two words mean what they say even where a class is named so: such a class is asked for by its number.
Result<TargetClasses> targetClasses(const std::string& text, const std::vector<std::string>& classes, int predicted,
                                    int truth);

/// What is read as this class, or as this class rather than another: its name, or its number where the name would be
/// read as something else.
std::string targetText(const std::vector<std::string>& classes, int positive, int negative = -1);

} // namespace sightline
