// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <memory>
#include <optional>
#include <vector>

#include "bridge/Activities.h"
#include "bridge/EngineDesk.h"
#include "bridge/UnknownDesk.h"
#include "lane/Lane.h"
#include "metrics/Evaluation.h"

namespace sightline::ui {

/// UnknownJudge::score() of each of Evaluation::predictions; nothing where it was not judged.
using ScoresOfImages = std::vector<std::optional<double>>;

/// Which images of an evaluation are of none of the classes: found on a worker, once the desk knows what tells them.
/// Another evaluation replaces the one under way.
class UnknownScores : public QObject {
    Q_OBJECT
public:
    UnknownScores(UnknownDesk& desk, RunDesk& runs, EngineDoor door, Activities& activities, QObject* parent);

    /// Of the run in view; null: none. The same one again is not judged again, but its scores are told again.
    void judge(std::shared_ptr<const Evaluation> evaluation);

Q_SIGNALS:
    void judged(const std::shared_ptr<const sightline::ui::ScoresOfImages>& scores); ///< of the last evaluation asked

private:
    void follow(); ///< the desk
    void begin();

    UnknownDesk& m_desk;
    RunDesk& m_runs;
    EngineDoor m_door;
    Activities& m_activities;
    std::shared_ptr<const Evaluation> m_of;         ///< the last one asked about
    std::shared_ptr<const Evaluation> m_waiting;    ///< the same, while it waits for the judge
    std::shared_ptr<const ScoresOfImages> m_scores; ///< of m_of; null: not yet
    std::shared_ptr<const UnknownJudge> m_by;       ///< who gave m_scores, or is about to
    Activity m_work;
    Lane m_lane; ///< last: joined first
};

} // namespace sightline::ui
