// SPDX-License-Identifier: GPL-3.0-or-later
#include "plot/PlotAxis.h"

#include "look/Theme.h"
#include "plot/QCustomPlotInclude.h"

namespace sightline::ui {

void styleAxis(QCPAxis& axis) {
    const QPen border(theme::color(Role::Border), 1);
    axis.setBasePen(border);
    axis.setTickPen(border);
    axis.setSubTicks(false);
    axis.setTickLengthIn(0);
    axis.setTickLabelColor(theme::color(Role::Muted));
    axis.setTickLabelFont(theme::font(theme::Size::Small));
    axis.setLabelColor(theme::color(Role::Muted));
    axis.setLabelFont(theme::font(theme::Size::Small));
    axis.grid()->setPen(QPen(theme::color(Role::Raised), 1));
    axis.grid()->setZeroLinePen(Qt::NoPen);
    axis.ticker()->setTickCount(5);
}

} // namespace sightline::ui
