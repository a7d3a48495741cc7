// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace sightline {

/// An experiment that comes with the program: a file of resources/presets, compiled in.
struct Preset {
    std::string name;  ///< the file's name without .json
    std::string about; ///< the text it repeats and what differs from it, in a line
    std::string json;  ///< an experiment; data.path is for the person to set
};

const std::vector<Preset>& presets();
const Preset* findPreset(const std::string& name);

} // namespace sightline
