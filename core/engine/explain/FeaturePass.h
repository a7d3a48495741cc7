// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <span>
#include <string>

#include "engine/explain/Asked.h"

namespace sightline::engine {

/// What a network makes of images: on the way, just before it decides, and after.
struct FeaturesOfImages {
    torch::Tensor stages;   ///< [n, S], float: of the last activation of each resolution the roots of the
                            ///< channels' means and deviations; of a network without places the features
    torch::Tensor features; ///< [n, D], float; means over the places where the layer has any
    torch::Tensor logits;   ///< [n, classes], float
};

/// The layer that features are read from: the input of the classifier. Error: there is none.
Result<std::string> featureLayer(const GraphModule& module);

/// Columns of FeaturesOfImages::stages.
std::size_t stagesWidth(const GraphModule& module, const std::string& layer);

/// `images` [n, C, H, W] of the network's input size, normalised. `layer`: featureLayer().
FeaturesOfImages featuresOf(const GraphModule& module, const std::string& layer, const torch::Tensor& images);

/// A row of a contiguous float tensor [n, D].
std::span<const float> rowOf(const torch::Tensor& rows, std::size_t row);

} // namespace sightline::engine
