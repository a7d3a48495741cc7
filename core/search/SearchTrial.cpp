// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SearchTrial.h"

#include <algorithm>
#include <array>

namespace sightline {

const char* nameOf(SearchTrial::State state) {
    constexpr std::array kNames{"running", "complete", "pruned", "failed"};
    return kNames[static_cast<std::size_t>(state)];
}

std::vector<const SearchTrial*> rankedTrials(const std::vector<SearchTrial>& trials, bool maximize) {
    std::vector<const SearchTrial*> ranked;
    for (const SearchTrial& trial : trials)
        if (trial.state == SearchTrial::State::Complete && trial.value)
            ranked.push_back(&trial);
    std::stable_sort(ranked.begin(), ranked.end(), [&](const SearchTrial* one, const SearchTrial* other) {
        return maximize ? *one->value > *other->value : *one->value < *other->value;
    });
    return ranked;
}

std::optional<int> bestTrial(const std::vector<SearchTrial>& trials, bool maximize) {
    const std::vector<const SearchTrial*> ranked = rankedTrials(trials, maximize);
    return ranked.empty() ? std::nullopt : std::optional(ranked.front()->number);
}

} // namespace sightline
