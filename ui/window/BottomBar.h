// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

#include "bridge/Session.h"

class QLabel;
class QToolButton;

namespace sightline::ui {

class ProgressBar;

/// Device and precision, images/s, memory, what is being done now, and a Cancel for what can be cancelled.
class BottomBar : public QWidget {
    Q_OBJECT
public:
    explicit BottomBar(Session& session, QWidget* parent = nullptr);

private:
    void showMemory();
    void showActivities();
    void cancelNewest();

    Activities& m_activities;
    QLabel *m_device, *m_speed, *m_memory, *m_activity;
    ProgressBar* m_progress;
    QToolButton* m_cancel;
    QTimer m_timer;
};

} // namespace sightline::ui
