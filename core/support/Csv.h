// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sightline {

/// A cell as RFC 4180 writes it: quoted where it has to be.
std::string csvCell(const std::string& text);

/// Reads a table row by row (RFC 4180) without holding it; a byte order mark and empty lines are left out. Reads
/// anything: a quote that is never closed ends with the text, and a row's cells beyond the 4,096th are dropped.
class CsvReader {
public:
    enum class Blanks { Keep, Trim }; ///< Trim: those around cells go, also between a separator and a quote

    explicit CsvReader(std::string_view text, char separator = ',', Blanks blanks = Blanks::Keep);
    /// The next row into `row`; false at the end.
    bool next(std::vector<std::string>& row);

private:
    bool read(std::vector<std::string>& row);

    std::string_view m_text;
    std::size_t m_at = 0;
    char m_separator;
    Blanks m_blanks;
};

/// All rows at once.
std::vector<std::vector<std::string>> csvRows(std::string_view text, char separator = ',');

/// The separator the first line uses most: comma, semicolon or tab.
char csvSeparator(std::string_view text);

} // namespace sightline
