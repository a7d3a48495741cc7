// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/TableFacts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "support/Unicode.h"

namespace sightline {

namespace {

constexpr std::uintmax_t kMaximumTable = std::uintmax_t{512} << 20;

/// Reads the whole cell as a number.
std::optional<double> numberIn(const std::string& cell) {
    double value = 0;
    const auto read = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    return read.ec == std::errc() && read.ptr == cell.data() + cell.size() ? std::optional(value) : std::nullopt;
}

/// Takes a cell up. Only values not seen before are looked for among the files: columns of few values cost nothing.
void take(ColumnFacts& facts, const std::string& cell, const FileIndex& index, const std::string& preferredFolder) {
    if (cell.empty() || isMissingValue(cell))
        return;
    ++facts.filled;
    if (facts.values.contains(cell))
        return;
    if (index.find(cell, preferredFolder))
        ++facts.files;
    if (facts.isBinary)
        facts.isBinary = binaryCell(cell).has_value();
    if (facts.isNumber) {
        const auto number = numberIn(cell);
        facts.isNumber = number.has_value();
        facts.isFraction = facts.isFraction || (number && *number != std::floor(*number));
    }
    if (facts.values.size() < ColumnFacts::kMostValues)
        facts.values.insert(cell);
    else
        facts.hasMoreValues = true;
}

} // namespace

bool isMissingValue(const std::string& cell) {
    static constexpr std::array<std::string_view, 9> kMissing{"nan",  "-nan", "na",  "n/a", "#n/a",
                                                              "<na>", "null", "#na", "?"};
    constexpr std::size_t kLongest = 4;
    return cell.size() <= kLongest && std::find(kMissing.begin(), kMissing.end(), lowerCase(cell)) != kMissing.end();
}

std::optional<bool> binaryCell(const std::string& cell) {
    if (cell == "1" || cell == "1.0")
        return true;
    if (cell == "0" || cell == "0.0")
        return false;
    return std::nullopt;
}

Result<TableText> readTableText(const FileTree& tree, const std::string& path) {
    auto bytes = tree.read(path, kMaximumTable);
    if (!bytes)
        return bytes.error();
    DecodedText decoded = decodedText(std::move(*bytes));
    TableText table{std::move(decoded.text), ',', decoded.from == DecodedText::From::Windows1252};
    table.separator = csvSeparator(table.text);
    std::vector<std::string> row;
    if (!table.rows().next(row))
        return badInput(tree.shown(path) + " is empty.");
    return table;
}

TableFacts tableFacts(const TableText& table, const FileIndex& index, const std::string& preferredFolder,
                      std::stop_token stop) {
    TableFacts facts;
    CsvReader reader = table.rows();
    reader.next(facts.first);
    facts.columns.resize(facts.first.size());
    for (std::vector<std::string> row; !stop.stop_requested() && reader.next(row); ++facts.rows)
        for (std::size_t i = 0; !reader.hasUnclosedQuote() && i < std::min(row.size(), facts.columns.size()); ++i)
            take(facts.columns[i], row[i], index, preferredFolder);
    if (facts.rows == 0) // a single row says what it holds itself
        for (std::size_t i = 0; i < facts.first.size(); ++i)
            take(facts.columns[i], facts.first[i], index, preferredFolder);
    return facts;
}

} // namespace sightline
