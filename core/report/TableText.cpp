// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/TableText.h"

#include <array>
#include <charconv>

namespace sightline::report {

std::string digits(const std::optional<double>& value) {
    std::array<char, 32> text{};
    return value ? std::string(text.data(), std::to_chars(text.data(), text.data() + text.size(), *value).ptr)
                 : std::string();
}

std::string markdownCell(const std::string& text) {
    std::string cell;
    for (const char c : text)
        cell += c == '|' ? std::string("\\|") : std::string(1, c == '\n' ? ' ' : c);
    return cell;
}

std::string line(const std::vector<std::string>& cells, const char* separator) {
    std::string text = cells.front();
    for (auto cell = cells.begin() + 1; cell != cells.end(); ++cell)
        text += separator + *cell;
    return text;
}

} // namespace sightline::report
