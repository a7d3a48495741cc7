// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <vector>

#include "bridge/Session.h"
#include "bridge/Trials.h"
#include "look/Theme.h"

class QGridLayout;
class QLabel;
class QPushButton;

namespace sightline::ui {

class BatchView;
class ProgressBar;

/// The check before a run: go, or what to fix; the figures with their meaning; and the first batch as the network gets
/// it.
class CheckDialog : public QDialog {
    Q_OBJECT
public:
    /// Begins at once. `trials` outlives this.
    CheckDialog(Session& session, Trials& trials, QWidget* parent);

    void done(int result) override;

private:
    void begin();
    void showCheck(const TrainCheck& check);
    void showFigures(const TrainCheck& check);
    void showState();
    void say(const QString& verdict, Role tone, const QStringList& problems = {});

    Session& m_session;
    Trials& m_trials;
    QLabel *m_verdict, *m_problems;
    ProgressBar* m_progress;
    QWidget* m_figures;
    std::vector<QLabel*> m_values, m_meanings;
    BatchView* m_batch;
    QPushButton *m_again, *m_train;
    std::vector<std::string> m_classes; ///< of the images that are checked
    Experiment m_checked;
    bool m_told = false; ///< there is a verdict
};

} // namespace sightline::ui
