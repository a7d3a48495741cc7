// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "bridge/Session.h"

class QLabel;
class QSlider;
class QToolButton;

namespace sightline::ui {

/// One slider over the kept checkpoints of the run in view, below the pages that show it.
class CheckpointBar : public QWidget {
    Q_OBJECT
public:
    explicit CheckpointBar(Session& session, QWidget* parent = nullptr);
    /// Whether the page that is shown has a run to look at.
    void setWanted(bool wanted);

private:
    void showKept();
    void showPlace();

    CheckpointDesk& m_desk;
    RunDesk& m_runs;
    bool m_wanted = false;
    QToolButton *m_before, *m_after, *m_release;
    QSlider* m_slider;
    QLabel* m_words;
};

} // namespace sightline::ui
