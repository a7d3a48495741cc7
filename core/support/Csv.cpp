// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Csv.h"

#include <algorithm>

#include "support/Unicode.h"

namespace sightline {

std::string csvCell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string result = "\"";
    for (const char character : text)
        result += character == '"' ? std::string("\"\"") : std::string(1, character);
    return result + "\"";
}

CsvReader::CsvReader(std::string_view text, char separator, Blanks blanks)
    : m_text(text), m_separator(separator), m_blanks(blanks) {
    if (m_text.starts_with("\xEF\xBB\xBF"))
        m_at = 3;
}

bool CsvReader::next(std::vector<std::string>& row) {
    constexpr std::size_t kMostReadAgain = std::size_t{64} << 20; // a text full of quotes is not read for ever
    m_hasUnclosedQuote = false;
    const std::size_t begin = m_at;
    Outcome outcome = read(row);
    for (; outcome == Outcome::Unclosed; outcome = read(row)) {
        m_hasUnclosedQuote = true;
        m_readAgain += m_at - begin;
        m_literal = m_readAgain > kMostReadAgain ? m_text.size() : m_quote + 1;
        m_at = begin;
    }
    const bool isRow = outcome == Outcome::Row;
    if (isRow && m_blanks == Blanks::Trim)
        for (std::string& cell : row)
            if (const std::string_view inner = trimmed(cell); inner.size() < cell.size())
                cell = std::string(inner);
    return isRow;
}

bool CsvReader::endsCell(std::size_t at) const {
    while (m_blanks == Blanks::Trim && at < m_text.size() && m_text[at] == ' ')
        ++at;
    return at == m_text.size() || m_text[at] == m_separator || m_text[at] == '\n' || m_text[at] == '\r';
}

CsvReader::Outcome CsvReader::read(std::vector<std::string>& row) {
    constexpr std::size_t kMostCells = 4096;
    bool quoted = false, begun = false, hasBreak = false;
    std::size_t cells = 1;
    std::string spare; // of a row that is too long
    row.assign(1, {});
    while (m_at < m_text.size()) {
        const char character = m_text[m_at++];
        std::string& cell = cells > kMostCells ? spare : row.back();
        if (quoted) {
            hasBreak = hasBreak || character == '\n';
            if (character != '"')
                cell += character;
            else if (m_at < m_text.size() && m_text[m_at] == '"')
                cell += m_text[m_at++];
            else if (hasBreak && !endsCell(m_at))
                return Outcome::Unclosed;
            else
                quoted = false;
        } else if (m_blanks == Blanks::Trim && cell.empty() && character == ' ') {
            continue;
        } else if (character == '"' && cell.empty() && m_at > m_literal) {
            quoted = begun = true;
            hasBreak = false;
            m_quote = m_at - 1;
        } else if (character == m_separator) {
            if (++cells <= kMostCells)
                row.emplace_back();
            spare.clear();
            begun = true;
        } else if (character == '\n' || character == '\r') {
            if (begun)
                return Outcome::Row;
            row.assign(1, {});
        } else {
            cell += character;
            begun = true;
        }
    }
    if (quoted)
        return Outcome::Unclosed;
    return begun ? Outcome::Row : Outcome::End;
}

std::vector<std::vector<std::string>> csvRows(std::string_view text, char separator) {
    CsvReader reader(text, separator);
    std::vector<std::vector<std::string>> rows;
    for (std::vector<std::string> row; reader.next(row);)
        rows.push_back(std::move(row));
    return rows;
}

char csvSeparator(std::string_view text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const auto count = [&](char separator) { return std::count(line.begin(), line.end(), separator); };
    char most = ',';
    for (const char separator : {';', '\t', '|'})
        if (count(separator) > count(most))
            most = separator;
    return most;
}

} // namespace sightline
