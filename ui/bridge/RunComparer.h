// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <memory>

#include "bridge/Asker.h"
#include "bridge/Questions.h"
#include "metrics/Comparison.h"

namespace sightline::ui {

/// What two runs make of the same images.
struct ComparedRuns {
    std::shared_ptr<const Evaluation> first, second; ///< of the run in view, and of the other
    Comparison comparison;
    bool byContents = true; ///< false: images of one path are taken for the same, as one of the runs keeps no list
};

/// Compares the run in view with another one on the images of a split. Evaluates what has not been: of the run in view
/// as the page Evaluate does, which shows it too; predictions that were kept are read.
class RunComparer : public QObject {
    Q_OBJECT
public:
    RunComparer(Questions& questions, const RunDesk& runs, EngineDoor door, Activities& activities,
                QObject* parent = nullptr);

    void setOther(std::shared_ptr<const OpenedRun> other); ///< null: none; nothing is compared yet
    void compare();                                        ///< on the split that was evaluated last, else as evaluate()
    void cancel();
    bool isBusy() const { return m_step != Step::None; }
    const std::shared_ptr<const ComparedRuns>& result() const { return m_result; } ///< null: not compared

Q_SIGNALS:
    void changed(); ///< begun, there, failed, cancelled or forgotten
    void progressed(qulonglong done, qulonglong total);
    void failed(const QString& message);

private:
    enum class Step { None, First, Second, Comparing };
    void follow();
    void evaluateSecond();
    void compareBoth(std::shared_ptr<const Evaluation> second);
    void end(std::shared_ptr<const ComparedRuns> result);

    Questions& m_questions;
    const RunDesk& m_runs;
    std::shared_ptr<const OpenedRun> m_other;
    std::shared_ptr<const Evaluation> m_first; ///< the one that is compared
    std::filesystem::path m_firstRun;
    std::shared_ptr<const ComparedRuns> m_result;
    Step m_step = Step::None;
    bool m_asked = false; ///< the evaluation under way is for this: why it fails is said here, too
    Asker m_asker;
    Lane m_lane; ///< last: joined first
};

} // namespace sightline::ui
