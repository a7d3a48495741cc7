// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/train/Ranks.h"

namespace sightline::engine {

/// Sums over processes of one machine, in memory that all of them see (POSIX shared memory): nothing is copied through
/// sockets. Each process has a buffer there and makes the sum of one part of all buffers, where that part of its own
/// lies; the others read it there.
///
/// One round: claim(), write mine(), sum(), read parts(); begin() says that they are read no more.
class HostSums {
public:
    /// All ranks together, of `count` values. Null on all of them where they do not share a machine's memory, or where
    /// it has no room.
    static std::unique_ptr<HostSums> make(Ranks& ranks, std::int64_t count);
    ~HostSums();
    HostSums(const HostSums&) = delete;
    HostSums& operator=(const HostSums&) = delete;

    float* mine() { return valuesOf(m_ranks.rank()); }

    void begin();
    void claim();            ///< waits until all have begun
    void sum(double factor); ///< of all ranks, times `factor`; waits for all. Throws RankLost.

    /// What a rank has made the sum of: the same on each rank; not to be changed.
    struct Part {
        std::int64_t begin = 0, end = 0;
        float* values = nullptr; ///< of the first
    };
    std::vector<Part> parts();

private:
    struct Steps;
    HostSums(Ranks& ranks, std::int64_t count, void* memory, std::size_t bytes);
    Steps& stepsOf(int rank);
    float* valuesOf(int rank);
    Part partOf(int rank);
    void say(std::uint32_t step);   ///< that this rank has come there
    void await(std::uint32_t step); ///< until all have come there

    Ranks& m_ranks;
    std::int64_t m_count;
    void* m_memory;
    std::size_t m_bytes;
    std::uint32_t m_step = 0; ///< counted alike on all ranks: three a round
};

} // namespace sightline::engine
