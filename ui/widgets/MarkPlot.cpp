// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/MarkPlot.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <limits>

#include "look/Series.h"
#include "look/Theme.h"

namespace sightline::ui {

namespace {
constexpr double kNear = 10;
constexpr double kLeastMerit = 0.35; ///< the worst is to be seen, too
} // namespace

MarkPlot::MarkPlot(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setFont(theme::font(theme::Size::Small));
}

void MarkPlot::setMarks(std::vector<MarkAxis> axes, std::vector<Mark> marks, const QString& what) {
    m_axes = std::move(axes);
    m_marks = std::move(marks);
    m_what = what;
    if (m_highlighted >= static_cast<int>(m_marks.size()))
        m_highlighted = -1;
    describe();
    update();
}

void MarkPlot::setHighlighted(int mark) {
    if (m_highlighted == mark || mark >= static_cast<int>(m_marks.size()))
        return;
    m_highlighted = mark;
    describe();
    update();
}

void MarkPlot::highlight(int mark) {
    if (m_highlighted == mark)
        return;
    setHighlighted(mark);
    Q_EMIT hovered(mark);
}

QColor MarkPlot::colorOf(int mark) const {
    const Mark& it = m_marks[static_cast<std::size_t>(mark)];
    return mark == m_highlighted ? theme::color(Role::Validation)
           : it.quiet            ? theme::color(Role::Muted)
                                 : theme::meritColor(kLeastMerit + (1 - kLeastMerit) * it.merit);
}

std::vector<int> MarkPlot::paintOrder() const {
    std::vector<int> order(m_marks.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = static_cast<int>(i);
    const auto layer = [this](int mark) {
        return mark == m_highlighted ? 2 : m_marks[static_cast<std::size_t>(mark)].quiet ? 0 : 1;
    };
    std::stable_sort(order.begin(), order.end(), [&](int one, int other) { return layer(one) < layer(other); });
    return order;
}

int MarkPlot::nearest(const QPointF& place) const {
    int best = -1;
    double least = kNear;
    for (std::size_t i = 0; i < m_marks.size(); ++i)
        if (const double apart = distance(m_marks[i], place); apart < least) {
            least = apart;
            best = static_cast<int>(i);
        }
    return best;
}

void MarkPlot::walk(int step) {
    const int count = static_cast<int>(m_marks.size());
    if (count == 0)
        return;
    highlight(m_highlighted < 0 ? (step > 0 ? 0 : count - 1) : std::clamp(m_highlighted + step, 0, count - 1));
}

void MarkPlot::describe() {
    setAccessibleDescription(m_highlighted >= 0
                                 ? m_marks[static_cast<std::size_t>(m_highlighted)].words
                                 : tr("%1. The arrow keys go from one to the next, Return opens it.").arg(m_what));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

void MarkPlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paint(painter);
    if (!hasFocus())
        return;
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(theme::color(Role::Border));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void MarkPlot::mouseMoveEvent(QMouseEvent* event) {
    highlight(nearest(event->position()));
    setCursor(m_highlighted >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void MarkPlot::mouseReleaseEvent(QMouseEvent* event) {
    const int mark = event->button() == Qt::LeftButton ? nearest(event->position()) : -1;
    if (mark >= 0)
        Q_EMIT chosen(mark);
}

void MarkPlot::leaveEvent(QEvent*) {
    highlight(-1);
}

void MarkPlot::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Right:
    case Qt::Key_Down:
        return walk(1);
    case Qt::Key_Left:
    case Qt::Key_Up:
        return walk(-1);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_highlighted >= 0)
            Q_EMIT chosen(m_highlighted);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

bool MarkPlot::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    if (const int mark = nearest(help->pos()); mark >= 0)
        QToolTip::showText(help->globalPos(), m_marks[static_cast<std::size_t>(mark)].words, this);
    else
        QToolTip::hideText();
    return true;
}

} // namespace sightline::ui
