// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/types.h>

#include "engine/module/ActivationKernels.h"

namespace sightline::engine {

/// GELU (by the error function) or SiLU of float32 or bfloat16 values, differentiable once. Any other type, or memory
/// with holes, goes to LibTorch.
torch::Tensor smoothActivation(SmoothActivation activation, const torch::Tensor& x);

} // namespace sightline::engine
