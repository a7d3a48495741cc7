// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "support/Image.h"

namespace sightline {

// Steps on colour and quality, on floats of the 0...255 scale, in place. What a grey image has not (saturation, hue)
// stays as it is.

/// Away from (factor above 1) or towards (below 1) each pixel's own grey; cut to 0...255.
void changeSaturation(FloatImage& image, double factor);
/// Turns the hue by degrees on the colour circle of HSV; saturation and value stay.
void turnHue(FloatImage& image, double degrees);
/// Gaussian of this deviation in pixels, cut off at four of them, mirrored at the border:
/// scipy.ndimage.gaussian_filter's.
void blur(FloatImage& image, double deviation);
/// Normal noise, independent for each value, a pure function of the seed; cut to 0...255.
void addNoise(FloatImage& image, double deviation, std::uint32_t seed);
/// Through JPEG at this quality (1 to 100, 4:2:0) and back; values are rounded to bytes first.
void compressAsJpeg(FloatImage& image, int quality);

} // namespace sightline
