// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <span>
#include <string>

#include "engine/HeatMapMethod.h"
#include "engine/explain/HeatMapTarget.h"
#include "engine/module/GraphModule.h"

namespace sightline::engine {

/// The node to look at, checked: it exists, its output has height and width. `asked` empty: the last activation after
/// the last convolution; for a method without a layer: the input, and anything asked is an error. Error also: a network
/// that the method is not defined for.
Result<std::string> heatMapLayer(const GraphModule& module, HeatMapMethod method, const std::string& asked);

/// The score of each image's target [N] from logits [N, classes], differentiable.
at::Tensor scoresOf(const at::Tensor& logits, std::span<const HeatMapTarget> targets, bool logSoftmax);

/// Finer-CAM's score [N] (Zhang et al. 2025): how far the target's logit lies above those of the three classes nearest
/// to it, each weighted by its share of their probability. Two classes at least.
at::Tensor finerScoresOf(const at::Tensor& logits, std::span<const HeatMapTarget> targets);

} // namespace sightline::engine
