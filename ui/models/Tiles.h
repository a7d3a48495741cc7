// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Qt>

namespace sightline::ui {

/// What a tile shows, by item role.
enum TileRole : int {
    TileImage = Qt::UserRole + 1, ///< QImage; null: not decoded yet
    TileCaption,                  ///< first line
    TileDetail,                   ///< second line, quieter
    TileTone,                     ///< Role as int, of the line under the picture; absent: none
    TileSample,                   ///< quint32, index into Dataset::samples
    TileBadge,                    ///< TileState as int; absent: none
    TileGroup,  ///< quint32: neighbours of the same number are drawn as belonging together; absent: none
    TilePinned, ///< bool: its heat map is drawn after each epoch; absent: not
    TileStrip   ///< std::vector<LearningCell>: the image's epochs, under the picture; absent: none
};

/// What a person has done to an image.
enum class TileState : int { None, Relabelled, Excluded };

} // namespace sightline::ui
