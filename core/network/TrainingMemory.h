// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "network/GraphSpec.h"

namespace sightline {

/// What a training step is made of, besides the network. The optimiser's name changes nothing.
struct TrainingMemoryRequest {
    int batch = 32;
    bool bf16 = false;
    std::size_t frozen = 0; ///< leading nodes without gradients (network/Freezing.h)
};

/// Where the memory of a training process goes, in bytes. Estimated from shapes; BENCHMARKS.md compares it with
/// measured peaks.
struct TrainingMemory {
    std::int64_t libraries = 0;   ///< the process with LibTorch and nothing to do
    std::int64_t weights = 0;     ///< parameters, running statistics, and their copies in bfloat16
    std::int64_t gradients = 0;   ///< of the weights that train; in bfloat16 the largest layer's in both widths
    std::int64_t moments = 0;     ///< the optimiser's two, whichever it is
    std::int64_t activations = 0; ///< peak of what is kept for the backward pass and the gradients on their way
    std::int64_t batches = 0;     ///< the loader's ring

    std::int64_t total() const { return libraries + weights + gradients + moments + activations + batches; }
};

/// `cost` is shapes(spec).
TrainingMemory trainingMemory(const GraphSpec& spec, const GraphCost& cost, const TrainingMemoryRequest& request);

/// The largest batch (of 1, 2, 3 ... 65536) whose training fits `freeBytes`; 0 where not even one image does.
int largestBatch(const GraphSpec& spec, const GraphCost& cost, TrainingMemoryRequest request, std::int64_t freeBytes);

} // namespace sightline
