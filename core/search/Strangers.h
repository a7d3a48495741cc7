// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "search/SearchSpace.h"

namespace sightline {

/// Takes the numbers out of a point that the space does not have or allow, as other programs may write them into a
/// journal. Their names.
std::vector<std::string> dropStrangers(const SearchSpace& space, Point& point);

} // namespace sightline
