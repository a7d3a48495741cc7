// SPDX-License-Identifier: GPL-3.0-or-later
#include "look/Badges.h"

#include <algorithm>

#include "look/Icons.h"

namespace sightline::ui::badge {

void paintReady(QPainter& painter, const QPointF& centre) {
    painter.setPen(QPen(theme::color(Role::Good), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(QPolygonF{centre + QPointF(-4, 0), centre + QPointF(-1, 3), centre + QPointF(5, -4)});
}

void paintRunning(QPainter& painter, const QPointF& centre) {
    constexpr int kDegree = 16; // Qt's unit of angle
    painter.setPen(QPen(theme::color(Role::Accent), 2.4, Qt::SolidLine, Qt::RoundCap));
    painter.setBrush(Qt::NoBrush);
    painter.drawArc(QRectF(centre.x() - 6, centre.y() - 6, 12, 12), 90 * kDegree, -270 * kDegree);
}

void paintCount(QPainter& painter, const QPointF& centre, int count) {
    const QString words = count > 99 ? QStringLiteral("99+") : QString::number(count);
    painter.setFont(theme::font(theme::Size::Small, true));
    const double wide = std::max(16.0, QFontMetricsF(painter.font()).horizontalAdvance(words) + 8);
    const QRectF pill(centre.x() - 8, centre.y() - 8, wide, 16);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::color(Role::Warning));
    painter.drawRoundedRect(pill, 8, 8);
    painter.setPen(theme::color(Role::Surface));
    painter.drawText(pill, Qt::AlignCenter, words);
}

void paintMark(QPainter& painter, const QRect& place, Role ground, const QString& icon) {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme::color(Role::Surface), 1.5));
    painter.setBrush(theme::color(ground));
    painter.drawEllipse(QRectF(place));
    theme::icon(icon, Role::AccentText).paint(&painter, place.adjusted(4, 4, -4, -4));
}

} // namespace sightline::ui::badge
