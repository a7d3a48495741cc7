// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/Asker.h"

namespace sightline::ui {

Asker::Asker(EngineDoor door, Activities& activities, QObject* parent)
    : QObject(parent), m_door(std::move(door)), m_activities(activities) {}

void Asker::begin(const QString& words) {
    m_activity.end();
    if (!words.isEmpty())
        m_activity = m_activities.begin(words, [this] { cancel(); });
    if (!std::exchange(m_busy, true))
        Q_EMIT busyChanged();
}

void Asker::tell(qulonglong done, qulonglong total) {
    m_activity.setProgress(done, total);
    Q_EMIT progressed(done, total);
}

void Asker::end() {
    m_activity.end();
    if (std::exchange(m_busy, false))
        Q_EMIT busyChanged();
}

void Asker::cancel() {
    if (!m_busy)
        return;
    m_lane.cancel();
    end();
    Q_EMIT stopped();
}

} // namespace sightline::ui
