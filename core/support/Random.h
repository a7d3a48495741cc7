// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace sightline {

/// What a stream of random numbers is for; streams with different purposes never overlap.
enum class RandomPurpose : std::uint32_t {
    Augmentation = 1,
    Shuffle,
    Split,
    Toys,
    Weights,
    Dropout,
    Mixing,
    Test = 9, // numbers are part of every draw and never change
    Noise,
    Balance,
    Bootstrap,
    Search
};

/// Counter-based random numbers (Philox4x32-10; Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
///
/// The stream is a pure function of (seed, purpose, epoch, index), so a sample's draw does not depend on the thread
/// that draws it, nor on what was drawn before: equal for any number of threads and resumable anywhere.
/// Cheap to construct (no state but the counter); one per sample.
class CounterRandom {
public:
    CounterRandom(std::uint64_t seed, RandomPurpose purpose, std::uint64_t epoch = 0, std::uint64_t index = 0);

    std::uint32_t next32();
    /// Uniform in [0, 1), 53 bits.
    double uniform();
    /// low + (high - low) * uniform().
    double uniform(double low, double high);
    /// Unbiased whole number in [0, count); count >= 1.
    std::uint64_t below(std::uint64_t count);
    /// Normal with mean 0 and deviation 1 (Box and Muller; two uniforms a call).
    double normal();

private:
    std::array<std::uint32_t, 4> m_counter{};
    std::array<std::uint32_t, 2> m_key{};
    std::array<std::uint32_t, 4> m_block{};
    unsigned m_used = 4;
};

/// One application of Philox4x32-10, for tests against the published vectors.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// A permutation of 0 ... count-1 (Fisher and Yates), a pure function of its arguments.
std::vector<std::uint32_t> permutation(std::size_t count, std::uint64_t seed, RandomPurpose purpose,
                                       std::uint64_t epoch = 0);

} // namespace sightline
