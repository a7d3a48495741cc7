// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>

namespace sightline::engine {

struct DepthwiseSettings {
    std::array<std::int64_t, 2> stride{1, 1}, dilation{1, 1};
    std::array<std::int64_t, 4> padding{}; ///< top, bottom, left, right; they may differ
};

/// Whether depthwiseConvolution() takes them: x [N, C, H, W] channels-last, float32 or bfloat16; weight [C, 1, h, w]
/// float32, neither side above 16.
bool takesDepthwise(const torch::Tensor& x, const torch::Tensor& weight);

/// torch::conv2d with a group for each channel, of x's type whatever autocast says, sums in float32; `bias` may be
/// undefined. Differentiable once.
torch::Tensor depthwiseConvolution(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                                   const DepthwiseSettings& settings);

} // namespace sightline::engine
