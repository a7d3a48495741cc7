// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/RankCorrelation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace sightline {

namespace {

/// Ranks from 0, less their mean; equal values share theirs.
std::vector<double> centeredRanks(std::span<const float> values) {
    std::vector<std::uint32_t> order(values.size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
    std::vector<double> ranks(values.size());
    const double mean = (static_cast<double>(values.size()) - 1) / 2;
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
        while (end < order.size() && values[order[end]] == values[order[begin]])
            ++end;
        for (std::size_t i = begin; i < end; ++i)
            ranks[order[i]] = static_cast<double>(begin + end - 1) / 2 - mean;
    }
    return ranks;
}

} // namespace

std::optional<double> rankCorrelation(std::span<const float> first, std::span<const float> second) {
    const auto isNumber = [](float value) { return std::isfinite(value); };
    if (!std::all_of(first.begin(), first.end(), isNumber) || !std::all_of(second.begin(), second.end(), isNumber))
        return std::nullopt;
    const std::vector<double> a = centeredRanks(first), b = centeredRanks(second);
    const double both = std::inner_product(a.begin(), a.end(), b.begin(), 0.0),
                 own = std::inner_product(a.begin(), a.end(), a.begin(), 0.0),
                 other = std::inner_product(b.begin(), b.end(), b.begin(), 0.0);
    return own > 0 && other > 0 ? std::optional(both / std::sqrt(own * other)) : std::nullopt;
}

} // namespace sightline
