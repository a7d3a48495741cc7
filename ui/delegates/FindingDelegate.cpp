// SPDX-License-Identifier: GPL-3.0-or-later
#include "delegates/FindingDelegate.h"

#include <QPainter>

#include "look/Icons.h"
#include "look/Words.h"
#include "models/FindingModel.h"

namespace sightline::ui {

namespace {
constexpr int kRowHeight = 40, kPad = 6, kIndent = 18;
}

void FindingDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect room = option.rect.adjusted(0, 1, 0, -1);
    if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
        painter->setPen(option.state & QStyle::State_Selected ? QPen(theme::color(Role::Accent), 1.5)
                                                              : QPen(Qt::NoPen));
        painter->setBrush(theme::color(Role::Raised));
        painter->drawRoundedRect(QRectF(room).adjusted(1, 1, -1, -1), 6, 6);
    }
    const QString text = index.data(Qt::DisplayRole).toString();
    if (index.data(FindingModel::Heading).toBool()) {
        const QString icon =
            index.data(FindingModel::Folded).toBool() ? QStringLiteral("go-next") : QStringLiteral("go-down");
        theme::icon(icon, Role::Muted).paint(painter, QRect(room.left() + kPad - 2, room.center().y() - 7, 14, 14));
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme::color(static_cast<Role>(index.data(FindingModel::Tone).toInt())));
        painter->drawEllipse(QPointF(room.left() + kPad + kIndent + 3, room.center().y() + 1), 4, 4);
        const QString count = grouped(index.data(FindingModel::Count).toLongLong());
        painter->setFont(theme::font(theme::Size::Base, true));
        painter->setPen(theme::color(Role::Text));
        const QFontMetrics metrics(painter->font());
        const QRect words = room.adjusted(kPad + kIndent + 14, 0, -2 * kPad - metrics.horizontalAdvance(count), 0);
        painter->drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                          metrics.elidedText(text, Qt::ElideRight, words.width()));
        painter->setPen(theme::color(Role::Muted));
        painter->drawText(room.adjusted(0, 0, -kPad, 0), Qt::AlignRight | Qt::AlignVCenter, count);
    } else {
        const QRect words = room.adjusted(kPad + kIndent, 3, -kPad, -3);
        painter->setFont(theme::font(theme::Size::Small));
        const QFontMetrics metrics(painter->font());
        painter->setPen(theme::color(Role::Text));
        painter->drawText(words, Qt::AlignLeft | Qt::AlignTop, metrics.elidedText(text, Qt::ElideLeft, words.width()));
        painter->setPen(theme::color(Role::Muted));
        painter->drawText(
            words, Qt::AlignLeft | Qt::AlignBottom,
            metrics.elidedText(index.data(FindingModel::Detail).toString(), Qt::ElideRight, words.width()));
    }
    painter->restore();
}

QSize FindingDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {120, kRowHeight};
}

} // namespace sightline::ui
