// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

#include "bridge/Session.h"
#include "lane/Lane.h"
#include "widgets/Surface.h"

namespace sightline::ui {

class CurveNote;
class CurvePlot;

/// Loss and accuracy of the run in view as they come, and what they mean in plain words.
class RunCurves : public Surface {
    Q_OBJECT
public:
    explicit RunCurves(Session& session, QWidget* parent = nullptr);

    void setSideBySide(bool on); ///< the plots: where there is little height
    void showRun();              ///< another run is in view, or none

Q_SIGNALS:
    void said(const QString& message, bool good);
    void fieldAsked(const QString& path); ///< "training.epochs"

private:
    void showBatch(const BatchFinished& batch);
    void showEpoch(const EpochFinished& epoch);
    void addEpoch(const EpochMetrics& epoch);
    void showRateChange(const LearningRateChanged& change);
    void showEdit(const RecordedEdit& edit);
    void showParent();
    void followParent();
    void addGhost(const std::vector<EpochMetrics>& history);
    void showReading();
    void showCursor();
    void savePlots();

    Session& m_session;
    QBoxLayout* m_plots;
    CurvePlot *m_loss, *m_accuracy;
    CurveNote* m_reading;
    QLabel* m_ghostKey;   ///< "parent run", for a fork
    int m_ghostEpoch = 0; ///< the parent's last that is drawn
    QTimer m_parentTimer; ///< a parent in progress
    Lane m_parentLane;    ///< last: joined first
};

} // namespace sightline::ui
