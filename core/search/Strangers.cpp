// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/Strangers.h"

#include <algorithm>
#include <cmath>

namespace sightline {

namespace {

bool contains(const Distribution& distribution, double value) {
    if (!distribution.isNumber())
        return value >= 0 && value < static_cast<double>(distribution.choices.size()) && value == std::floor(value);
    const double low = distribution.low, high = distribution.high;
    const double slack = 1e-9 * std::max({1.0, std::abs(low), std::abs(high)}); // of sums of steps
    return value >= low - slack && value <= high + slack &&
           (distribution.kind == Distribution::Kind::Float || value == std::round(value));
}

} // namespace

std::vector<std::string> dropStrangers(const SearchSpace& space, Point& point) {
    std::vector<std::string> names;
    std::erase_if(point, [&](const auto& number) {
        const Distribution* distribution = distributionOf(space, number.first);
        if (distribution && contains(*distribution, number.second))
            return false;
        names.push_back(number.first);
        return true;
    });
    return names;
}

} // namespace sightline
