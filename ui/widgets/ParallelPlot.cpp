// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ParallelPlot.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

#include "look/Theme.h"

namespace sightline::ui {

namespace {
constexpr double kSide = 56, kTop = 26, kBottom = 10, kWordsHeight = 16, kTick = 3;
constexpr double kThin = 1, kUsual = 1.6, kBold = 3;

double distanceToLine(const QPointF& place, const QPointF& from, const QPointF& to) {
    const QPointF along = to - from, apart = place - from;
    const double squared = QPointF::dotProduct(along, along);
    const double at = squared > 0 ? std::clamp(QPointF::dotProduct(apart, along) / squared, 0.0, 1.0) : 0;
    const QPointF rest = apart - at * along;
    return std::hypot(rest.x(), rest.y());
}
} // namespace

ParallelPlot::ParallelPlot(QWidget* parent) : MarkPlot(parent) {
    setMinimumSize(240, 100);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

double ParallelPlot::across(std::size_t axis) const {
    const double room = width() - 2 * kSide;
    return axes().size() < 2 ? width() / 2.0
                             : kSide + room * static_cast<double>(axis) / static_cast<double>(axes().size() - 1);
}

QPointF ParallelPlot::placeOn(const Mark& mark, std::size_t axis) const {
    return {across(axis), height() - kBottom - (height() - kTop - kBottom) * mark.places[axis]};
}

QPointF ParallelPlot::placeOf(int mark) const {
    return placeOn(marks()[static_cast<std::size_t>(mark)], axes().size() - 1);
}

double ParallelPlot::distance(const Mark& mark, const QPointF& place) const {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t axis = 0; axis + 1 < axes().size(); ++axis)
        if (!std::isnan(mark.places[axis]) && !std::isnan(mark.places[axis + 1]))
            least = std::min(least, distanceToLine(place, placeOn(mark, axis), placeOn(mark, axis + 1)));
    return least;
}

void ParallelPlot::paintAxis(QPainter& painter, std::size_t axis) const {
    const double x = across(axis), apart = axes().size() > 1 ? across(1) - across(0) : width();
    const QFontMetrics metrics(font());
    const auto words = [&](const QString& text, double centre, double top, Role role, double room) {
        const QString shown = metrics.elidedText(text, Qt::ElideRight, static_cast<int>(room));
        const double wide = metrics.horizontalAdvance(shown);
        const double left = std::clamp(centre - wide / 2, 0.0, std::max(0.0, width() - wide));
        painter.setPen(theme::color(role));
        painter.drawText(QPointF(left, top + metrics.ascent()), shown);
    };
    painter.setPen(QPen(theme::color(Role::Border), 1));
    painter.drawLine(QPointF(x, kTop), QPointF(x, height() - kBottom));
    words(axes()[axis].title, x, 2, Role::Text, std::min(apart, 2 * kSide + 40) - theme::kGrid);
    for (const auto& [place, text] : axes()[axis].ticks) {
        const double y = height() - kBottom - (height() - kTop - kBottom) * place;
        painter.setPen(QPen(theme::color(Role::Muted), 1));
        painter.drawLine(QPointF(x - kTick, y), QPointF(x + kTick, y));
        const bool isLast = axis + 1 == axes().size();
        const QString shown =
            metrics.elidedText(text, Qt::ElideRight, static_cast<int>(std::min(0.6 * apart, kSide) - 4));
        const QRectF room(isLast ? x + kTick + 3 : x - kTick - 3 - kSide, y - kWordsHeight / 2, kSide, kWordsHeight);
        QColor behind = theme::color(Role::Surface);
        behind.setAlphaF(0.8F);
        const double wide = metrics.horizontalAdvance(shown) + 2;
        painter.fillRect(isLast ? QRectF(room.left(), room.top() + 1, wide, room.height() - 2)
                                : QRectF(room.right() - wide, room.top() + 1, wide, room.height() - 2),
                         behind);
        painter.drawText(room, (isLast ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, shown);
    }
}

void ParallelPlot::paint(QPainter& painter) const {
    for (const int index : paintOrder()) {
        const Mark& mark = marks()[static_cast<std::size_t>(index)];
        const bool isIt = index == highlighted();
        QColor color = colorOf(index);
        if (!isIt && highlighted() >= 0)
            color.setAlphaF(0.35F);
        painter.setPen(QPen(color,
                            isIt         ? kBold
                            : mark.quiet ? kThin
                                         : kUsual,
                            mark.quiet && !isIt ? Qt::DashLine : Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        for (std::size_t axis = 0; axis + 1 < axes().size(); ++axis)
            if (!std::isnan(mark.places[axis]) && !std::isnan(mark.places[axis + 1]))
                painter.drawLine(placeOn(mark, axis), placeOn(mark, axis + 1));
    }
    for (std::size_t axis = 0; axis < axes().size(); ++axis)
        paintAxis(painter, axis);
}

} // namespace sightline::ui
