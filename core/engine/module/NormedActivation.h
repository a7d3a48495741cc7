// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/types.h>

#include "engine/module/NormKernels.h"
#include "engine/module/SyncBatchNorm.h"

namespace sightline::engine {

/// Whether normedActivation() takes `x` (and `other`, where it is defined, beside it): float32 or bfloat16, several
/// values a channel, channels lying side by side ([N, C, H, W] channels-last, or [N, C]), `other` of the same kind.
bool takesNormedActivation(const torch::Tensor& x, const torch::Tensor& other);

/// Batch-norm in training over the batch, plus `other` where it is defined, and the activation, as one pass forward and
/// one back: torch::batch_norm, add and the activation with less rounding between them. The running statistics learn.
/// `other` goes with None, Relu and Relu6 only. Differentiable once.
torch::Tensor normedActivation(const torch::Tensor& x, const torch::Tensor& other, const BatchNormTensors& norm,
                               NormActivation activation);

} // namespace sightline::engine
