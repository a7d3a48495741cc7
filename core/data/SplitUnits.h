// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include "data/Dataset.h"

namespace sightline {

/// Images that stay together in a split.
struct SplitUnit {
    std::vector<std::size_t> members;            ///< places in Dataset::samples
    std::map<std::size_t, std::size_t> perClass; ///< images by label; those without one are in none
};

/// Train's groups in the order of their first image; an image without a group is one of its own.
std::vector<SplitUnit> splitUnits(const Dataset& dataset);

} // namespace sightline
