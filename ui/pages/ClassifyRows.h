// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstddef>
#include <vector>

#include "bridge/ClassifyDesk.h"
#include "models/Table.h"

namespace sightline::ui {

/// What was found, as tables show it.
struct ClassifiedRows {
    /// File, class, confidence. The class sorts by its number, as classKey() writes it.
    std::vector<std::vector<Table::Cell>> images;
    std::vector<std::size_t> imageOfRow;                   ///< index into Classification::images
    std::vector<std::vector<Table::Cell>> passedOver;      ///< file, why
    std::vector<std::size_t> perClass;                     ///< images predicted as each, and of this class probably
    std::size_t unknown = 0;                               ///< images of none of the classes, probably
    std::size_t notImages = 0, unreadable = 0, others = 0; ///< of passedOver
};

/// `folder`: files in it are shown relative to it; others by their name. For a worker.
ClassifiedRows rowsOf(const Classified& found, const QString& folder);
QString classKey(std::size_t label);
/// The key of images of none of the classes: sorts behind the classes.
QString unknownKey();

} // namespace sightline::ui
