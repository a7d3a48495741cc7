// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/Overlay.h"
#include "support/Image.h"
#include "support/Npy.h"

namespace sightline {

/// One channel of a layer's output [C, H, W] as a map [H, W] of values from 0 to 1: its least value to its largest.
/// What is no number counts as the least; a channel of one value is 0 everywhere. Empty where there is no such channel.
FloatArray channelMap(const FloatArray& values, int channel);

/// Channels of a layer's output [C, H, W] or [C], the one of the highest mean first; of equal ones the first.
std::vector<int> channelsByMean(const FloatArray& values);

/// All channels in one picture, row by row in their order, as square as it gets. Every channel has its own range of
/// values; those of [C] share one. Small ones are enlarged pixel by pixel; columns are those of the picture.
Image channelGrid(const FloatArray& values, ColorMap colors = ColorMap::Viridis);
int channelGridColumns(int channels);

} // namespace sightline
