// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ExampleGrid.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

#include "look/Theme.h"

namespace sightline::ui {

namespace {
constexpr int kSide = 3, kGap = 4;
}

ExampleGrid::ExampleGrid(QWidget* parent) : QWidget(parent) {
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setMinimumSize(120, 120);
    setFocusPolicy(Qt::StrongFocus);
}

void ExampleGrid::setShown(std::vector<Shown> shown, const QString& placeholder) {
    m_shown = std::move(shown);
    m_placeholder = placeholder;
    m_current = 0;
    QStringList words;
    for (const Shown& one : m_shown)
        words << one.words;
    setAccessibleDescription(words.join(QStringLiteral(", ")));
    update();
}

QRect ExampleGrid::cellRect(int index) const {
    const int side = (std::min(width(), height()) - (kSide - 1) * kGap) / kSide;
    return {index % kSide * (side + kGap), index / kSide * (side + kGap), side, side};
}

int ExampleGrid::indexAt(const QPoint& place) const {
    for (int i = 0; i < static_cast<int>(m_shown.size()); ++i)
        if (cellRect(i).contains(place))
            return i;
    return -1;
}

bool ExampleGrid::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Left || key == Qt::Key_Right) {
            event->accept();
            return true;
        }
    }
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        if (const int index = indexAt(help->pos()); index >= 0)
            QToolTip::showText(help->globalPos(), m_shown[static_cast<std::size_t>(index)].words, this);
        return true;
    }
    return QWidget::event(event);
}

void ExampleGrid::mousePressEvent(QMouseEvent* event) {
    if (const int index = indexAt(event->pos()); index >= 0) {
        m_current = index;
        update();
        Q_EMIT chosen(index);
    }
}

void ExampleGrid::keyPressEvent(QKeyEvent* event) {
    const int count = static_cast<int>(m_shown.size());
    const int key = event->key();
    const int by = key == Qt::Key_Left    ? -1
                   : key == Qt::Key_Right ? 1
                   : key == Qt::Key_Up    ? -kSide
                   : key == Qt::Key_Down  ? kSide
                                          : 0;
    if (count > 0 && (key == Qt::Key_Return || key == Qt::Key_Enter)) {
        Q_EMIT chosen(m_current);
    } else if (by != 0) {
        if (m_current + by >= 0 && m_current + by < count)
            m_current += by;
        update();
    } else {
        QWidget::keyPressEvent(event);
    }
}

void ExampleGrid::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    if (m_shown.empty()) {
        painter.setPen(theme::color(Role::Muted));
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, m_placeholder);
        return;
    }
    for (int i = 0; i < static_cast<int>(m_shown.size()); ++i) {
        const Shown& one = m_shown[static_cast<std::size_t>(i)];
        const QRect cell = cellRect(i);
        painter.fillRect(cell, theme::color(Role::Raised));
        const QSizeF size = QSizeF(one.image.size()).scaled(cell.size(), Qt::KeepAspectRatio);
        const QRectF place(cell.left() + (cell.width() - size.width()) / 2,
                           cell.top() + (cell.height() - size.height()) / 2, size.width(), size.height());
        painter.drawImage(place, one.image);
        painter.setBrush(Qt::NoBrush);
        if (!one.mark.isEmpty()) { // to be seen on any picture: light within dark
            const QRectF mark(place.left() + one.mark.left() * place.width(),
                              place.top() + one.mark.top() * place.height(), one.mark.width() * place.width(),
                              one.mark.height() * place.height());
            painter.setPen(QPen(Qt::black, 3));
            painter.drawRect(mark);
            painter.setPen(QPen(Qt::white, 1.5));
            painter.drawRect(mark);
        }
        if (hasFocus() && i == m_current) {
            painter.setPen(QPen(theme::color(Role::Accent), 2));
            painter.drawRect(cell.adjusted(1, 1, -1, -1));
        }
    }
}

} // namespace sightline::ui
