// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/EpochOrder.h"

#include <algorithm>
#include <map>
#include <utility>

#include "support/Random.h"

namespace sightline {

namespace {

/// Fisher and Yates, of one class in one round of an epoch.
void shuffle(std::vector<std::uint32_t>& members, std::uint64_t seed, std::uint64_t epoch, std::uint64_t stream) {
    CounterRandom random(seed, RandomPurpose::Balance, epoch, stream);
    for (std::size_t i = members.size(); i > 1; --i)
        std::swap(members[i - 1], members[random.below(i)]);
}

} // namespace

EpochOrder shuffledOrder(std::size_t images, std::uint64_t seed, std::uint64_t epoch) {
    return {permutation(images, seed, RandomPurpose::Shuffle, epoch), {}};
}

EpochOrder balancedOrder(const std::vector<int>& labels, std::uint64_t seed, std::uint64_t epoch) {
    std::map<int, std::vector<std::uint32_t>> members;
    for (std::uint32_t i = 0; i < labels.size(); ++i)
        members[labels[i]].push_back(i);
    if (members.size() < 2)
        return shuffledOrder(labels.size(), seed, epoch);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> drawn; // place, repeat
    const std::vector<std::uint32_t> ranks = permutation(members.size(), seed, RandomPurpose::Balance, epoch);
    std::size_t number = 0;
    for (auto& [label, places] : members) {
        const std::size_t share =
            labels.size() / members.size() + (ranks[number] < labels.size() % members.size() ? 1 : 0);
        for (std::size_t i = 0; i < share; ++i) {
            const std::size_t round = i / places.size(), at = i % places.size();
            if (at == 0)
                shuffle(places, seed, epoch, std::uint64_t{number + 1} << 32 | round);
            drawn.emplace_back(places[at], static_cast<std::uint32_t>(round));
        }
        ++number;
    }
    EpochOrder order;
    for (const std::uint32_t at : permutation(drawn.size(), seed, RandomPurpose::Shuffle, epoch)) {
        order.places.push_back(drawn[at].first);
        order.repeats.push_back(drawn[at].second);
    }
    return order;
}

} // namespace sightline
