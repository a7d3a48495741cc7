// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>

#include <stop_token>
#include <utility>

#include "lane/Mailbox.h"

namespace sightline::ui {

/// Brings work from a worker to the window's thread, in order. What arrives late is dropped: when `context` is gone,
/// or `stop` says that nobody waits for it any more. A value; `mailbox` must outlive the worker.
class Courier {
public:
    Courier(Mailbox* mailbox, QPointer<QObject> context, std::stop_token stop)
        : m_mailbox(mailbox), m_context(std::move(context)), m_stop(std::move(stop)) {}

    template <typename Work>
    void post(Work work) const {
        m_mailbox->post([context = m_context, stop = m_stop, work = std::move(work)]() mutable {
            if (context && !stop.stop_requested())
                work();
        });
    }

private:
    Mailbox* m_mailbox;
    QPointer<QObject> m_context; ///< only looked at on the window's thread
    std::stop_token m_stop;
};

} // namespace sightline::ui
