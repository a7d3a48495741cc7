// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace sightline {

/// Which images an epoch takes, in order: a pure function of its arguments. `places` are positions in `labels`.
struct EpochOrder {
    std::vector<std::uint32_t> places;
    /// How often the same image came before in this epoch; empty where each comes once. It takes part in the draws of
    /// augmentation, so that a repeated image looks different each time.
    std::vector<std::uint32_t> repeats;
};

/// Every image once, shuffled.
EpochOrder shuffledOrder(std::size_t images, std::uint64_t seed, std::uint64_t epoch);

/// As many images as there are, each class equally often (the remainder goes to classes drawn anew each epoch): of a
/// large class a part, drawn without repeats; a small one over and over, each time in another order.
EpochOrder balancedOrder(const std::vector<int>& labels, std::uint64_t seed, std::uint64_t epoch);

/// What a draw is made for: the sample and its repeat.
inline std::uint64_t drawIndex(std::uint32_t sample, std::uint32_t repeat) {
    return std::uint64_t{repeat} << 32 | sample;
}

} // namespace sightline
