// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/Page.h"

class QLabel;
class QPushButton;

namespace sightline::ui {

class CurveNote;
class CurvePlot;
class NoteList;
class ProgressBar;
class SettingsForm;

/// The run: loss and accuracy as they come, what is left, and the settings with their problems beside them.
class TrainPage : public Page {
    Q_OBJECT
public:
    explicit TrainPage(Session& session, QWidget* parent = nullptr);

private:
    QWidget* makeCurves();
    QWidget* makeStatus();
    QWidget* makeSettings();
    void showRun();
    void showState();
    void showBatch(const BatchFinished& batch);
    void showEpoch(const EpochFinished& epoch);
    void showProblems();
    void showNotes();
    void showReading();
    void savePlots();

    CurvePlot *m_loss, *m_accuracy;
    CurveNote* m_reading;
    QLabel *m_state, *m_figures, *m_problems;
    NoteList* m_notes;
    ProgressBar* m_progress;
    QPushButton *m_go, *m_save, *m_stop, *m_stopAfterEpoch;
    SettingsForm* m_form;
    int m_patienceUsed = 0, m_patience = 0;
};

} // namespace sightline::ui
