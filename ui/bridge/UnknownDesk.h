// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <memory>

#include "bridge/Activities.h"
#include "bridge/EngineDesk.h"
#include "bridge/RunDesk.h"
#include "lane/Lane.h"
#include "metrics/UnknownRule.h"

namespace sightline::ui {

/// What tells images of none of the classes of the run in view. Learned once, for the first who wants it; another run
/// in view, other weights that are its best, or the end of one in progress, makes it void.
class UnknownDesk : public QObject {
    Q_OBJECT
public:
    UnknownDesk(EngineDoor door, RunDesk& runs, Activities& activities);

    /// Learns it, unless it is known, under way, or was refused. Nothing while the run in view is in progress.
    void want();
    void cancel();                                                               ///< until the run is in view again
    const std::shared_ptr<const UnknownJudge>& judge() const { return m_judge; } ///< null: nobody can tell, or not yet
    /// Of how many images of known classes, at most, one may be called unknown. What is learned stays.
    double refuseShare() const { return m_refuseShare; }
    void setRefuseShare(double share);
    const QString& refusal() const { return m_refusal; } ///< why nobody can tell, one sentence; empty: not refused
    bool isLearning() const { return m_work.isUnderWay(); }

Q_SIGNALS:
    void changed(); ///< judge(), refuseShare(), refusal() or isLearning()

private:
    void forget();
    void decide(); ///< by the rule and the share

    EngineDoor m_door;
    RunDesk& m_runs;
    Activities& m_activities;
    double m_refuseShare = kRefuseShare;
    std::shared_ptr<const UnknownRule> m_rule; ///< what was learned; null: nothing yet
    std::shared_ptr<const UnknownJudge> m_judge;
    QString m_refusal;
    Activity m_work;
    Lane m_lane; ///< last: joined first
};

} // namespace sightline::ui
