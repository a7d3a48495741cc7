// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "engine/module/ActivationKernels.h"
#include "engine/module/KernelValues.h"

// Included once by each translation unit that is compiled for an instruction set; the compiler vectorises the loops.
namespace sightline::engine {

namespace {

/// exp(x) for x <= 0, within 2 ulp: x = n ln 2 + f, a polynomial in f, n into the exponent (Cephes' expf).
inline float expOfNegative(float x) {
    const float bounded = std::max(x, -87.0f);
    const float n = (bounded * 1.44269504f + 12582912.0f) - 12582912.0f; // rounds to a whole number
    const float f = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * f + 1.3981999507e-3f;
    p = p * f + 8.3334519073e-3f;
    p = p * f + 4.1665795894e-2f;
    p = p * f + 1.6666665459e-1f;
    p = p * f + 5.0000001201e-1f;
    const float power = std::bit_cast<float>((static_cast<std::int32_t>(n) + 127) << 23);
    return ((p * f) * f + f + 1.0f) * power;
}

struct Gelu {
    /// The normal distribution up to x, within 1.5e-7 (Abramowitz and Stegun 7.1.26), and its density.
    static void distribution(float x, float& below, float& density) {
        const float z = std::max(x, -x) * 0.70710678f;
        const float t = 1.0f / (1.0f + 0.3275911f * z);
        const float e = expOfNegative(-z * z);
        const float tail =
            0.5f * e * t *
            (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
        below = x >= 0 ? 1.0f - tail : tail;
        density = 0.39894228f * e;
    }
    static float value(float x) {
        float below, density;
        distribution(x, below, density);
        return x * below;
    }
    static float slope(float x) {
        float below, density;
        distribution(x, below, density);
        return below + x * density;
    }
};

struct Silu {
    static float sigmoid(float x) {
        const float e = expOfNegative(-std::max(x, -x));
        return (x >= 0 ? 1.0f : e) / (1.0f + e);
    }
    static float value(float x) { return x * sigmoid(x); }
    static float slope(float x) {
        const float s = sigmoid(x);
        return s * (1.0f + x * (1.0f - s));
    }
};

template <typename Function, typename Stored>
void forwardLoop(const Stored* x, Stored* y, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i)
        store(y[i], Function::value(load(x[i])));
}

template <typename Function, typename Stored>
void backwardLoop(const Stored* x, const Stored* gradient, Stored* out, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i)
        store(out[i], Function::slope(load(x[i])) * load(gradient[i]));
}

template <typename Function>
constexpr ActivationLoops loopsOf() {
    return {forwardLoop<Function, float>, forwardLoop<Function, Bf16Bits>, backwardLoop<Function, float>,
            backwardLoop<Function, Bf16Bits>};
}

constexpr ActivationLoops kLoops[] = {loopsOf<Gelu>(), loopsOf<Silu>()};

} // namespace

} // namespace sightline::engine
