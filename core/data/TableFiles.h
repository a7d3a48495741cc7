// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "data/Readers.h"
#include "data/TableColumns.h"

namespace sightline {

/// A table and the split all its rows belong to, where its name says so (train.csv, test.csv).
struct NamedTable {
    std::string path; ///< relative to the tree
    std::optional<Subset> subset = {};
};

/// A table's text, and which of its columns say what.
struct OpenTable {
    TableText text;
    std::size_t rows;   ///< without the first
    std::size_t images; ///< different ones that its rows name
    TableColumns columns;
    std::vector<std::string> splitValues; ///< different cells of the split column
};

/// The one table of a folder, its train.csv with val.csv and test.csv, or the one of several that names most images.
std::vector<NamedTable> tablesOf(const ReadRequest& request);
/// Every table at the top, read or not.
std::vector<NamedTable> allTables(const ReadRequest& request);
/// The folder whose images a table named after a split means first: train_images beside train.csv.
std::string folderFor(const ReadRequest& request, std::optional<Subset> subset);
/// Tables and lists at the top that name images but cannot be used, with the reason; for readers of folders.
std::vector<DataProblem> unusedTables(const ReadRequest& request);
Result<OpenTable> openTable(const ReadRequest& request, const NamedTable& table);

} // namespace sightline
