// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>

#include "data/SplitFolders.h"

namespace sightline {

/// The table that a data set was read from, for people who want to see which columns were taken.
struct TablePreview {
    std::string table; ///< relative to the data set
    bool hasHeader = true;
    std::vector<std::string> heads;               ///< numbers from 1 where there is no header
    std::vector<std::vector<std::string>> rows;   ///< the first ones, headings left out
    std::size_t rowCount = 0;                     ///< of all, without the headings
    int path = -1, label = -1, split = -1;        ///< columns; -1: there is none
    std::vector<int> oneHot;                      ///< instead of `label`: a column for each class
    std::vector<std::vector<std::string>> values; ///< of each column, all different ones; empty where there are many

    bool operator==(const TablePreview&) const = default;
};

/// Of several tables the first, train's. Errors: the data set was not read from a table, the table is gone.
Result<TablePreview> previewTable(const Dataset& dataset, const DataSettings& settings, std::size_t mostRows,
                                  std::stop_token stop = {});

/// What the values of a column mean as a split, by `words`; none for those that mean nothing.
std::vector<SplitFolder> splitValues(const TablePreview& preview, int column, const SplitWords& words);

/// Settings that take these columns and no others, by heading, or by number where there is none or two are alike.
/// `label` -1: as the one column a class that was found; `split` -1: none.
TableSettings takingColumns(const TablePreview& preview, TableSettings settings, int path, int label, int split);

} // namespace sightline
