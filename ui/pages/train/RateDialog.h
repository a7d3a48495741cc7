// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "bridge/Session.h"
#include "bridge/Trials.h"

class QLabel;
class QPushButton;

namespace sightline::ui {

class ProgressBar;
class RatePlot;

/// Looks for a learning rate: a trial with rising rates, its curve with a line to drag, what the curve suggests, and
/// the rate that is chosen put into the settings.
class RateDialog : public QDialog {
    Q_OBJECT
public:
    /// Begins at once. `trials` outlives this.
    RateDialog(Session& session, Trials& trials, QWidget* parent);

    void done(int result) override;

private:
    void begin();
    void showCurve(const RateCurve& curve);
    void showState();
    void say(const QString& words, bool bad = false);
    void take();
    QPushButton* suggestion(const QString& text, const char* name, const QString& why);

    Session& m_session;
    Trials& m_trials;
    RatePlot* m_plot;
    ProgressBar* m_progress;
    QLabel* m_words;
    QPushButton *m_valley, *m_steep, *m_minimumTenth, *m_again, *m_use;
    RateSuggestion m_suggestion;
};

} // namespace sightline::ui
