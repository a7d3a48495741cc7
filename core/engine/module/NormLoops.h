// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/module/ActivationLoops.h"
#include "engine/module/KernelValues.h"
#include "engine/module/NormKernels.h"

// Included once by each translation unit that is compiled for an instruction set; the compiler vectorises the loops.
namespace sightline::engine {

namespace {

/// Each has its value of z, and what of the gradient `g` of that value reaches z. Those that know it from the value y
/// as well can have something added before them.
struct Same {
    static float value(float z) { return z; }
    static float pulled(float, float g) { return g; }
    static float pulledByValue(float, float g) { return g; }
};
/// What is not a number stays so, as in LibTorch: the loss has to show it.
struct CutBelow {
    static float value(float z) { return z < 0 ? 0 : z; }
    static float pulled(float z, float g) { return z <= 0 ? 0 : g; }
    static float pulledByValue(float y, float g) { return pulled(y, g); }
};
struct CutAtSix {
    static float value(float z) {
        const float above = z < 0 ? 0 : z;
        return above > 6 ? 6 : above;
    }
    static float pulled(float z, float g) {
        const float low = z <= 0 ? 0 : g;
        return z >= 6 ? 0 : low;
    }
    static float pulledByValue(float y, float g) { return pulled(y, g); }
};
struct Swish {
    static float value(float z) { return Silu::value(z); }
    static float pulled(float z, float g) { return Silu::slope(z) * g; }
    static float pulledByValue(float, float g) { return g; }
};
struct HardSwishLoop {
    static float value(float z) { return z * CutAtSix::value(z + 3) * (1.0f / 6); }
    static float pulled(float z, float g) {
        const float between = z < 3 ? (2 * z + 3) * (1.0f / 6) : 1;
        return (z > -3 ? between : 0) * g;
    }
    static float pulledByValue(float, float g) { return g; }
};

/// So many rows are summed in float32 before float64 takes over.
constexpr std::int64_t kRowsOfASum = 128;

void flush(const float* __restrict scratch, double* __restrict sums, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i)
        sums[i] += scratch[i];
}

template <typename Stored>
void momentsLoop(const Stored* x, std::int64_t rows, std::int64_t channels, const float* __restrict shift, double* sums,
                 float* scratch) {
    float* __restrict first = scratch;
    float* __restrict second = scratch + channels;
    for (std::int64_t begin = 0; begin < rows; begin += kRowsOfASum) {
        std::fill(scratch, scratch + 2 * channels, 0.0f);
        for (std::int64_t row = begin; row < std::min(rows, begin + kRowsOfASum); ++row) {
            const Stored* __restrict from = x + row * channels;
            for (std::int64_t c = 0; c < channels; ++c) {
                const float distance = load(from[c]) - shift[c];
                first[c] += distance;
                second[c] += distance * distance;
            }
        }
        flush(scratch, sums, 2 * channels);
    }
}

template <typename Function, typename Stored>
void forwardRows(const NormRows& part, const Stored* x, const Stored* other, Stored* y) {
    const float* __restrict scale = part.scale;
    const float* __restrict offset = part.offset;
    for (std::int64_t row = 0; row < part.rows; ++row) {
        const Stored* __restrict from = x + row * part.channels;
        Stored* __restrict to = y + row * part.channels;
        if (other) {
            const Stored* __restrict added = other + row * part.channels;
            for (std::int64_t c = 0; c < part.channels; ++c)
                store(to[c], Function::value(load(from[c]) * scale[c] + offset[c] + load(added[c])));
        } else {
            for (std::int64_t c = 0; c < part.channels; ++c)
                store(to[c], Function::value(load(from[c]) * scale[c] + offset[c]));
        }
    }
}

/// One row. Parameters, all restricted: the compiler then needs no checks whether they overlap, of which it makes few.
template <typename Function, typename Stored>
inline void sumsRow(const Stored* __restrict x, const Stored* __restrict gradient, const float* __restrict scale,
                    const float* __restrict offset, const float* __restrict mean, float* __restrict first,
                    float* __restrict second, std::int64_t channels) {
    for (std::int64_t c = 0; c < channels; ++c) {
        const float at = load(x[c]);
        const float g = Function::pulled(at * scale[c] + offset[c], load(gradient[c]));
        first[c] += g;
        second[c] += g * (at - mean[c]);
    }
}
template <typename Function, typename Stored>
inline void sumsRowOfValues(const Stored* __restrict x, const Stored* __restrict y, const Stored* __restrict gradient,
                            const float* __restrict mean, float* __restrict first, float* __restrict second,
                            Stored* __restrict toOther, std::int64_t channels) {
    for (std::int64_t c = 0; c < channels; ++c) {
        const float g = Function::pulledByValue(load(y[c]), load(gradient[c]));
        store(toOther[c], g);
        first[c] += g;
        second[c] += g * (load(x[c]) - mean[c]);
    }
}

template <typename Function, typename Stored>
void sumsRows(const NormRows& part, const Stored* x, const Stored* y, const Stored* gradient, Stored* toOther,
              double* sums, float* scratch) {
    const std::int64_t channels = part.channels;
    for (std::int64_t begin = 0; begin < part.rows; begin += kRowsOfASum) {
        std::fill(scratch, scratch + 2 * channels, 0.0f);
        for (std::int64_t row = begin; row < std::min(part.rows, begin + kRowsOfASum); ++row) {
            const std::int64_t at = row * channels;
            if (y)
                sumsRowOfValues<Function>(x + at, y + at, gradient + at, part.mean, scratch, scratch + channels,
                                          toOther + at, channels);
            else
                sumsRow<Function>(x + at, gradient + at, part.scale, part.offset, part.mean, scratch,
                                  scratch + channels, channels);
        }
        flush(scratch, sums, 2 * channels);
    }
}

template <typename Function, typename Stored>
inline void backwardRow(const Stored* __restrict x, const Stored* __restrict gradient, const NormRows& part,
                        const float* __restrict slope, const float* __restrict constant, Stored* __restrict toX) {
    const float* __restrict scale = part.scale;
    const float* __restrict offset = part.offset;
    const float* __restrict mean = part.mean;
    for (std::int64_t c = 0; c < part.channels; ++c) {
        const float at = load(x[c]);
        const float g = Function::pulled(at * scale[c] + offset[c], load(gradient[c]));
        store(toX[c], g * scale[c] + (at - mean[c]) * slope[c] + constant[c]);
    }
}

/// `other`: the gradient before the activation is known.
template <typename Function, typename Stored>
void backwardRows(const NormRows& part, const Stored* x, const Stored* gradient, const Stored* other,
                  const float* slope, const float* constant, Stored* toX) {
    for (std::int64_t row = 0; row < part.rows; ++row) {
        const std::int64_t at = row * part.channels;
        if (other)
            backwardRow<Same>(x + at, other + at, part, slope, constant, toX + at);
        else
            backwardRow<Function>(x + at, gradient + at, part, slope, constant, toX + at);
    }
}

template <typename Function, typename Stored>
constexpr NormLoops<Stored> normLoopsOfType() {
    return {momentsLoop<Stored>, forwardRows<Function, Stored>, sumsRows<Function, Stored>,
            backwardRows<Function, Stored>};
}
template <typename Function>
constexpr NormLoopsOfTypes normLoopsOf() {
    return {normLoopsOfType<Function, float>(), normLoopsOfType<Function, Bf16Bits>()};
}

constexpr NormLoopsOfTypes kNormLoops[] = {normLoopsOf<Same>(), normLoopsOf<CutBelow>(), normLoopsOf<CutAtSix>(),
                                           normLoopsOf<Swish>(), normLoopsOf<HardSwishLoop>()};

} // namespace

} // namespace sightline::engine
