// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace sightline {

/// Mean and the population's standard deviation of some values; both 0 without any.
struct Spread {
    double mean = 0, deviation = 0;
};
Spread spreadOf(const std::vector<double>& values);

} // namespace sightline
