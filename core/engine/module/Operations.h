// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/types.h>

#include <cstdint>

#include "network/GraphSpec.h"

// Operations without weights that LibTorch has not, or has otherwise than a GraphSpec means them. Images are [N, C, H,
// W].
namespace sightline::engine {

bool isSymmetric(const Padding& padding);
torch::Tensor padded(const torch::Tensor& x, const Padding& padding, double value);

/// Any shape. `mayReuse`: x may be overwritten. In training GELU and SiLU are our own (SmoothActivations.h).
torch::Tensor activated(const Node& node, const torch::Tensor& x, bool training, bool mayReuse);

/// Maximum, or mean over real pixels only; any padding that network/Shapes.cpp allows. In training the maximum is our
/// own (MaxPooling.h).
torch::Tensor pooled(const Node& node, const torch::Tensor& x, bool training);
/// In training: the maximum of relu(x).
torch::Tensor cutAndPooled(const Node& node, const torch::Tensor& x);

/// Keras' smart_resize, what RandomCrop does at inference (SPEC 1.12): the middle part of the wanted proportions,
/// resized.
torch::Tensor resizedLikeKeras(const torch::Tensor& x, std::int64_t height, std::int64_t width);

/// torch's local response norm as one window over the channels, which lie side by side in memory. Any batch size fits a
/// trace.
torch::Tensor localResponseNormed(const Node& node, const torch::Tensor& x);

/// torch's dropout in training, drawn from a generator of one's own: torch::dropout only knows the program's.
torch::Tensor dropped(const torch::Tensor& x, double rate, const torch::Generator& draws);

/// Keras' RandomContrast in training: each image's distance from its own mean times 1 - factor ... 1 + factor, cut to 0
/// ... 255.
torch::Tensor contrasted(const torch::Tensor& x, double factor, const torch::Generator& draws);

} // namespace sightline::engine
