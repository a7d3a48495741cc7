// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

#include "support/Result.h"

namespace sightline::cli {

/// Writes files beside the work that makes them. Few wait at a time: where the disk is slower than the work, the work
/// waits. After the first failure nothing more is written. Used from one thread.
class WriterThread {
public:
    using Write = std::function<Result<void>()>;

    WriterThread() : m_thread([this] { run(); }) {}
    ~WriterThread() { std::ignore = finish(); }
    WriterThread(const WriterThread&) = delete;
    WriterThread& operator=(const WriterThread&) = delete;

    /// Error: what has failed so far.
    Result<void> add(Write write) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_waiting.size() < kMost || !m_failed.ok(); });
        if (!m_failed)
            return m_failed;
        m_waiting.push_back(std::move(write));
        m_changed.notify_all();
        return {};
    }

    /// Waits for all; what has failed.
    Result<void> finish() {
        {
            const std::lock_guard lock(m_mutex);
            m_ending = true;
            m_changed.notify_all();
        }
        if (m_thread.joinable())
            m_thread.join();
        return m_failed;
    }

private:
    static constexpr std::size_t kMost = 64;

    void run() {
        std::unique_lock lock(m_mutex);
        while (true) {
            m_changed.wait(lock, [&] { return m_ending || !m_waiting.empty(); });
            if (m_waiting.empty())
                return;
            const Write write = std::move(m_waiting.front());
            m_waiting.pop_front();
            lock.unlock();
            Result<void> written = writtenBy(write);
            lock.lock();
            if (!written) {
                m_failed = written;
                m_waiting.clear();
            }
            m_changed.notify_all();
        }
    }

    /// No exception leaves the thread.
    static Result<void> writtenBy(const Write& write) {
        try {
            return write();
        } catch (const std::exception& exception) {
            return Error{"A file could not be written: " + std::string(exception.what())};
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Write> m_waiting;
    Result<void> m_failed;
    bool m_ending = false;
    std::thread m_thread; ///< last: it uses the others
};

} // namespace sightline::cli
