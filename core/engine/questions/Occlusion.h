// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/questions/HeatMap.h"

namespace sightline {

enum class Paint { Gray, Blur, Noise, Mean };

/// `image` where the mask is not 0 painted over: with mid-grey, with the image blurred by a sixteenth of its shorter
/// side, with noise drawn from the seed, or with the image's own mean. The mask has one channel and any size; it lies
/// over the whole image. Any number of channels.
Image painted(const Image& image, const Image& mask, Paint paint, std::uint64_t seed = 0);

/// What does the network say when a part of the image is painted over? The image of `of` is first fitted to what the
/// network sees, over which the mask lies.
struct OccludedHeatMap;
struct OcclusionQuestion {
    using Answer = OccludedHeatMap;
    HeatMapQuestion of;
    Image mask; ///< one channel, 0 = as it is; any size, such as that of HeatMap::input
    Paint paint = Paint::Gray;
};

struct OccludedHeatMap {
    HeatMap before, after; ///< the same target: that of the whole image
    Image painted;         ///< at the size the run reads images
};

} // namespace sightline
