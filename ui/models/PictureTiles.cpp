// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/PictureTiles.h"

#include <algorithm>

#include "models/Tiles.h"

namespace sightline::ui {

namespace {
constexpr int kKept = 400; ///< pictures: some screens full
}

PictureTiles::PictureTiles(QObject* parent) : QAbstractListModel(parent), m_drawn(kKept) {}

void PictureTiles::setTiles(std::vector<Tile> tiles, std::function<QImage(int)> draw) {
    beginResetModel();
    m_tiles = std::move(tiles);
    m_draw = std::move(draw);
    m_drawn.clear();
    endResetModel();
}

void PictureTiles::append(const std::vector<Tile>& tiles) {
    if (tiles.empty())
        return;
    const int first = static_cast<int>(m_tiles.size());
    beginInsertRows({}, first, first + static_cast<int>(tiles.size()) - 1);
    m_tiles.insert(m_tiles.end(), tiles.begin(), tiles.end());
    endInsertRows();
}

void PictureTiles::redraw() {
    m_drawn.clear();
    if (!m_tiles.empty())
        Q_EMIT dataChanged(index(0), index(static_cast<int>(m_tiles.size()) - 1));
}

int PictureTiles::rowOf(int number) const {
    const auto found =
        std::find_if(m_tiles.begin(), m_tiles.end(), [number](const Tile& tile) { return tile.number == number; });
    return found == m_tiles.end() ? -1 : static_cast<int>(found - m_tiles.begin());
}

int PictureTiles::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_tiles.size());
}

QVariant PictureTiles::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Tile& tile = m_tiles[static_cast<std::size_t>(index.row())];
    switch (role) {
    case TileImage: {
        if (const QImage* drawn = m_drawn.object(tile.number))
            return *drawn;
        const QImage picture = m_draw(tile.number);
        m_drawn.insert(tile.number, new QImage(picture));
        return picture;
    }
    case TileCaption:
        return tile.caption;
    case TileDetail:
        return tile.detail;
    case Qt::AccessibleTextRole:
    case Qt::ToolTipRole:
        return tile.caption + QStringLiteral(" · ") + tile.detail +
               (tile.more.isEmpty() ? QString() : QLatin1Char('\n') + tile.more);
    case TileTone:
        return tile.tone ? QVariant(static_cast<int>(*tile.tone)) : QVariant();
    default:
        return {};
    }
}

} // namespace sightline::ui
