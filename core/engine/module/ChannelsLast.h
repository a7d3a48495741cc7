// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/types.h>

#include "engine/module/ActivationKernels.h"

// What our passes over images that lie channels-last have in common on torch's side.
namespace sightline::engine {

/// float32 or bfloat16 images [N, C, H, W] in this machine's memory, channels side by side, at least one value.
inline bool isChannelsLast(const torch::Tensor& x) {
    return x.device().is_cpu() && x.layout() == torch::kStrided && x.dim() == 4 && x.numel() > 0 &&
           x.is_contiguous(at::MemoryFormat::ChannelsLast) &&
           (x.scalar_type() == torch::kFloat || x.scalar_type() == torch::kBFloat16);
}

template <typename Stored>
Stored* valuesOf(const torch::Tensor& tensor) {
    return static_cast<Stored*>(tensor.data_ptr());
}

/// `work` with those of `loops` for the type of `x`, and something of that type to tell it by.
template <typename Loops, typename Work>
void withLoops(const Loops& loops, const torch::Tensor& x, Work work) {
    if (x.scalar_type() == torch::kFloat)
        work(loops.exact, float{});
    else
        work(loops.bf16, Bf16Bits{});
}

} // namespace sightline::engine
