// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/Session.h"
#include "widgets/Surface.h"

class QComboBox;

namespace sightline::ui {

class ProgressBar;

/// How good the network is, in figures; and what to evaluate it on.
class EvaluateHead : public QWidget {
    Q_OBJECT
public:
    explicit EvaluateHead(Session& session, QWidget* parent = nullptr);

Q_SIGNALS:
    void classifyAsked();

private:
    QLayout* makeLine();
    void evaluate(); ///< or cancels it
    void chooseSplit();
    bool isOfItsTraining() const;
    QString whoseWeights() const;
    void showState();
    void showButtons(bool busy, bool trained);

    Session& m_session;
    QLabel *m_score, *m_interval, *m_detail, *m_figures;
    QComboBox* m_split;
    QPushButton *m_evaluate, *m_classify;
    ProgressBar* m_progress;
};

} // namespace sightline::ui
