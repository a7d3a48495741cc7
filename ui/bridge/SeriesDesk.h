// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <filesystem>
#include <memory>

#include "bridge/DataDesk.h"
#include "bridge/ExperimentDocument.h"
#include "bridge/RunDesk.h"
#include "bridge/SeriesTrack.h"

namespace sightline::ui {

/// Runs that belong together, trained one after the other in this window: the folds of the document's experiment, or a
/// table of presets on the open images. Each is the run in view while it is in progress, and is steered as any other;
/// stopping it stops the series, which can be resumed.
class SeriesDesk : public QObject {
    Q_OBJECT
public:
    SeriesDesk(std::filesystem::path home, ExperimentDocument& document, DataDesk& data, RunDesk& runs,
               Activities& activities);

    void trainFolds(int folds);
    void trainTable(const QString& name); ///< of PresetTables.h
    /// Goes on with the runs that a group lacks.
    void resume(const RunGroup& group);
    bool isUnderWay() const { return m_outcome != nullptr; }
    const QString& place() const { return m_track.place(); } ///< "3 of 9"; empty before the first
    int size() const { return m_size; }                      ///< how many runs; 0 before the first

Q_SIGNALS:
    void changed(); ///< begun, at its next run, or ended
    /// `words` say how, a sentence or two; the group is empty where it was not even made.
    void ended(const QString& group, const QString& words, bool good);

private:
    struct Outcome;
    struct Plan;
    void begin(Plan plan);
    void advance(qulonglong index, qulonglong count, const QString& words);
    void end(const QString& failure);
    QString wordsOf(const Outcome& outcome) const;

    std::filesystem::path m_home;
    ExperimentDocument& m_document;
    DataDesk& m_data;
    RunDesk& m_runs;
    SeriesTrack m_track;
    std::shared_ptr<Outcome> m_outcome; ///< of the series under way, filled on its thread
    int m_size = 0;
};

} // namespace sightline::ui
