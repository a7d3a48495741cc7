// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/Rail.h"
#include "look/Icons.h"

#include <QPainter>
#include <QVBoxLayout>

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
    case Page::Badge::Ready: {
        painter.setPen(QPen(theme::color(Role::Good), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(QPolygonF{
            {centre.x() - 4, centre.y()}, {centre.x() - 1, centre.y() + 3}, {centre.x() + 5, centre.y() - 4}});
        return;
    }
    case Page::Badge::Running: {
        painter.setPen(QPen(theme::color(Role::Accent), 2.4, Qt::SolidLine, Qt::RoundCap));
        painter.setBrush(Qt::NoBrush);
        painter.drawArc(QRectF(centre.x() - 6, centre.y() - 6, 12, 12), 90 * 16, -270 * 16);
        return;
    }
    case Page::Badge::Attention: {
        const QString words = m_count > 99 ? QStringLiteral("99+") : QString::number(m_count);
        painter.setFont(theme::font(theme::Size::Small, true));
        const double wide = std::max(16.0, QFontMetricsF(painter.font()).horizontalAdvance(words) + 8);
        const QRectF pill(centre.x() - 8, centre.y() - 8, wide, 16);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme::color(Role::Warning));
        painter.drawRoundedRect(pill, 8, 8);
        painter.setPen(theme::color(Role::Surface));
        painter.drawText(pill, Qt::AlignCenter, words);
    }
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
