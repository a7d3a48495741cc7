// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "data/FileIndex.h"
#include "support/Csv.h"

namespace sightline {

/// A table's text, ready to be read row by row as often as wanted.
struct TableText {
    std::string text; ///< UTF-8
    char separator = ',';
    bool wasWindows1252 = false;

    CsvReader rows() const { return CsvReader(text, separator, CsvReader::Blanks::Trim); }
};

/// Error: not readable, too large or empty.
Result<TableText> readTableText(const FileTree& tree, const std::string& path);

/// What the cells of a column hold, over all rows but the first.
struct ColumnFacts {
    std::size_t filled = 0;       ///< cells that are not empty or missing
    std::size_t files = 0;        ///< different cells that name an image file
    std::set<std::string> values; ///< different cells, up to kMostValues of them
    bool hasMoreValues = false;
    bool isBinary = true; ///< each is 0 or 1, also as 0.0 and 1.0
    bool isNumber = true;
    bool isFraction = false; ///< some have a decimal point and more than a zero behind it

    static constexpr std::size_t kMostValues = 20'000;
};

struct TableFacts {
    std::vector<std::string> first; ///< the first row: headings, or a row like all others
    std::vector<ColumnFacts> columns;
    std::size_t rows = 0; ///< without the first
};

TableFacts tableFacts(const TableText& table, const FileIndex& index, const std::string& preferredFolder,
                      std::stop_token stop);

/// Whether a cell is what programs write where they have nothing: NaN, N/A, NULL, "?".
bool isMissingValue(const std::string& cell);

/// Whether a cell says 1 of a one-hot table; nothing where it is neither 0 nor 1.
std::optional<bool> binaryCell(const std::string& cell);

} // namespace sightline
