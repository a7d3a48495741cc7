// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "engine/questions/HeatMap.h"

namespace sightline {

enum class Paint { Gray, Blur, Noise, Mean };

/// `image` where the mask (one byte a pixel, row by row, 0 = as it is) is painted over; noise is drawn from the seed.
Image painted(const Image& image, const std::vector<std::uint8_t>& mask, Paint paint, std::uint64_t seed = 0);

/// What does the network say when a part of the image is painted over? The image of `of` is fitted to the model's
/// shape first; the mask is of that fitted image's size.
struct OccludedHeatMap;
struct OcclusionQuestion {
    using Answer = OccludedHeatMap;
    HeatMapQuestion of;
    std::vector<std::uint8_t> mask;
    Paint paint = Paint::Gray;
};

struct OccludedHeatMap {
    HeatMap before, after; ///< the same target: that of the whole image
    Image painted;
};

} // namespace sightline
