// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/module/LoadedModel.h"

namespace sightline::engine {

/// What the network takes, from pixels [N, C, H, W] of the 0...255 scale and of its own input size: the run's
/// normalisation (Normalizer), with gradients to the pixels.
torch::Tensor normalizedPixels(const LoadedModel& model, const torch::Tensor& pixels);

/// One image's bytes as pixels [1, C, H, W], and back (rounded, cut to 0...255).
torch::Tensor pixelsOf(const Image& image);
Image imageOf(const torch::Tensor& pixels);

} // namespace sightline::engine
