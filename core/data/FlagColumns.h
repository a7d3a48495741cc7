// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "data/TableFacts.h"

namespace sightline {

/// A table's columns of 0 and 1, and whether they stand for classes: one of them is 1 in (nearly) every row.
struct FlagColumns {
    std::vector<int> all;
    std::vector<int> oneHot;         ///< those that are classes; empty: none are
    std::size_t rowsWithOne = 0;     ///< of oneHot
    std::size_t rowsWithSeveral = 0; ///< of all
};

/// Tries all such columns, else those side by side, else all but one. Fewer than `fewest` are no classes.
FlagColumns flagColumns(const TableText& text, const TableFacts& facts, std::vector<int> binary, std::size_t fewest,
                        std::stop_token stop);

} // namespace sightline
