// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/train/Ranks.h"
#include "engine/train/SkippedImages.h"

namespace sightline::engine {

/// The images that one of the processes could not read, each once.
std::vector<SkippedImage> skippedByAll(Ranks& ranks, const std::vector<SkippedImage>& mine);

} // namespace sightline::engine
