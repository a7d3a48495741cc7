// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <mutex>
#include <utility>

#include "engine/TrainEvents.h"

namespace sightline::ui {

/// Training events on their way from the trainer to the window, in order. A batch still waiting at the end gives way to
/// a newer one; nothing else is ever lost, so the queue stays short however slow the window is. Thread-safe.
class EventQueue {
public:
    /// True where a drain must be scheduled: none is under way.
    bool push(const TrainEvent& event) {
        const std::scoped_lock lock(m_mutex);
        if (!m_events.empty() && std::holds_alternative<BatchFinished>(event) &&
            std::holds_alternative<BatchFinished>(m_events.back()))
            m_events.back() = event;
        else
            m_events.push_back(event);
        return !std::exchange(m_scheduled, true);
    }

    std::deque<TrainEvent> take() {
        const std::scoped_lock lock(m_mutex);
        m_scheduled = false;
        return std::exchange(m_events, {});
    }

private:
    std::mutex m_mutex;
    std::deque<TrainEvent> m_events;
    bool m_scheduled = false;
};

} // namespace sightline::ui
