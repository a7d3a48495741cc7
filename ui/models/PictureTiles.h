// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QCache>
#include <QImage>

#include <functional>
#include <optional>
#include <vector>

#include "look/Theme.h"

namespace sightline::ui {

/// Numbered pictures as tiles: channels, filters. A picture is only drawn when its tile is seen, so that thousands cost
/// nothing.
class PictureTiles : public QAbstractListModel {
    Q_OBJECT
public:
    struct Tile {
        int number = 0; ///< of the channel
        QString caption, detail;
        std::optional<Role> tone = {}; ///< of the line under the picture
        QString more = {};             ///< on hover, besides the words
    };
    explicit PictureTiles(QObject* parent = nullptr);

    /// All at once; `draw(number)` gives a tile's picture.
    void setTiles(std::vector<Tile> tiles, std::function<QImage(int)> draw);
    void append(const std::vector<Tile>& tiles); ///< drawn as those before
    void redraw();                               ///< the pictures are other ones
    int rowOf(int number) const;                 ///< -1: none
    const Tile& tile(int row) const { return m_tiles[static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    std::vector<Tile> m_tiles;
    std::function<QImage(int)> m_draw;
    mutable QCache<int, QImage> m_drawn;
};

} // namespace sightline::ui
