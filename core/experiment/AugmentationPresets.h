// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "experiment/AugmentationSettings.h"

namespace sightline {

/// The augmentation of a text that people start from (SPEC 1.8), with where it is known from.
struct AugmentationPreset {
    std::string title;
    std::string source;
    AugmentationSettings settings;
};

/// In the order the window shows them; the first does nothing.
const std::vector<AugmentationPreset>& augmentationPresets();

} // namespace sightline
