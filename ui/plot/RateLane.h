// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QCPAxisRect;
class QCPGraph;
class QCPItemText;
class QCPMarginGroup;
class QCustomPlot;

namespace sightline::ui {

/// A narrow lane below a plot that shows the learning rate of each epoch, as a step line over the same epochs. Takes no
/// room until there is a rate.
class RateLane {
public:
    explicit RateLane(QCustomPlot* plot);

    void clear();
    void addEpoch(int epoch, double rate); ///< rates that are not positive are not drawn
    void redraw();                         ///< after the plot's range of epochs is set

private:
    void open();

    QCustomPlot* m_plot;
    QCPMarginGroup* m_sides;
    QCPItemText* m_end;
    QCPAxisRect* m_rect = nullptr; ///< with m_rates, while there are rates
    QCPGraph* m_rates = nullptr;
    double m_low = 0, m_high = 0;
};

} // namespace sightline::ui
