// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "lane/Caught.h"
#include "lane/Courier.h"

namespace sightline::ui {

/// One worker thread on which the newest job wins, and the one way to a worker and back. Made, used and destroyed on
/// one thread (the window's), on which values are delivered. The destructor cancels and joins: a job may use whatever
/// outlives the lane.
///
///     m_lane.submit(this, [folder](std::stop_token stop) { return readAll(folder, stop); },
///                   [this](Result<Contents> read) { show(read); });
class Lane {
public:
    Lane();
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    /// Cancels the job under way, replaces the one that waits, and runs `job` on the lane. Its value comes back as
    /// `deliver(Result<Value>)`, also where it threw; it is dropped when the job has been superseded or cancelled, or
    /// `context` is gone. Jobs that tell how far they are take a second argument and post to it: job(stop, courier).
    template <typename Job, typename Deliver>
    void submit(QObject* context, Job job, Deliver deliver) {
        enqueue([this, context = QPointer<QObject>(context), job = std::move(job),
                 deliver = std::move(deliver)](const std::stop_token& stop) mutable {
            const Courier courier(&m_mailbox, context, stop);
            auto value = caught([&] {
                if constexpr (std::is_invocable_v<Job&, std::stop_token, const Courier&>)
                    return job(stop, courier);
                else
                    return job(stop);
            });
            using Value = decltype(value);
            courier.post([deliver = std::move(deliver), value = std::make_shared<Value>(std::move(value))]() mutable {
                deliver(std::move(*value));
            });
        });
    }
    void cancel(); ///< the job under way and the one that waits

private:
    using Task = std::function<void(const std::stop_token&)>;
    void enqueue(Task task);
    void work(std::stop_token stop);

    Mailbox m_mailbox; ///< lives on the window's thread and receives what is delivered
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    Task m_pending;
    std::stop_source m_pendingStop, m_currentStop;
    std::jthread m_thread; ///< last: starts when all else is there
};

} // namespace sightline::ui
