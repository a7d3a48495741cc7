// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/Session.h"
#include "widgets/Surface.h"

class QLabel;
class QPushButton;

namespace sightline::ui {

class NoteList;
class ProgressBar;
class RunFigures;
class RunNext;

/// How far the run is and what can be done with it: its state, figures, notes, progress, and its buttons.
class RunStatus : public Surface {
    Q_OBJECT
public:
    explicit RunStatus(Session& session, QWidget* parent = nullptr);

    void showRun(); ///< another run is in view, or none
    void showState();

Q_SIGNALS:
    void said(const QString& message, bool good);

private:
    void goPressed();
    void showButtons(bool ready, bool images);
    void showBatch(const BatchFinished& batch);
    void showNotes();
    void showPatience();
    QString epochWords(int epoch) const;
    QString placed(const QString& words) const;

    Session& m_session;
    QLabel* m_state;
    RunFigures* m_figures;
    NoteList* m_notes;
    RunNext* m_next;
    ProgressBar* m_progress;
    QPushButton *m_go, *m_several, *m_save, *m_stop, *m_stopAfterEpoch;
};

} // namespace sightline::ui
