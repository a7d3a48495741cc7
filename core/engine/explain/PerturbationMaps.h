// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/explain/Heats.h"

// Maps made of how the score changes when parts of the image are hidden; no gradients. For images [n, C, H, W] and the
// target of each.
namespace sightline::engine {

/// Score-CAM (Wang et al. 2020) from a layer's activations [n, K, u, v]: each channel, resized to the input (corners
/// aligned, as pytorch-grad-cam does) and scaled to 0...1, masks the image; the softmax of the masked images' scores
/// weighs the channels. [n, u, v] after ReLU.
Result<torch::Tensor> scoreCam(const HeatsAsked& asked, const torch::Tensor& images, const torch::Tensor& activations,
                               const std::vector<HeatMapTarget>& targets, const Asking& asking);

/// Zeiler and Fergus 2014: what the score loses when a patch of zeros covers a part; patches side by side, an eighth of
/// each side (rounded up). Signed, [n, rows, columns], one value a patch.
Result<torch::Tensor> occlusion(const HeatsAsked& asked, const torch::Tensor& images, const torch::Tensor& logits,
                                const std::vector<HeatMapTarget>& targets, const Asking& asking);

/// Each pixel [n, height, width] gets the value of the patch that covered it.
torch::Tensor spreadOverPatches(const torch::Tensor& values, std::int64_t height, std::int64_t width);

} // namespace sightline::engine
