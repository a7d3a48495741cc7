// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Spread.h"

#include <cmath>
#include <numeric>

namespace sightline {

Spread spreadOf(const std::vector<double>& values) {
    if (values.empty())
        return {};
    const auto count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (const double value : values)
        squares += (value - mean) * (value - mean);
    return {mean, std::sqrt(squares / count)};
}

} // namespace sightline
