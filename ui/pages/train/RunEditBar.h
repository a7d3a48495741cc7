// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>

#include "experiment/RunEdit.h"

class QLabel;
class QPushButton;

namespace sightline::ui {

class Session;

/// What the settings would change in the run in progress, and what has changed last: apply, discard, undo. Hidden where
/// there is neither.
class RunEditBar : public QWidget {
    Q_OBJECT
public:
    /// `page` begins the names of its controls, so that each page may have one.
    RunEditBar(Session& session, const QString& page, QWidget* parent = nullptr);

private:
    void apply();
    void discard();
    void undo();
    void forget(); ///< another run is in view
    void showAnswer(const QString& refusal);
    void showEdits();
    std::optional<RecordedEdit> toUndo() const; ///< of those that were made while the run is in view

    Session& m_session;
    QLabel *m_changes, *m_refusal, *m_applied;
    QPushButton *m_apply, *m_discard, *m_undo;
    std::size_t m_told = 0; ///< edits that the run had when it came into view
    bool m_isAsked = false; ///< an answer is awaited
    Experiment m_refused;   ///< what was wanted when it was refused
};

} // namespace sightline::ui
