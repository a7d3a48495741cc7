// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SeriesTrack.h"

namespace sightline::ui {

void SeriesTrack::begin(const QString& name) {
    m_before = m_document.experiment();
    m_name = name;
    m_place.clear();
    m_activity = m_activities.begin(m_name, [this] { m_runs.stop(); });
}

void SeriesTrack::advance(const QString& place, qulonglong done, qulonglong count) {
    m_place = place;
    m_activity.setText(QObject::tr("%1: %2").arg(m_name, m_place));
    m_activity.setProgress(done, count);
}

void SeriesTrack::end() {
    m_activity.end();
    m_place.clear();
    if (opensSameImages(m_before.data, m_document.experiment().data))
        m_document.setExperiment(m_before);
}

} // namespace sightline::ui
