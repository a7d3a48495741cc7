// SPDX-License-Identifier: GPL-3.0-or-later
#include "delegates/BarDelegate.h"

#include <QPainter>

#include <algorithm>

#include "look/Theme.h"
#include "models/Table.h"

namespace sightline::ui {

namespace {
constexpr int kPad = 6;
}

void BarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const double share = index.data(Table::Bar).toDouble();
    if (share >= 0) {
        const QRect room = option.rect.adjusted(4, 5, -4, -5);
        QColor color = theme::color(Role::Accent);
        color.setAlphaF(0.22f);
        painter->fillRect(
            QRect(room.left(), room.top(), static_cast<int>(room.width() * std::min(1.0, share)), room.height()),
            color);
    }
    if (option.state & QStyle::State_Selected) {
        QColor color = theme::color(Role::Accent);
        color.setAlphaF(0.14f);
        painter->fillRect(option.rect, color);
    }
    QStyleOptionViewItem plain = option;
    plain.state &= ~(QStyle::State_HasFocus | QStyle::State_Selected);
    plain.rect.adjust(kPad, 0, -kPad, 0);
    QStyledItemDelegate::paint(painter, plain, index);
}

QSize BarDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    return QStyledItemDelegate::sizeHint(option, index) + QSize(2 * kPad, 0);
}

} // namespace sightline::ui
