// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Csv.h"

#include <algorithm>

namespace sightline {

std::string csvCell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string result = "\"";
    for (const char character : text)
        result += character == '"' ? std::string("\"\"") : std::string(1, character);
    return result + "\"";
}

std::vector<std::vector<std::string>> csvRows(std::string_view text, char separator) {
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> row(1);
    bool quoted = false, begun = false;
    const auto endRow = [&] {
        if (begun)
            rows.push_back(std::move(row));
        row.assign(1, {});
        begun = false;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char character = text[i];
        if (quoted) {
            if (character != '"')
                row.back() += character;
            else if (i + 1 < text.size() && text[i + 1] == '"')
                row.back() += text[++i];
            else
                quoted = false;
        } else if (character == '"' && row.back().empty()) {
            quoted = begun = true;
        } else if (character == separator) {
            row.emplace_back();
            begun = true;
        } else if (character == '\n' || character == '\r') {
            endRow();
        } else {
            row.back() += character;
            begun = true;
        }
    }
    endRow();
    return rows;
}

char csvSeparator(std::string_view text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const auto count = [&](char separator) { return std::count(line.begin(), line.end(), separator); };
    return count('\t') > std::max(count(','), count(';')) ? '\t' : count(';') > count(',') ? ';' : ',';
}

} // namespace sightline
