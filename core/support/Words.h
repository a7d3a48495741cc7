// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace sightline {

/// "a, b, c and 4 more": foreign names as they may stand in a sentence (shown()), the first `most` of them.
std::string listed(const std::vector<std::string>& names, std::size_t most = 8);

/// "a", "a and b", "a, b and c": all of a few names.
std::string enumerated(const std::vector<std::string>& names);

/// "1 image", "2 images", "3 classes".
std::string counted(std::size_t count, const std::string& one);

/// "10,015".
std::string grouped(std::size_t number);

} // namespace sightline
