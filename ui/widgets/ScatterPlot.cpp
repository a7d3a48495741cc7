// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ScatterPlot.h"

#include <QPainter>

#include <cmath>
#include <limits>

#include "look/Theme.h"

namespace sightline::ui {

namespace {
constexpr double kLeft = 44, kRight = 16, kTop = 12, kBottom = 22, kDot = 3.5, kBigDot = 5.5, kWordsHeight = 16;
}

ScatterPlot::ScatterPlot(QWidget* parent) : MarkPlot(parent) {
    setMinimumSize(160, 100);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

QRectF ScatterPlot::plot() const {
    return QRectF(rect()).adjusted(kLeft, kTop, -kRight, -kBottom);
}

QPointF ScatterPlot::placeOf(const Mark& mark) const {
    return {plot().left() + plot().width() * mark.places[0], plot().bottom() - plot().height() * mark.places[1]};
}

QPointF ScatterPlot::placeOf(int mark) const {
    return placeOf(marks()[static_cast<std::size_t>(mark)]);
}

double ScatterPlot::distance(const Mark& mark, const QPointF& place) const {
    if (std::isnan(mark.places[0]) || std::isnan(mark.places[1]))
        return std::numeric_limits<double>::infinity();
    const QPointF apart = placeOf(mark) - place;
    return std::hypot(apart.x(), apart.y());
}

void ScatterPlot::paintAxes(QPainter& painter) const {
    const QFontMetrics metrics(font());
    for (const auto& [place, text] : axes()[1].ticks) {
        const double y = plot().bottom() - plot().height() * place;
        painter.setPen(theme::color(Role::Border));
        painter.drawLine(QPointF(plot().left(), y), QPointF(plot().right(), y));
        painter.setPen(theme::color(Role::Muted));
        painter.drawText(QRectF(0, y - kWordsHeight / 2, kLeft - 6, kWordsHeight), Qt::AlignRight | Qt::AlignVCenter,
                         text);
    }
    double free = 0; // words never overlap
    for (const auto& [place, text] : axes()[0].ticks) {
        const double x = plot().left() + plot().width() * place, wide = metrics.horizontalAdvance(text);
        painter.setPen(theme::color(Role::Border));
        painter.drawLine(QPointF(x, plot().bottom()), QPointF(x, plot().bottom() + 3));
        const double left = std::min(std::max(0.0, x - wide / 2), width() - wide);
        if (left < free)
            continue;
        painter.setPen(theme::color(Role::Muted));
        painter.drawText(QPointF(left, plot().bottom() + 5 + metrics.ascent()), text);
        free = left + wide + theme::kGrid;
    }
}

void ScatterPlot::paint(QPainter& painter) const {
    if (axes().size() < 2)
        return;
    paintAxes(painter);
    for (const int index : paintOrder()) {
        const Mark& mark = marks()[static_cast<std::size_t>(index)];
        if (std::isnan(mark.places[0]) || std::isnan(mark.places[1]))
            continue;
        const bool isIt = index == highlighted();
        const double radius = isIt ? kBigDot : kDot;
        const QColor color = colorOf(index);
        painter.setPen(QPen(isIt ? theme::color(Role::Text) : color, 1.2));
        painter.setBrush(mark.quiet && !isIt ? QBrush(Qt::NoBrush) : QBrush(color));
        painter.drawEllipse(placeOf(mark), radius, radius);
    }
}

} // namespace sightline::ui
