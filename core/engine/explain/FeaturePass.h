// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <span>
#include <string>

#include "engine/explain/Asked.h"

namespace sightline::engine {

/// What a network makes of images, just before it decides and after.
struct FeaturesOfImages {
    torch::Tensor features; ///< [n, D], float; means over the places where the layer has any
    torch::Tensor logits;   ///< [n, classes], float
};

/// The layer that features are read from: the input of the classifier. Error: there is none.
Result<std::string> featureLayer(const GraphModule& module);

/// `images` [n, C, H, W] of the network's input size, normalised.
FeaturesOfImages featuresOf(const GraphModule& module, const std::string& layer, const torch::Tensor& images);

/// A row of a contiguous float tensor [n, D].
std::span<const float> rowOf(const torch::Tensor& rows, std::size_t row);

} // namespace sightline::engine
