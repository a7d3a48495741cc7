// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sightline {

/// A cell as RFC 4180 writes it: quoted where it has to be.
std::string csvCell(const std::string& text);

/// Reads a table row by row (RFC 4180) without holding it; a byte order mark and empty lines are left out. Reads
/// anything: a quote that is never closed stands for itself, so that it does not swallow the rows below, and a row's
/// cells beyond the 4,096th are dropped. A quote counts as never closed, too, where the next one rows below does not
/// end a cell.
class CsvReader {
public:
    enum class Blanks { Keep, Trim }; ///< Trim: those around cells go, also between a separator and a quote

    explicit CsvReader(std::string_view text, char separator = ',', Blanks blanks = Blanks::Keep);
    /// The next row into `row`; false at the end.
    bool next(std::vector<std::string>& row);
    /// Whether the row that next() gave opens a quote that is never closed.
    bool hasUnclosedQuote() const { return m_hasUnclosedQuote; }

private:
    enum class Outcome { Row, End, Unclosed };

    Outcome read(std::vector<std::string>& row);
    bool endsCell(std::size_t at) const;

    std::string_view m_text;
    std::size_t m_at = 0;
    std::size_t m_quote = 0;     ///< where the last quote was opened
    std::size_t m_literal = 0;   ///< quotes before it stand for themselves
    std::size_t m_readAgain = 0; ///< bytes, over all rows with unclosed quotes
    bool m_hasUnclosedQuote = false;
    char m_separator;
    Blanks m_blanks;
};

/// All rows at once.
std::vector<std::vector<std::string>> csvRows(std::string_view text, char separator = ',');

/// The separator the first line uses most: comma, semicolon, tab or bar.
char csvSeparator(std::string_view text);

} // namespace sightline
