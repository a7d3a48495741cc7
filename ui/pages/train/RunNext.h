// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;
class QSpinBox;

namespace sightline::ui {

class ForkMenu;
class Session;

/// Whose the run in view is, and what can be made of it: more epochs, a fork, no longer following it. Hidden where
/// there is nothing to say.
class RunNext : public QWidget {
    Q_OBJECT
public:
    explicit RunNext(Session& session, QWidget* parent = nullptr);

    void showState(); ///< of the run

Q_SIGNALS:
    void failed(const QString& message);

private:
    Session& m_session;
    QLabel* m_words;
    QPushButton *m_unfollow, *m_dropFork, *m_fork, *m_more;
    QSpinBox* m_epochs;
    ForkMenu* m_forkMenu;
};

} // namespace sightline::ui
