// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "augment/Augment.h"
#include "data/Dataset.h"

namespace sightline {

// The steps after the warp, each on the whole float image, in Keras' order (SPEC 1.2, 1.6, 1.11, 1.12).
/// Least and most, in one pass that a processor does several values at once.
std::pair<float, float> extremes(const std::vector<float>& values);
void shiftChannels(FloatImage& image, double shift);
void changeBrightness(FloatImage& image, double factor, Semantics semantics);
void changeGamma(FloatImage& image, double exponent);
/// Fills the part of the window that lies within the image.
void cover(FloatImage& image, const Window& window, double value);
FloatImage cropped(const FloatImage& image, int top, int left, int height, int width);
void changeContrast(FloatImage& image, double factor);

/// All of them, as drawn.
FloatImage stepsAfterWarp(const AugmentationSettings& settings, const Drawn& drawn, FloatImage warped);

/// A part of the image, brought back to the image's size by Pillow's bilinear filter.
Image resizedPart(const Image& image, const Window& window);

/// Rounded to the nearest byte and cut to 0...255.
Image toBytes(const FloatImage& image);

/// min(255, trunc(float32(factor) * value)) for a whole value: Pillow's blend with black.
float brightened(double factor, int value);

} // namespace sightline
