// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/module/ActivationKernels.h"
#include "engine/module/Windows.h"

// Depthwise convolution, each channel by a kernel of its own, over images that lie channels-last.
namespace sightline::engine {

/// Of one type of stored values. Rows are those of all images in turn; weights lie [kernel height, kernel width,
/// channels], float32.
template <typename Stored>
struct DepthwiseLoops {
    /// Rows of the output, [from, to). `bias` may be null.
    void (*forward)(const WindowShape& shape, const Stored* x, const float* weights, const float* bias, Stored* y,
                    std::int64_t from, std::int64_t to);
    /// Rows of the gradient of x.
    void (*backward)(const WindowShape& shape, const Stored* gradient, const float* weights, Stored* toX,
                     std::int64_t from, std::int64_t to);
    /// What rows of the output add to the gradient of the weights.
    void (*weights)(const WindowShape& shape, const Stored* x, const Stored* gradient, float* sums, std::int64_t from,
                    std::int64_t to);
};

struct DepthwiseLoopsOfTypes {
    DepthwiseLoops<float> exact;
    DepthwiseLoops<Bf16Bits> bf16;
};
const DepthwiseLoopsOfTypes& depthwiseLoops(InstructionSet set);

const DepthwiseLoopsOfTypes& depthwiseLoopsPortable();
const DepthwiseLoopsOfTypes& depthwiseLoopsAvx2();
const DepthwiseLoopsOfTypes& depthwiseLoopsAvx512();

} // namespace sightline::engine
