// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <deque>
#include <functional>
#include <mutex>

namespace sightline::ui {

/// Runs work that other threads post on the thread it was made on, in order, one an event. What waits when it is
/// destroyed is dropped. The work lies under a lock of ours and Qt only wakes us, so that ThreadSanitizer, which does
/// not see into Qt, knows what comes before what.
class Mailbox : public QObject {
public:
    void post(std::function<void()> work); ///< from any thread

protected:
    void customEvent(QEvent* wake) override;

private:
    std::mutex m_mutex;
    std::deque<std::function<void()>> m_work;
};

} // namespace sightline::ui
