// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/WipeView.h"

#include <QKeyEvent>
#include <QPainter>

#include <algorithm>

#include "look/Theme.h"

namespace sightline::ui {

WipeView::WipeView(QWidget* parent) : QWidget(parent) {
    setMinimumSize(96, 96);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::SplitHCursor);
}

void WipeView::setImages(const QImage& left, const QImage& right, const QString& placeholder) {
    m_left = left;
    m_right = right;
    m_placeholder = placeholder;
    update();
}

void WipeView::setPart(double part) {
    m_part = std::clamp(part, 0.0, 1.0);
    update();
}

QRect WipeView::imageRect() const {
    if (m_left.isNull())
        return {};
    const QSize fitted = m_left.size().scaled(size(), Qt::KeepAspectRatio);
    return {QPoint((width() - fitted.width()) / 2, (height() - fitted.height()) / 2), fitted};
}

void WipeView::follow(double x) {
    const QRect place = imageRect();
    if (!place.isEmpty())
        setPart((x - place.left()) / place.width());
}

bool WipeView::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Left || key == Qt::Key_Right) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void WipeView::mousePressEvent(QMouseEvent* event) {
    follow(event->position().x());
}

void WipeView::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton)
        follow(event->position().x());
}

void WipeView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Left)
        setPart(m_part - 0.05);
    else if (event->key() == Qt::Key_Right)
        setPart(m_part + 0.05);
    else
        QWidget::keyPressEvent(event);
}

void WipeView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const QRect place = imageRect();
    if (place.isEmpty()) {
        painter.setPen(theme::color(Role::Muted));
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, m_placeholder);
        return;
    }
    const int at = place.left() + static_cast<int>(m_part * place.width());
    painter.drawImage(place, m_left);
    painter.setClipRect(QRect(QPoint(at, place.top()), place.bottomRight()));
    painter.drawImage(place, m_right);
    painter.setClipping(false);
    painter.setPen(QPen(Qt::black, 4));
    painter.drawLine(at, place.top(), at, place.bottom());
    painter.setPen(QPen(hasFocus() ? theme::color(Role::Accent) : QColor(Qt::white), 2));
    painter.drawLine(at, place.top(), at, place.bottom());
}

} // namespace sightline::ui
