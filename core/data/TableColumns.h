// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include "data/TableFacts.h"

namespace sightline {

/// As `data.table.split_column`: no column tells the split, unless one has this heading.
inline constexpr const char* kNoColumn = "none";

/// Which columns of a table say what. A person's choice comes first; without it, what the cells of all rows hold
/// decides, and the headings people use count where that leaves a choice.
struct TableColumns {
    int path = -1, label = -1, split = -1, group = -1; ///< -1: there is none
    std::vector<int> oneHot; ///< instead of `label`: a column for each class, 1 in that of the image
    bool hasHeader = true;
    std::vector<std::string> heads;        ///< composed; numbers from 1 where there is no header
    std::map<std::string, Subset> subsets; ///< of the split column's values
    std::vector<Guess> guesses;
    std::vector<DataProblem> problems;
};

struct ColumnRequest {
    const FileTree& tree;
    const FileIndex& index;
    const std::string& table; ///< relative to the tree
    const TableText& text;
    const DataSettings& settings;
    std::string preferredFolder = {};
    std::stop_token stop = {};
};

/// Errors: a chosen column that is not there, no column of paths, none of labels. They name the columns there are.
Result<TableColumns> tableColumns(const ColumnRequest& request, const TableFacts& facts);

} // namespace sightline
