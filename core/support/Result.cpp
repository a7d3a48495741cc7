// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Result.h"

namespace sightline {

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
