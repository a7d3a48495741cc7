// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/Rail.h"

#include <QPainter>
#include <QVBoxLayout>

#include "look/Badges.h"
#include "look/Icons.h"

namespace sightline::ui {

namespace {
constexpr int kWidth = 88, kHeight = 64, kIcon = 22;
}

RailButton::RailButton(const QString& icon, const QString& text, QWidget* parent)
    : QAbstractButton(parent), m_iconName(icon) {
    setText(text);
    setCheckable(true);
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::TabFocus);
}

void RailButton::setBadge(Page::Badge badge, int count) {
    m_badge = badge;
    m_count = count;
    const QString words = badge == Page::Badge::Attention ? tr("%1: %2 to fix").arg(text()).arg(count)
                          : badge == Page::Badge::Running ? tr("%1: running").arg(text())
                          : badge == Page::Badge::Ready   ? tr("%1: ready").arg(text())
                                                          : text();
    setAccessibleName(words);
    update();
}

QSize RailButton::sizeHint() const {
    return {kWidth, kHeight};
}

void RailButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRect room = rect().adjusted(6, 3, -6, -3);
    if (isChecked() || underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme::color(Role::Raised));
        painter.drawRoundedRect(room, 8, 8);
    }
    if (isChecked()) {
        painter.setBrush(theme::color(Role::Accent));
        painter.drawRoundedRect(QRect(0, room.top() + 12, 3, room.height() - 24), 1.5, 1.5);
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme::color(Role::Accent), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(room, 8, 8);
    }
    const Role role = isChecked() ? Role::Accent : Role::Text;
    theme::icon(m_iconName, role).paint(&painter, QRect((width() - kIcon) / 2, room.top() + 8, kIcon, kIcon));
    painter.setPen(theme::color(isChecked() ? Role::Text : Role::Muted));
    painter.setFont(theme::font(theme::Size::Small, isChecked()));
    painter.drawText(QRect(0, room.top() + 8 + kIcon + 2, width(), 20), Qt::AlignCenter, text());
    paintBadge(painter);
}

void RailButton::paintBadge(QPainter& painter) const {
    const QPointF centre(width() / 2.0 + kIcon / 2.0 + 10, 17);
    switch (m_badge) {
    case Page::Badge::None:
        return;
    case Page::Badge::Ready:
        return badge::paintReady(painter, centre);
    case Page::Badge::Running:
        return badge::paintRunning(painter, centre);
    case Page::Badge::Attention:
        return badge::paintCount(painter, centre, m_count);
    }
}

Rail::Rail(QWidget* parent) : QWidget(parent) {
    setProperty("bar", true);
    setAttribute(Qt::WA_StyledBackground);
    setFixedWidth(kWidth);
    m_column = new QVBoxLayout(this);
    m_column->setContentsMargins(0, theme::kGrid, 0, theme::kGrid);
    m_column->setSpacing(0);
    m_column->addStretch(1);
}

RailButton* Rail::add(const QString& name, const QString& icon, const QString& text) {
    auto* made = new RailButton(icon, text, this);
    made->setObjectName(name);
    made->setAccessibleName(text);
    const int index = static_cast<int>(m_buttons.size());
    made->setToolTip(tr("%1 (Ctrl+%2)").arg(text).arg(index + 1));
    connect(made, &QAbstractButton::clicked, this, [this, index] {
        setCurrent(index);
        Q_EMIT chosen(index);
    });
    m_column->insertWidget(index, made);
    m_buttons.push_back(made);
    return made;
}

void Rail::setCurrent(int index) {
    for (std::size_t i = 0; i < m_buttons.size(); ++i)
        m_buttons[i]->setChecked(static_cast<int>(i) == index);
}

} // namespace sightline::ui
