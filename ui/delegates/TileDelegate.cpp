// SPDX-License-Identifier: GPL-3.0-or-later
#include "delegates/TileDelegate.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

#include "look/Badges.h"
#include "metrics/LearningOrder.h"
#include "models/Tiles.h"

namespace sightline::ui {

namespace {
constexpr int kPad = 4, kLine = 16, kAir = 24;
constexpr int kStrip = 8, kLow = 2; ///< heights of the epochs' bars: the tallest and the lowest
constexpr double kWidest = 8;
constexpr double kHighLoss = 3; ///< as dark as it gets
constexpr int kSmall = 64;      ///< pixels: what is no larger is drawn pixel by pixel where it grows

/// Small pictures (28 x 28 digits) grow by whole pixels and stay crisp; photographs are scaled smoothly.
void paintPicture(QPainter& painter, const QRect& square, const QImage& image) {
    if (image.isNull()) {
        painter.fillRect(square, theme::color(Role::Raised));
        return;
    }
    const double ratio = painter.device()->devicePixelRatioF();
    const int longest = std::max(image.width(), image.height());
    const int times = longest <= kSmall ? static_cast<int>(square.width() * ratio) / longest : 0;
    QSizeF fitted = QSizeF(image.size()).scaled(square.size(), Qt::KeepAspectRatio);
    if (times >= 2)
        fitted = QSizeF(image.size()) * (times / ratio);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, times < 2);
    const QPointF corner = QPointF(square.topLeft()) + QPointF((square.width() - fitted.width()) / 2,
                                                               square.height() - fitted.height()); // on its words
    painter.drawImage(QRectF(QPointF(std::round(corner.x()), std::round(corner.y())), fitted), image);
}

/// What a person did to the image, at the picture's upper right corner.
void paintBadge(QPainter& painter, const QRect& square, TileState state) {
    const QRect mark(square.right() - 20, square.top() + 2, 19, 19);
    if (state == TileState::Excluded)
        badge::paintMark(painter, mark, Role::Bad, QStringLiteral("window-close"));
    else
        badge::paintMark(painter, mark, Role::Accent, QStringLiteral("tag"));
}

void paintPin(QPainter& painter, const QRect& square) {
    badge::paintMark(painter, QRect(square.left() + 2, square.top() + 2, 19, 19), Role::Accent, QStringLiteral("pin"));
}

/// Bars side by side; those of epochs of which nothing is known stay empty. Height says right or
/// wrong as well as color does.
void paintStrip(QPainter& painter, const QRect& area, const std::vector<LearningCell>& cells) {
    if (cells.empty())
        return;
    const double wide = std::min(kWidest, static_cast<double>(area.width()) / static_cast<double>(cells.size()));
    const double gap = wide >= 3 ? 1 : 0;
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const LearningCell& cell = cells[i];
        if (cell.epochs == 0)
            continue;
        const double wrong = 1 - static_cast<double>(cell.right) / cell.epochs;
        QColor color = theme::color(wrong > 0 ? Role::Validation : Role::Training);
        if (wrong > 0)
            color.setAlphaF(static_cast<float>(0.5 + 0.5 * std::clamp(cell.meanLoss / kHighLoss, 0.0, 1.0)));
        const double high = kLow + (kStrip - kLow) * wrong;
        painter.fillRect(
            QRectF(area.left() + wide * static_cast<double>(i), area.bottom() + 1 - high, wide - gap, high), color);
    }
}
} // namespace

void TileDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    painter->save();
    const int wide = std::min(option.rect.width() - 2, m_side + 2 * kPad + kAir); // words may need more than a picture
    const QRect tile(option.rect.left() + (option.rect.width() - wide) / 2, option.rect.top() + 2, wide,
                     option.rect.height() - 4);
    if (const QVariant group = index.data(TileGroup); group.isValid()) { // bands tell one group from the next
        QColor band = theme::color(group.toUInt() % 2 == 0 ? Role::Accent : Role::Muted);
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom() - 2, option.rect.width(), 2), band);
    }
    if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(option.state & QStyle::State_Selected ? QPen(theme::color(Role::Accent), 2) : QPen(Qt::NoPen));
        painter->setBrush(theme::color(Role::Raised));
        painter->drawRoundedRect(tile.adjusted(1, 1, -1, -1), 6, 6);
    }
    const QRect square(tile.left() + (tile.width() - m_side) / 2, tile.top() + kPad, m_side, m_side);
    const auto state = static_cast<TileState>(index.data(TileBadge).toInt());
    painter->setOpacity(state == TileState::Excluded ? 0.35 : 1.0);
    paintPicture(*painter, square, index.data(TileImage).value<QImage>());
    painter->setOpacity(1.0);
    if (state != TileState::None)
        paintBadge(*painter, square, state);
    if (index.data(TilePinned).toBool())
        paintPin(*painter, square);
    if (const QVariant tone = index.data(TileTone); tone.isValid())
        painter->fillRect(QRect(square.left(), square.bottom() - 2, m_side, 3),
                          theme::color(static_cast<Role>(tone.toInt())));
    painter->setFont(theme::font(theme::Size::Small));
    const QFontMetrics metrics(painter->font());
    if (m_stripShown)
        paintStrip(*painter, QRect(square.left(), square.bottom() + 3, m_side, kStrip),
                   index.data(TileStrip).value<std::vector<LearningCell>>());
    const QRect words(tile.left() + 2, square.bottom() + 4 + stripRoom(), tile.width() - 4, kLine);
    painter->setPen(theme::color(Role::Text));
    painter->drawText(words, Qt::AlignCenter,
                      metrics.elidedText(index.data(TileCaption).toString(), Qt::ElideMiddle, words.width()));
    if (m_lines > 1) {
        painter->setPen(theme::color(state == TileState::None       ? Role::Muted
                                     : state == TileState::Excluded ? Role::Bad
                                                                    : Role::Accent));
        painter->drawText(words.translated(0, kLine), Qt::AlignCenter,
                          metrics.elidedText(index.data(TileDetail).toString(), Qt::ElideRight, words.width()));
    }
    painter->restore();
}

QSize TileDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return least().expandedTo({m_cellWidth, 0});
}

QSize TileDelegate::least() const {
    return {m_side + 2 * kPad + 8, m_side + kPad + stripRoom() + m_lines * kLine + 12};
}

int TileDelegate::stripRoom() const {
    return m_stripShown ? kStrip + 2 : 0;
}

} // namespace sightline::ui
