// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>

namespace sightline::engine {

struct MaxPoolSettings {
    std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1};
    std::array<std::int64_t, 4> padding{}; ///< top, bottom, left, right; they may differ
};

/// Whether maxPooled() takes them: x [N, C, H, W] channels-last, float32 or bfloat16, and a window of at most 15 pixels
/// a side that meets the image wherever it stands.
bool takesMaxPool(const torch::Tensor& x, const MaxPoolSettings& settings);

/// torch::max_pool2d, of torch::relu(x) where it is `cut`. One byte a value is kept for the pass back, and x is not.
/// Differentiable once.
torch::Tensor maxPooled(const torch::Tensor& x, bool cut, const MaxPoolSettings& settings);

} // namespace sightline::engine
