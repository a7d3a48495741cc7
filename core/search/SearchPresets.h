// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace sightline {

/// A search that comes with the program: a file of resources/searches, compiled in.
struct SearchPreset {
    std::string name;  ///< the file's name without .json
    std::string about; ///< the text it repeats and what differs from it, in a line
    std::string json;  ///< a SEARCH.json; base.data.path is for the person to set
};

const std::vector<SearchPreset>& searchPresets();
const SearchPreset* findSearchPreset(const std::string& name);

} // namespace sightline
