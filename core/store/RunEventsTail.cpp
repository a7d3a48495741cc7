// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunEventsTail.h"

#include <fstream>

namespace sightline {

std::vector<Json> RunEventsTail::read() {
    std::vector<Json> events;
    std::ifstream stream(m_file, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(m_read));
    std::string line;
    while (std::getline(stream, line) && !stream.eof()) { // the last line of all ends with the file until it is whole
        m_read += line.size() + 1;
        if (line.size() > (1u << 20) || line.starts_with("{\"type\":\"batch\","))
            continue;
        Result<Json> json = parseJson(line, m_file.string());
        if (json && json->is_object())
            events.push_back(std::move(*json));
    }
    return events;
}

} // namespace sightline
