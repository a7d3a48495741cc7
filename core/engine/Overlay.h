// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/Image.h"
#include "support/Npy.h"

namespace sightline {

/// Diverging is for maps with both signs: -1 blue, 0 nearly white, 1 orange-red, which the colour-blind tell apart.
enum class ColorMap { Turbo, Jet, Inferno, Viridis, Grey, Diverging };
/// A map of values from 0 to 1 (Diverging: from -1 to 1) in colours, scaled to height x width; empty where it is no
/// map.
Image colored(const FloatArray& map, int height, int width, ColorMap colors);
/// `over`, of the image's size and RGB, laid over the image; opacity 0...1. Where it is empty: the image as RGB.
Image blended(const Image& image, const Image& over, double opacity);
/// Both at once: what Grad-CAM pictures look like.
Image overlay(const Image& image, const FloatArray& map, double opacity = 0.5, ColorMap colors = ColorMap::Turbo);

} // namespace sightline
