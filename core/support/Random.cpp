// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Random.h"

#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>

namespace sightline {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t product0 = std::uint64_t{0xD2511F53u} * counter[0];
        const std::uint64_t product1 = std::uint64_t{0xCD9E8D57u} * counter[2];
        counter = {
            static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
            static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
        key[0] += 0x9E3779B9u;
        key[1] += 0xBB67AE85u;
    }
    return counter;
}

namespace {
/// SplitMix64's finaliser: folds the coordinates of a stream so that neighbours share no bits.
std::uint64_t mixed(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}
} // namespace

CounterRandom::CounterRandom(std::uint64_t seed, RandomPurpose purpose, std::uint64_t epoch, std::uint64_t index) {
    const std::uint64_t key = mixed(seed ^ mixed(static_cast<std::uint64_t>(purpose)));
    const std::uint64_t stream = mixed(mixed(epoch) + index);
    m_key = {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
    m_counter = {0, static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(stream),
                 static_cast<std::uint32_t>(stream >> 32)};
}

std::uint32_t CounterRandom::next32() {
    if (m_used == 4) {
        m_block = philox4x32(m_counter, m_key);
        ++m_counter[0];
        m_used = 0;
    }
    return m_block[m_used++];
}

double CounterRandom::uniform() {
    const std::uint64_t high = next32() >> 5;
    const std::uint64_t low = next32() >> 6;
    return static_cast<double>((high << 26) | low) / 9007199254740992.0;
}

double CounterRandom::uniform(double low, double high) {
    return low + (high - low) * uniform();
}

std::uint64_t CounterRandom::below(std::uint64_t count) {
    assert(count >= 1);
    if (count <= 0xFFFFFFFFu) { // Lemire's multiply-and-reject
        const std::uint64_t bound = count;
        const auto threshold = static_cast<std::uint32_t>((0x100000000u - bound) % bound);
        for (;;) {
            const std::uint64_t product = std::uint64_t{next32()} * bound;
            if (static_cast<std::uint32_t>(product) >= threshold)
                return product >> 32;
        }
    }
    const std::uint64_t limit = ~std::uint64_t{0} - (~std::uint64_t{0} % count);
    for (;;) {
        const std::uint64_t high = next32();
        const std::uint64_t value = (high << 32) | next32();
        if (value < limit)
            return value % count;
    }
}

double CounterRandom::normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

std::vector<std::uint32_t> permutation(std::size_t count, std::uint64_t seed, RandomPurpose purpose,
                                       std::uint64_t epoch) {
    std::vector<std::uint32_t> order(count);
    for (std::size_t i = 0; i < count; ++i)
        order[i] = static_cast<std::uint32_t>(i);
    CounterRandom random(seed, purpose, epoch);
    for (std::size_t i = count; i > 1; --i)
        std::swap(order[i - 1], order[random.below(i)]);
    return order;
}

} // namespace sightline
