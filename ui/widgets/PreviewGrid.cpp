// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/PreviewGrid.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

#include "look/Theme.h"

namespace sightline::ui {

namespace {
constexpr int kFewestLines = 2, kMostLines = 6;
constexpr int kWords = Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap;
} // namespace

PreviewGrid::PreviewGrid(int rows, int columns, QWidget* parent) : QWidget(parent), m_rows(rows), m_columns(columns) {
    setMinimumSize(columns * 96, rows * 110);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void PreviewGrid::setTiles(std::vector<Tile> tiles) {
    m_tiles = std::move(tiles);
    QStringList words;
    for (const Tile& tile : m_tiles)
        words << tile.detail;
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    update();
}

QRect PreviewGrid::cell(int index) const {
    const int row = index / m_columns, column = index % m_columns;
    const int left = width() * column / m_columns, right = width() * (column + 1) / m_columns;
    const int top = height() * row / m_rows, bottom = height() * (row + 1) / m_rows;
    return QRect(left, top, right - left, bottom - top).adjusted(4, 4, -4, -4);
}

int PreviewGrid::wordsHeight(const QFontMetrics& metrics) const {
    int height = kFewestLines * metrics.lineSpacing();
    for (int i = 0; i < static_cast<int>(m_tiles.size()); ++i)
        height = std::max(height, metrics
                                      .boundingRect(QRect(0, 0, cell(i).width(), this->height()), kWords,
                                                    m_tiles[static_cast<std::size_t>(i)].caption)
                                      .height());
    return std::min(height, kMostLines * metrics.lineSpacing());
}

void PreviewGrid::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.setFont(theme::font(theme::Size::Small));
    const int words = wordsHeight(QFontMetrics(painter.font()));
    for (int i = 0; i < static_cast<int>(m_tiles.size()); ++i) {
        const Tile& tile = m_tiles[static_cast<std::size_t>(i)];
        const QRect room = cell(i);
        const QRect picture = room.adjusted(0, 0, 0, -words - 3);
        const QSize fitted =
            (tile.image.isNull() ? QSize(1, 1) : tile.image.size()).scaled(picture.size(), Qt::KeepAspectRatio);
        const QRect place(picture.topLeft() +
                              QPoint((picture.width() - fitted.width()) / 2, (picture.height() - fitted.height()) / 2),
                          fitted);
        if (tile.image.isNull())
            painter.fillRect(place, theme::color(Role::Raised));
        else
            painter.drawImage(place, tile.image);
        painter.setPen(theme::color(Role::Muted));
        painter.drawText(QRect(room.left(), place.bottom() + 3, room.width(), words), kWords, tile.caption);
    }
}

bool PreviewGrid::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (int i = 0; i < static_cast<int>(m_tiles.size()); ++i)
        if (cell(i).contains(help->pos()))
            QToolTip::showText(help->globalPos(), m_tiles[static_cast<std::size_t>(i)].detail, this);
    return true;
}

} // namespace sightline::ui
