// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ScatterMap.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "look/Theme.h"
#include "look/Words.h"

namespace sightline::ui {

namespace {
constexpr double kDot = 7, kNear = 8, kMargin = 12, kMostZoom = 60, kClick = 4;

/// A dot of each colour, drawn once: copies of a small picture are much quicker than circles.
QPixmap dot(const QColor& color, double ratio) {
    const int side = static_cast<int>(std::ceil(kDot * ratio));
    QPixmap picture(side, side);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(QRectF(0, 0, side, side).adjusted(0.5, 0.5, -0.5, -0.5));
    return picture;
}
} // namespace

ScatterMap::ScatterMap(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(240, 200);
}

void ScatterMap::setPoints(std::vector<Point> points, std::function<QString(std::size_t)> nameOf) {
    m_points = std::move(points);
    m_nameOf = std::move(nameOf);
    m_zoom = 1;
    m_centre = {0.5, 0.5};
    m_cursor = -1;
    clearChoice();
    describe();
}

void ScatterMap::setColors(std::vector<QColor> colors, const std::vector<std::uint16_t>& kinds) {
    m_colors = std::move(colors);
    for (std::size_t i = 0; i < std::min(kinds.size(), m_points.size()); ++i)
        m_points[i].kind = kinds[i];
    update();
}

void ScatterMap::clearChoice() {
    m_chosen.clear();
    m_isChosen.assign(m_points.size(), false);
    update();
}

QRectF ScatterMap::field() const {
    const double side = std::max(1.0, std::min(width(), height()) - 2 * kMargin);
    return {(width() - side) / 2, (height() - side) / 2, side, side};
}

QPointF ScatterMap::placeOf(std::size_t point) const {
    const QRectF square = field();
    return square.center() +
           QPointF((static_cast<double>(m_points[point].x) - m_centre.x()) * square.width() * m_zoom,
                   (static_cast<double>(m_points[point].y) - m_centre.y()) * square.height() * m_zoom);
}

QPointF ScatterMap::toMap(const QPointF& place) const {
    const QRectF square = field();
    return m_centre + (place - square.center()) / (square.width() * m_zoom);
}

int ScatterMap::nearest(const QPointF& place) const {
    int best = -1;
    double least = kNear * kNear;
    for (std::size_t i = 0; i < m_points.size(); ++i) {
        const QPointF apart = placeOf(i) - place;
        const double distance = QPointF::dotProduct(apart, apart);
        if (distance < least) {
            least = distance;
            best = static_cast<int>(i);
        }
    }
    return best;
}

void ScatterMap::choose(std::vector<std::uint32_t> points) {
    m_chosen = std::move(points);
    m_isChosen.assign(m_points.size(), false);
    for (const std::uint32_t point : m_chosen)
        m_isChosen[point] = true;
    update();
    Q_EMIT selected(m_chosen);
}

void ScatterMap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const double ratio = devicePixelRatioF();
    std::vector<std::vector<QPainter::PixmapFragment>> dots(m_colors.size());
    const bool someChosen = !m_chosen.empty();
    for (const bool chosen : {false, true}) {
        for (auto& kind : dots)
            kind.clear();
        for (std::size_t i = 0; i < m_points.size(); ++i) {
            const QPointF place = placeOf(i);
            if (m_isChosen[i] != chosen || m_points[i].kind >= dots.size() || !QRectF(rect()).contains(place))
                continue;
            const double side = std::ceil(kDot * ratio);
            dots[m_points[i].kind].push_back(QPainter::PixmapFragment::create(
                place, {0, 0, side, side}, 1 / ratio, 1 / ratio, 0, someChosen && !chosen ? 0.25 : 0.9));
        }
        for (std::size_t kind = 0; kind < dots.size(); ++kind)
            if (!dots[kind].empty())
                painter.drawPixmapFragments(dots[kind].data(), static_cast<int>(dots[kind].size()),
                                            dot(m_colors[kind], ratio));
    }
    if (m_lasso.size() > 1) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme::color(Role::Accent), 1.5));
        QColor inside = theme::color(Role::Accent);
        inside.setAlphaF(0.12f);
        painter.setBrush(inside);
        painter.drawPolygon(m_lasso);
    }
    if (hasFocus() && m_cursor >= 0) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme::color(Role::Text), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(placeOf(static_cast<std::size_t>(m_cursor)), kDot, kDot);
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
    if (hasFocus()) {
        painter.setPen(theme::color(Role::Border));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
}

void ScatterMap::mousePressEvent(QMouseEvent* event) {
    m_moves = event->button() == Qt::MiddleButton || event->modifiers().testFlag(Qt::ShiftModifier);
    m_grabbed = event->position();
    m_lasso.clear();
    if (!m_moves && event->button() == Qt::LeftButton)
        m_lasso << event->position();
}

void ScatterMap::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() == Qt::NoButton)
        return;
    if (m_moves) {
        m_centre += toMap(m_grabbed) - toMap(event->position());
        m_grabbed = event->position();
    } else if (!m_lasso.isEmpty()) {
        m_lasso << event->position();
    }
    update();
}

void ScatterMap::mouseReleaseEvent(QMouseEvent* event) {
    if (m_moves || m_lasso.isEmpty()) {
        m_moves = false;
        return;
    }
    const QPolygonF lasso = std::exchange(m_lasso, {});
    std::vector<std::uint32_t> inside;
    const QRectF bounds = lasso.boundingRect();
    if (bounds.width() < kClick && bounds.height() < kClick) {
        if (const int point = nearest(event->position()); point >= 0)
            inside.push_back(static_cast<std::uint32_t>(point));
    } else {
        for (std::uint32_t i = 0; i < m_points.size(); ++i)
            if (const QPointF place = placeOf(i); bounds.contains(place) && lasso.containsPoint(place, Qt::OddEvenFill))
                inside.push_back(i);
    }
    choose(std::move(inside));
}

void ScatterMap::zoom(double factor, const QPointF& around) {
    const QPointF before = toMap(around);
    m_zoom = std::clamp(m_zoom * factor, 0.5, kMostZoom);
    m_centre += before - toMap(around);
    update();
}

/// To the next point that way: straight ahead counts more than aside.
void ScatterMap::walk(const QPointF& direction) {
    const QPointF from = m_cursor < 0 ? QRectF(rect()).center() : placeOf(static_cast<std::size_t>(m_cursor));
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < m_points.size(); ++i) {
        const QPointF apart = placeOf(i) - from;
        const double ahead = QPointF::dotProduct(apart, direction);
        const double cost = ahead + 2 * std::abs(apart.x() * direction.y() - apart.y() * direction.x());
        if (ahead > 0 && cost < least) {
            least = cost;
            m_cursor = static_cast<int>(i);
        }
    }
    describe();
    update();
}

void ScatterMap::describe() {
    const bool isAt = m_cursor >= 0 && m_nameOf;
    setAccessibleDescription(
        isAt ? m_nameOf(static_cast<std::size_t>(m_cursor))
             : tr("%1. The arrow keys move between them, Return shows one, Escape all.")
                   .arg(counted(static_cast<qlonglong>(m_points.size()), tr("%1 point"), tr("%1 points"))));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

void ScatterMap::wheelEvent(QWheelEvent* event) {
    zoom(std::pow(1.2, event->angleDelta().y() / 120.0), event->position());
    event->accept();
}

void ScatterMap::keyPressEvent(QKeyEvent* event) {
    const QPointF middle = QRectF(rect()).center();
    const bool isAt = m_cursor >= 0, areChosen = !m_chosen.empty();
    switch (event->key()) {
    case Qt::Key_Left:
        return walk({-1, 0});
    case Qt::Key_Right:
        return walk({1, 0});
    case Qt::Key_Up:
        return walk({0, -1});
    case Qt::Key_Down:
        return walk({0, 1});
    case Qt::Key_Return:
    case Qt::Key_Enter:
        return isAt ? choose({static_cast<std::uint32_t>(m_cursor)}) : QWidget::keyPressEvent(event);
    case Qt::Key_Escape:
        return areChosen ? choose({}) : QWidget::keyPressEvent(event);
    case Qt::Key_Plus:
        return zoom(1.2, middle);
    case Qt::Key_Minus:
        return zoom(1 / 1.2, middle);
    case Qt::Key_0:
        m_zoom = 1;
        m_centre = {0.5, 0.5};
        return update();
    default:
        QWidget::keyPressEvent(event);
    }
}

bool ScatterMap::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int point = nearest(help->pos());
        if (point >= 0 && m_nameOf)
            QToolTip::showText(help->globalPos(), m_nameOf(static_cast<std::size_t>(point)), this);
        else
            QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

} // namespace sightline::ui
