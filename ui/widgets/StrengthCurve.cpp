// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/StrengthCurve.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

#include "look/Theme.h"
#include "look/Words.h"

namespace sightline::ui {

namespace {
constexpr int kLeft = 40, kSide = 4, kTop = 4, kBottom = 18; ///< room around: values, dots above, words beneath
constexpr double kDot = 2.5;
} // namespace

StrengthCurve::StrengthCurve(QWidget* parent) : QWidget(parent) {
    m_measure = tr("%1: accuracy %2");
    setMinimumSize(96, 56);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void StrengthCurve::setMeasure(const QString& words) {
    m_measure = words;
}

void StrengthCurve::addPoint(Point point, const QString& className) {
    std::vector<Point> points = std::move(m_points);
    points.push_back(std::move(point));
    setPoints(std::move(points), className);
}

void StrengthCurve::setRange(double least, double most) {
    m_range = {least, most};
    update();
}

void StrengthCurve::setMark(std::optional<double> strength) {
    m_mark = strength;
    update();
}

void StrengthCurve::setPoints(std::vector<Point> points, const QString& className) {
    m_points = std::move(points);
    m_className = className;
    QStringList words;
    for (const Point& point : m_points)
        words << describe(point);
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    update();
}

QString StrengthCurve::describe(const Point& point) const {
    const QString all = m_measure.arg(point.words, percent(point.accuracy));
    return point.ofClass ? tr("%1, of %2 %3").arg(all, m_className, percent(*point.ofClass)) : all;
}

QRectF StrengthCurve::plot() const {
    return QRectF(rect()).adjusted(kLeft, kTop, -kSide, -kBottom);
}

double StrengthCurve::placeAlong(double strength) const {
    const auto [least, most] =
        m_range.value_or(std::pair{std::min(0.0, m_points.front().strength), std::max(0.0, m_points.back().strength)});
    return plot().left() + plot().width() * (strength - least) / std::max(1e-9, most - least);
}

QPointF StrengthCurve::placeOf(const Point& point, double accuracy) const {
    return {placeAlong(point.strength), plot().bottom() - plot().height() * accuracy};
}

QPointF StrengthCurve::placeOf(std::size_t point) const {
    return placeOf(m_points[point], m_points[point].accuracy);
}

bool StrengthCurve::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || m_points.empty())
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto distance = [&](const Point& point) { return std::abs(placeOf(point, 0).x() - help->pos().x()); };
    const auto nearest = std::min_element(m_points.begin(), m_points.end(),
                                          [&](const Point& a, const Point& b) { return distance(a) < distance(b); });
    QToolTip::showText(help->globalPos(), describe(*nearest), this);
    return true;
}

void StrengthCurve::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme::font(theme::Size::Small));
    const QRectF values(0, plot().top() - 2, kLeft - kSide, plot().height() + 4);
    for (const auto& [level, side] :
         {std::pair{0.0, Qt::AlignBottom}, std::pair{0.5, Qt::AlignVCenter}, std::pair{1.0, Qt::AlignTop}}) {
        const double y = plot().bottom() - plot().height() * level;
        painter.setPen(theme::color(Role::Border));
        painter.drawLine(QPointF(plot().left(), y), QPointF(plot().right(), y));
        painter.setPen(theme::color(Role::Muted));
        painter.drawText(values, Qt::AlignRight | side, QStringLiteral("%1 %").arg(100 * level));
    }
    if (m_points.empty())
        return;
    if (m_mark) {
        const double x = std::clamp(placeAlong(*m_mark), plot().left(), plot().right());
        painter.setPen(QPen(theme::color(Role::Accent), 1, Qt::DotLine));
        painter.drawLine(QPointF(x, plot().top()), QPointF(x, plot().bottom()));
    }
    paintCurve(painter, false);
    if (!m_className.isEmpty())
        paintCurve(painter, true);
    painter.setPen(theme::color(Role::Muted));
    const QString &first = m_points.front().words, &last = m_points.back().words;
    const QFontMetrics metrics(painter.font());
    const bool fits = metrics.horizontalAdvance(first + last) + theme::kGrid <= plot().width();
    QRectF words(plot().left(), plot().bottom() + 2, plot().width(), kBottom - 2);
    if (!fits)
        words.setLeft(kSide);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, first);
    if (!m_range || m_points.back().strength >= m_range->second)
        painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter, last);
}

void StrengthCurve::paintCurve(QPainter& painter, bool ofClass) const {
    const bool quiet = !ofClass && !m_className.isEmpty();
    const QColor color = theme::color(ofClass ? Role::Validation : quiet ? Role::Muted : Role::Training);
    QPolygonF line;
    for (const Point& point : m_points)
        if (!ofClass || point.ofClass)
            line << placeOf(point, ofClass ? *point.ofClass : point.accuracy);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, quiet ? 1 : 2, quiet ? Qt::DashLine : Qt::SolidLine));
    painter.drawPolyline(line);
    if (quiet)
        return;
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    for (const QPointF& place : line)
        painter.drawEllipse(place, kDot, kDot);
}

} // namespace sightline::ui
