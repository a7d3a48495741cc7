// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/types.h>

#include <functional>

namespace sightline::engine {

/// How batch-norms of several processes make one batch of their parts.
struct BatchNormSums {
    std::function<void(torch::Tensor&)> sum; ///< float64 values, in place, over all processes
    bool counts = true;                      ///< false: this process's images are none of the batch's
};

struct BatchNormTensors {
    torch::Tensor weight, bias, runningMean, runningVar; ///< [C]
    double momentum = 0.1, epsilon = 1e-5;
};

/// Batch-norm in training over the batch of all processes, forward and backward, with the running statistics of all of
/// it; `x` [N, C, H, W] or [N, C]. With one process it is torch::batch_norm.
torch::Tensor syncBatchNormed(const torch::Tensor& x, const BatchNormTensors& norm, const BatchNormSums& sums);

} // namespace sightline::engine
