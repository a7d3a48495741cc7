// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/Activities.h"
#include "bridge/ExperimentDocument.h"
#include "bridge/RunDesk.h"

namespace sightline::ui {

/// What is common to runs trained one after another in this window, of a search or a series: what the activities say of
/// them, how far they are, and the document's experiment, which each run changes and which is there again in the end.
class SeriesTrack {
public:
    SeriesTrack(ExperimentDocument& document, RunDesk& runs, Activities& activities)
        : m_document(document), m_runs(runs), m_activities(activities) {}

    void begin(const QString& name);
    /// `done` of `count` runs are done; `place` says so.
    void advance(const QString& place, qulonglong done, qulonglong count);
    void end();
    const QString& place() const { return m_place; } ///< empty before the first run and after the last

private:
    ExperimentDocument& m_document;
    RunDesk& m_runs;
    Activities& m_activities;
    Experiment m_before;
    QString m_name, m_place;
    Activity m_activity;
};

} // namespace sightline::ui
