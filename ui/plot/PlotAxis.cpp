// SPDX-License-Identifier: GPL-3.0-or-later
#include "plot/PlotAxis.h"

#include <QLabel>
#include <QVBoxLayout>

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

void layOutPlot(QWidget& widget, const QString& title, QCustomPlot& plot) {
    widget.setAccessibleName(title);
    auto* column = new QVBoxLayout(&widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new QLabel(title, &widget);
    head->setFont(theme::font(theme::Size::Base, true));
    column->addWidget(head);
    column->addWidget(&plot, 1);
    plot.setBackground(theme::color(Role::Surface));
    plot.setAntialiasedElements(QCP::aeAll);
    plot.setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    plot.setNoAntialiasingOnDrag(true);
    for (auto* axis : {plot.xAxis, plot.yAxis})
        styleAxis(*axis);
}

} // namespace sightline::ui
