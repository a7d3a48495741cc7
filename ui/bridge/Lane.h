// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace sightline::ui {

/// One worker thread on which the newest job wins: submitting cancels the job under way and replaces the one that
/// waits. The destructor cancels and joins, so jobs may use what outlives the lane.
class Lane {
public:
    using Job = std::function<void(std::stop_token)>;

    Lane();
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    void submit(Job job);
    void cancel(); ///< the job under way and the one that waits

private:
    void work(std::stop_token stop);

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    Job m_pending;
    std::stop_source m_pendingStop, m_currentStop;
    std::jthread m_thread; ///< last: starts when all else is there
};

} // namespace sightline::ui
