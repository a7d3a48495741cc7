// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>

#include <memory>

#include "bridge/ExperimentDocument.h"
#include "bridge/OpenedRun.h"

namespace sightline::ui {

/// The run in view, and what becomes of it: its progress grows with each event that is heard while it is in progress,
/// and the document follows the edits of it.
class RunInView : public QObject {
    Q_OBJECT
public:
    explicit RunInView(ExperimentDocument& document) : m_document(document) {}

    const std::shared_ptr<const OpenedRun>& run() const { return m_run; } ///< null where there is none
    const RunProgress& progress() const { return m_progress; }

    void show(ReadRun read); ///< another run, or none
    /// All that changes its progress but its beginning, which is a run to show, and its end.
    void hear(const TrainEvent& event);
    /// It was in view before it began: of its epochs those that it trains anew are gone, as they are in its folder.
    /// True: there were some.
    bool begin(const RunStarted& started);
    void end(const RunEnded& end); ///< nothing where that is another run

Q_SIGNALS:
    void batchFinished(const sightline::BatchFinished& batch); ///< at most 25 a second; older ones are dropped
    void epochFinished(const sightline::EpochFinished& epoch);
    void learningRateChanged(const sightline::LearningRateChanged& change);
    void probesDrawn(const sightline::ProbesDrawn& probes);
    void probesEdited();
    void edited(const sightline::RecordedEdit& edit);
    void noted(const QString& message);

private:
    void onBatch(const BatchFinished& batch);
    void onEpoch(const EpochFinished& epoch);
    void onNote(const RunNote& note);

    ExperimentDocument& m_document;
    std::shared_ptr<const OpenedRun> m_run;
    RunProgress m_progress;
    QElapsedTimer m_lastBatch;
};

} // namespace sightline::ui
