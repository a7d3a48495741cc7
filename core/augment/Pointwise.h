// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "augment/Augment.h"

namespace sightline {

// The steps after the warp, each on the whole float image, in Keras' order (SPEC 1.2, 1.6, 1.11, 1.12).
void shiftChannels(FloatImage& image, double shift);
void changeBrightness(FloatImage& image, double factor, Semantics semantics);
void changeGamma(FloatImage& image, double exponent);
void occlude(FloatImage& image, const Drawn::Box& box, int size);
FloatImage cropped(const FloatImage& image, int top, int left, int height, int width);
void changeContrast(FloatImage& image, double factor);

/// All of them, as drawn.
FloatImage stepsAfterWarp(const AugmentationSettings& settings, const Drawn& drawn, FloatImage warped);

/// min(255, trunc(float32(factor) * value)) for a whole value: Pillow's blend with black.
float brightened(double factor, int value);

} // namespace sightline
