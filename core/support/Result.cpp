// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Result.h"

#include <algorithm>

namespace sightline {

std::string shown(std::string_view name, std::size_t most) {
    std::size_t length = std::min(name.size(), most);
    while (length < name.size() && length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0) == 0x80)
        --length; // not within a character of UTF-8
    std::string text(name.substr(0, length));
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f)
            c = '?';
    }
    return length < name.size() ? text + "..." : text;
}

std::string joined(const std::vector<Problem>& problems) {
    std::string line;
    for (const Problem& problem : problems) {
        if (!line.empty())
            line += "; ";
        if (!problem.path.empty())
            line += problem.path + ": ";
        line += problem.message;
        if (line.ends_with('.'))
            line.pop_back(); // a fault said as a sentence
    }
    return line;
}

} // namespace sightline
