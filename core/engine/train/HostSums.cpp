// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/HostSums.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <ctime>
#include <new>
#include <random>
#include <string>

#include <torch/types.h>

#include "augment/BatchPart.h"

namespace sightline::engine {

namespace {

constexpr std::size_t kPage = 4096;
constexpr long kLookEvery = 100'000'000; ///< nanoseconds after which a waiting process looks whether the others live
constexpr int kLooksAtGone = 30;         ///< three seconds: the pulse is looked at every two
constexpr int kSpins = 2000;             ///< some microseconds, before it sleeps
constexpr std::int64_t kChunk = 1 << 16; ///< values that stay in the cache while ranks are added

std::size_t pagesFor(std::size_t bytes) {
    return (bytes + kPage - 1) / kPage * kPage;
}

/// Not FUTEX_PRIVATE: other processes wait at it, too.
void sleepWhile(std::atomic<std::uint32_t>& value, std::uint32_t seen) {
    const timespec most{0, kLookEvery};
    ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&value), FUTEX_WAIT, seen, &most, nullptr, 0);
}

void wake(std::atomic<std::uint32_t>& value) {
    ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&value), FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

/// The name goes when everybody has seen the memory, which goes with the last process that holds it.
struct NamedMemory {
    std::string name; ///< empty: there is none

    ~NamedMemory() {
        if (!name.empty())
            ::shm_unlink(name.c_str());
    }
};

/// A name that is not there yet, with so much room for it; empty where there is none.
std::string madeMemory(std::size_t bytes) {
    std::random_device random;
    const std::string name =
        "/sightline-" + std::to_string(random()) + std::to_string(random()) + std::to_string(::getpid());
    const int file = ::shm_open(name.c_str(), O_CREAT | O_EXCL | O_RDWR, 0600);
    if (file < 0)
        return {};
    const bool hasRoom = ::posix_fallocate(file, 0, static_cast<off_t>(bytes)) == 0;
    ::close(file);
    if (!hasRoom)
        ::shm_unlink(name.c_str());
    return hasRoom ? name : std::string();
}

/// Null where this process does not see it.
void* mapped(const std::string& name, std::size_t bytes) {
    const int file = ::shm_open(name.c_str(), O_RDWR, 0);
    if (file < 0)
        return nullptr;
    void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    return memory == MAP_FAILED ? nullptr : memory;
}

torch::Tensor viewOf(float* values, std::int64_t count) {
    return torch::from_blob(values, {count});
}

} // namespace

/// How far a rank has come, counted from the first round on; a line of the cache for each.
struct alignas(64) HostSums::Steps {
    std::atomic<std::uint32_t> reached{0};
    std::atomic<std::int32_t> process{0}; ///< its id; 0: not known yet
};

std::unique_ptr<HostSums> HostSums::make(Ranks& ranks, std::int64_t count) {
    const auto size = static_cast<std::size_t>(ranks.size());
    const std::size_t bytes =
        pagesFor(size * sizeof(Steps)) + size * pagesFor(static_cast<std::size_t>(count) * sizeof(float));
    const NamedMemory made{ranks.isFirst() && count > 0 ? madeMemory(bytes) : std::string()};
    const std::string name = ranks.fromFirst(made.name);
    if (name.empty())
        return nullptr;
    void* const memory = mapped(name, bytes);
    const double isSeen = memory ? 1 : 0;
    const std::vector<double> seen = ranks.gather(std::span(&isSeen, 1));
    if (std::all_of(seen.begin(), seen.end(), [](double one) { return one == 1; }))
        return std::unique_ptr<HostSums>(new HostSums(ranks, count, memory, bytes));
    if (memory)
        ::munmap(memory, bytes);
    return nullptr;
}

HostSums::HostSums(Ranks& ranks, std::int64_t count, void* memory, std::size_t bytes)
    : m_ranks(ranks), m_count(count), m_memory(memory), m_bytes(bytes) {
    stepsOf(ranks.rank()).process = ::getpid();
}

HostSums::~HostSums() {
    ::munmap(m_memory, m_bytes);
}

/// The memory is zero at first, and so are the counters.
HostSums::Steps& HostSums::stepsOf(int rank) {
    return *std::launder(static_cast<Steps*>(m_memory) + rank);
}

float* HostSums::valuesOf(int rank) {
    char* const first =
        static_cast<char*>(m_memory) + pagesFor(static_cast<std::size_t>(m_ranks.size()) * sizeof(Steps));
    return reinterpret_cast<float*>(first + static_cast<std::size_t>(rank) *
                                                pagesFor(static_cast<std::size_t>(m_count) * sizeof(float)));
}

HostSums::Part HostSums::partOf(int rank) {
    const auto range = BatchPart{static_cast<std::size_t>(rank), static_cast<std::size_t>(m_ranks.size())}.among(
        static_cast<std::size_t>(m_count));
    const auto begin = static_cast<std::int64_t>(range.begin);
    return {begin, static_cast<std::int64_t>(range.end), valuesOf(rank) + begin};
}

std::vector<HostSums::Part> HostSums::parts() {
    std::vector<Part> all;
    for (int rank = 0; rank < m_ranks.size(); ++rank)
        all.push_back(partOf(rank));
    return all;
}

void HostSums::say(std::uint32_t step) {
    std::atomic<std::uint32_t>& own = stepsOf(m_ranks.rank()).reached;
    own.store(step, std::memory_order_release);
    wake(own);
}

void HostSums::await(std::uint32_t step) {
    for (int rank = 0; rank < m_ranks.size(); ++rank) {
        std::atomic<std::uint32_t>& other = stepsOf(rank).reached;
        const pid_t process = stepsOf(rank).process;
        const bool isSeen = process > 0 && ::kill(process, 0) == 0; // not from another container
        int looks = 0;
        for (int spins = 0;; ++spins) {
            const std::uint32_t reached = other.load(std::memory_order_acquire);
            if (static_cast<std::int32_t>(reached - step) >= 0)
                break;
            if (spins < kSpins)
                continue;
            sleepWhile(other, reached);
            m_ranks.throwIfLost();
            // A moment later, since it may have left a reason.
            if (isSeen && ::kill(process, 0) != 0 && errno == ESRCH && ++looks > kLooksAtGone)
                throw RankLost("Rank " + std::to_string(rank) + " has gone, so the training ends here; " +
                               "train --resume continues from its last checkpoint, with any number of processes.");
        }
    }
}

void HostSums::begin() {
    say(++m_step);
}

void HostSums::claim() {
    await(m_step);
}

void HostSums::sum(double factor) {
    say(++m_step);
    await(m_step);
    const Part own = partOf(m_ranks.rank());
    for (std::int64_t at = own.begin; at < own.end; at += kChunk) {
        const std::int64_t count = std::min(kChunk, own.end - at);
        torch::Tensor sums = viewOf(own.values + (at - own.begin), count);
        for (int rank = 0; rank < m_ranks.size(); ++rank)
            if (rank != m_ranks.rank())
                sums.add_(viewOf(valuesOf(rank) + at, count));
        if (factor != 1)
            sums.mul_(factor);
    }
    say(++m_step);
    await(m_step);
}

} // namespace sightline::engine
