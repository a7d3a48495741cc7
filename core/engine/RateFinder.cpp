// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/RateFinder.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "engine/RateSuggestion.h"

namespace sightline {

namespace {

constexpr double kFall = 0.01; ///< of the loss: less is noise

/// The longest falling sequence, as a stretch that ends with its last loss.
struct Fall {
    std::size_t first = 0, last = 0;
};

Fall longestFall(const std::vector<double>& losses, std::size_t from) {
    std::vector<std::size_t> length(losses.size(), 1); // of the longest falling sequence that ends there
    std::size_t end = from;
    for (std::size_t i = from; i < losses.size(); ++i) {
        for (std::size_t j = from; j < i; ++j)
            if (losses[i] < losses[j])
                length[i] = std::max(length[i], length[j] + 1);
        if (length[i] > length[end])
            end = i;
    }
    return {end - (length[end] - 1), end};
}

std::size_t steepest(const std::vector<double>& rates, const std::vector<double>& losses, const Fall& fall) {
    const auto slope = [&](std::size_t i) {
        const std::size_t before = i == 0 ? 0 : i - 1, after = std::min(i + 1, losses.size() - 1);
        return (losses[after] - losses[before]) / (std::log(rates[after]) - std::log(rates[before]));
    };
    std::size_t best = fall.first;
    for (std::size_t i = fall.first; i <= fall.last; ++i)
        if (slope(i) < slope(best))
            best = i;
    return best;
}

Json numberOrNull(const std::optional<double>& value) {
    return value ? Json(*value) : Json();
}

} // namespace

double SmoothedLoss::add(double loss) {
    m_mean = kBeta * m_mean + (1 - kBeta) * loss;
    m_share *= kBeta;
    return m_mean / (1 - m_share);
}

RateSuggestion suggestRates(const std::vector<double>& rates, const std::vector<double>& losses) {
    const std::size_t settled = losses.size() / 10;
    const auto place = [&](auto found) { return static_cast<std::size_t>(found - losses.begin()); };
    const std::size_t lowest = place(std::min_element(losses.begin(), losses.end()));
    if (losses.empty() || lowest <= settled)
        return {};
    const auto begin = losses.begin() + static_cast<std::ptrdiff_t>(settled);
    const double before = *std::max_element(begin, losses.begin() + static_cast<std::ptrdiff_t>(lowest));
    if (before - losses[lowest] < kFall * std::abs(before))
        return {};
    const Fall fall = longestFall(losses, settled);
    return {rates[steepest(rates, losses, fall)], rates[fall.first + 2 * (fall.last - fall.first) / 3],
            rates[lowest] / 10};
}

Json toJson(const RateCurve& curve) {
    const RateSuggestion& suggestion = curve.suggestion;
    return {{"rates", curve.rates},
            {"losses", curve.losses},
            {"suggestion",
             {{"steep", numberOrNull(suggestion.steep)},
              {"valley", numberOrNull(suggestion.valley)},
              {"minimum_tenth", numberOrNull(suggestion.minimumTenth)}}}};
}

} // namespace sightline
