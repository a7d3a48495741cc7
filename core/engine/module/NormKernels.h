// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/module/ActivationKernels.h"

// Batch normalisation in training, with what follows it, over images that lie channels-last: `rows` pixels (or vectors)
// of `channels` values each.
namespace sightline::engine {

/// What follows the normalised value z: z itself, max(z, 0), that cut at 6, z * sigmoid(z), z * relu6(z + 3) / 6.
enum class NormActivation { None, Relu, Relu6, Silu, HardSwish };

/// Which stretch of pixels, and what each channel is multiplied with and moved by.
struct NormRows {
    std::int64_t rows = 0, channels = 0;
    const float* scale = nullptr;  ///< [channels]: weight / deviation
    const float* offset = nullptr; ///< [channels]: bias - mean * scale
    const float* mean = nullptr;   ///< [channels]
};

/// Of one type of stored values; `scratch` holds 2 * channels floats. Sums are added to.
template <typename Stored>
struct NormLoops {
    /// sums[c] of x - shift[c], sums[channels + c] of its square.
    void (*moments)(const Stored* x, std::int64_t rows, std::int64_t channels, const float* shift, double* sums,
                    float* scratch);
    /// y = activation(x * scale + offset), or of that plus `other`.
    void (*forward)(const NormRows& part, const Stored* x, const Stored* other, Stored* y);
    /// g: the gradient before the activation. sums[c] of g, sums[channels + c] of g * (x - mean). Where `y` is given
    /// something was added: then g is also written to `toOther`.
    void (*sums)(const NormRows& part, const Stored* x, const Stored* y, const Stored* gradient, Stored* toOther,
                 double* sums, float* scratch);
    /// toX = g * scale + (x - mean) * slope + constant; `slope` and `constant` [channels]. With `other`: g as `sums`
    /// wrote it.
    void (*backward)(const NormRows& part, const Stored* x, const Stored* gradient, const Stored* other,
                     const float* slope, const float* constant, Stored* toX);
};

/// Silu and HardSwish stand alone: with them nothing is added before.
struct NormLoopsOfTypes {
    NormLoops<float> exact;
    NormLoops<Bf16Bits> bf16;
};
const NormLoopsOfTypes& normLoops(InstructionSet set, NormActivation activation);

const NormLoopsOfTypes& normLoopsPortable(NormActivation activation);
const NormLoopsOfTypes& normLoopsAvx2(NormActivation activation);
const NormLoopsOfTypes& normLoopsAvx512(NormActivation activation);

} // namespace sightline::engine
