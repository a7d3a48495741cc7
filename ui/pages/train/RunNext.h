// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>
#include <optional>

#include "lane/Lane.h"
#include "store/RunCheckpoint.h"

class QLabel;
class QPushButton;
class QSpinBox;

namespace sightline::ui {

class ForkMenu;
struct OpenedRun;
class Session;

/// Whose the run in view is, and what can be made of it: going on with it, more epochs, a fork, a run of this window
/// beside the one that is followed, no longer following it.
/// Hidden where there is nothing to say.
class RunNext : public QWidget {
    Q_OBJECT
public:
    explicit RunNext(Session& session, QWidget* parent = nullptr);

    void showState(); ///< of the run
    /// What a run that ended before its time goes on from; nothing where there is none, or it is not known yet.
    std::optional<KeptCheckpoint> savedAt() const;

Q_SIGNALS:
    void looked(); ///< savedAt() is known
    void failed(const QString& message);

private:
    bool isUnfinished() const; ///< it ended before its time, or before its best weights were put back
    void look();               ///< for a checkpoint to go on from
    void showControls();
    QString words() const;

    Session& m_session;
    QLabel* m_words;
    QPushButton *m_trainHere, *m_unfollow, *m_dropFork, *m_resume, *m_fork, *m_more;
    QSpinBox* m_epochs;
    ForkMenu* m_forkMenu;
    std::shared_ptr<const OpenedRun> m_lookedAt;
    std::optional<KeptCheckpoint> m_checkpoint; ///< of m_lookedAt
    Lane m_lane;                                ///< last: joined first
};

} // namespace sightline::ui
