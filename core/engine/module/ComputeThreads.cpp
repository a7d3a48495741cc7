// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/ComputeThreads.h"

#include <ATen/Parallel.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <stop_token>
#include <thread>

#include "support/Contention.h"
#include "support/Files.h"
#include "support/Priority.h"
#include "support/SpinPolicy.h"

namespace sightline::engine {

namespace {

using namespace std::chrono_literals;

/// libgomp reads how long its threads spin once, when it is loaded. But where it has more threads than the machine has
/// cores it spins a thousandth of that, and looks at their number at each wait (its manual, GOMP_SPINCOUNT). So threads
/// that only sleep switch it: these, which belong to the thread that calls hold().
class SleepingThreads {
public:
    ~SleepingThreads() { hold(0); }
    void hold(int count) {
        if (count == m_count)
            return;
        if (count == 0)
            static_cast<void>(omp_pause_resource_all(omp_pause_soft));
        else {
            std::atomic<int> there{0}; // the compiler drops a region in which nothing happens
#pragma omp parallel num_threads(count + 1)
            ++there;
        }
        m_count = count;
    }

private:
    int m_count = 0;
};

/// Looks at the machine while somebody computes, from a thread of its own: a batch may take long.
class SpinWatch {
public:
    void enter(int threads) {
        const std::lock_guard lock(m_mutex);
        m_computing += threads - 1;
        if (m_computing > 0 && !m_watcher.joinable() && !std::getenv("OMP_WAIT_POLICY") &&
            !std::getenv("GOMP_SPINCOUNT"))
            m_watcher = watcher();
    }
    void leave(int threads) {
        std::jthread ended;
        const std::lock_guard lock(m_mutex);
        m_computing -= threads - 1;
        if (m_computing == 0)
            ended = std::move(m_watcher);
    }

private:
    /// Without memory or a thread for it nobody looks: threads wait as they did last, and that is all.
    std::jthread watcher() {
        try {
            return std::jthread([this](std::stop_token stop) {
                try {
                    watch(stop);
                } catch (const std::exception&) {
                }
            });
        } catch (const std::exception&) {
            return {};
        }
    }

    void watch(std::stop_token stop) {
        using Clock = std::chrono::steady_clock;
        SleepingThreads sleeping;
        // One thread without a core keeps all others waiting, however many there are.
        Contention contention(std::min(availableCpus(), 8));
        auto before = Clock::now();
        std::unique_lock lock(m_mutex);
        for (auto pause = 50ms; !stop.stop_requested(); pause = std::min(2 * pause, 400ms)) {
            // Enough to be more than the cores, with the threads that compute.
            sleeping.hold(m_policy.spinsLong() ? 0 : std::max(1, omp_get_num_procs() - m_computing));
            m_changed.wait_for(lock, stop, pause, [] { return false; });
            lock.unlock();
            const auto now = Clock::now();
            const double seconds = std::chrono::duration<double>(now - before).count();
            const double share = contention.since(seconds);
            before = now;
            lock.lock();
            m_policy.look(share, seconds);
        }
    }

    std::mutex m_mutex;
    std::condition_variable_any m_changed; ///< only a stop wakes it
    SpinPolicy m_policy;                   ///< what was last known serves the next call
    int m_computing = 0;                   ///< threads beside those that called
    std::jthread m_watcher;
};

SpinWatch& spinWatch() {
    static SpinWatch watch;
    return watch;
}

} // namespace

ComputeThreads::ComputeThreads(int threads, bool background) : m_count(threads > 0 ? threads : availableCpus()) {
    if (background)
        lowerPriority(Priority::Compute);
    if (at::get_num_threads() != m_count)
        at::set_num_threads(m_count);
    spinWatch().enter(m_count);
}

ComputeThreads::~ComputeThreads() {
    static_cast<void>(omp_pause_resource_all(omp_pause_soft));
    spinWatch().leave(m_count);
}

} // namespace sightline::engine
