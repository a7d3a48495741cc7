// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "bridge/Session.h"
#include "pages/search/TrialMarks.h"

class QComboBox;

namespace sightline::ui {

class MarkPlot;
class ParallelPlot;
class ScatterPlot;

/// The trials in parallel coordinates, and one setting against the objective; both highlight the same trial.
class TrialPlots : public QWidget {
    Q_OBJECT
public:
    explicit TrialPlots(Session& session, QWidget* parent = nullptr);
    void setHighlighted(std::optional<int> trial);

Q_SIGNALS:
    void hovered(std::optional<int> trial);
    void chosen(int trial);

private:
    void wire(MarkPlot& plot);
    void show();
    void showScatter();
    int markOf(std::optional<int> trial) const;

    Session& m_session;
    TrialMarks m_marks;
    ParallelPlot* m_parallel;
    ScatterPlot* m_scatter;
    QComboBox* m_axis;
};

} // namespace sightline::ui
