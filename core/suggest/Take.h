// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "suggest/Suggest.h"

namespace sightline {

/// The reason by which a setting is taken: its own, or that of the setting it goes with (shifts with rotation, a
/// network's options with its name). -1: no reason of the suggestion is about it. `path`: "augmentation.zoom_range".
int reasonOf(const Suggestion& suggestion, const std::string& path);

/// `present` with the settings of those reasons for which `taken` holds (one for each of the suggestion's reasons). A
/// setting that no reason is about, the name, the seed and where the images are stay as they are.
Experiment taking(const Experiment& present, const Suggestion& suggestion, const std::vector<bool>& taken);

} // namespace sightline
