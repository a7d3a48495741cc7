// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/module/DepthwiseKernels.h"
#include "engine/module/KernelValues.h"
#include "engine/module/WindowLoops.h"

// Included once by each translation unit that is compiled for an instruction set; the compiler vectorises the loops.
namespace sightline::engine {

namespace {

/// kWidth channels, which the compiler then knows and keeps in registers; 0: `rest` of them.
template <std::int64_t kWidth, typename Stored>
inline void forwardTile(const WindowShape& shape, const Stored* x, const float* weights, const float* bias, Stored* y,
                        const Reach& rows, const Reach& columns, std::int64_t rest) {
    const std::int64_t width = kWidth ? kWidth : rest;
    float sums[kTile];
    for (std::int64_t c = 0; c < width; ++c)
        sums[c] = bias ? bias[c] : 0;
    for (std::int64_t ky = rows.first; ky < rows.last; ++ky) {
        const std::int64_t row = rows.start + ky * shape.dilation[0];
        for (std::int64_t kx = columns.first; kx < columns.last; ++kx) {
            const std::int64_t column = columns.start + kx * shape.dilation[1];
            const Stored* __restrict from = x + (row * shape.input[1] + column) * shape.channels;
            const float* __restrict weight = weights + (ky * shape.kernel[1] + kx) * shape.channels;
            for (std::int64_t c = 0; c < width; ++c)
                sums[c] += load(from[c]) * weight[c];
        }
    }
    for (std::int64_t c = 0; c < width; ++c)
        store(y[c], sums[c]);
}

template <typename Stored>
void depthwiseForward(const WindowShape& shape, const Stored* x, const float* weights, const float* bias, Stored* y,
                      std::int64_t from, std::int64_t to) {
    const std::int64_t image = shape.input[0] * shape.input[1] * shape.channels;
    for (std::int64_t row = from; row < to; ++row) {
        const Reach rows = Reach::of(shape, 0, row % shape.output[0]);
        const Stored* source = x + row / shape.output[0] * image;
        for (std::int64_t column = 0; column < shape.output[1]; ++column) {
            const Reach columns = Reach::of(shape, 1, column);
            Stored* target = y + (row * shape.output[1] + column) * shape.channels;
            inTiles(shape.channels, [&](auto width, std::int64_t c, std::int64_t rest) {
                forwardTile<width()>(shape, source + c, weights + c, bias ? bias + c : nullptr, target + c, rows,
                                     columns, rest);
            });
        }
    }
}

template <std::int64_t kWidth, typename Stored>
inline void backwardTile(const WindowShape& shape, const Stored* gradient, const float* weights, Stored* toX,
                         const Back& rows, const Back& columns, std::int64_t rest) {
    const std::int64_t width = kWidth ? kWidth : rest;
    float sums[kTile];
    for (std::int64_t c = 0; c < width; ++c)
        sums[c] = 0;
    for (std::int64_t i = 0; i < rows.count; ++i) {
        for (std::int64_t j = 0; j < columns.count; ++j) {
            const Stored* __restrict from =
                gradient + (rows.outputs[i] * shape.output[1] + columns.outputs[j]) * shape.channels;
            const float* __restrict weight =
                weights + (rows.taps[i] * shape.kernel[1] + columns.taps[j]) * shape.channels;
            for (std::int64_t c = 0; c < width; ++c)
                sums[c] += load(from[c]) * weight[c];
        }
    }
    for (std::int64_t c = 0; c < width; ++c)
        store(toX[c], sums[c]);
}

template <typename Stored>
void depthwiseBackward(const WindowShape& shape, const Stored* gradient, const float* weights, Stored* toX,
                       std::int64_t from, std::int64_t to) {
    const std::int64_t image = shape.output[0] * shape.output[1] * shape.channels;
    for (std::int64_t row = from; row < to; ++row) {
        const Back rows = Back::of(shape, 0, row % shape.input[0]);
        const Stored* source = gradient + row / shape.input[0] * image;
        for (std::int64_t column = 0; column < shape.input[1]; ++column) {
            const Back columns = Back::of(shape, 1, column);
            Stored* target = toX + (row * shape.input[1] + column) * shape.channels;
            inTiles(shape.channels, [&](auto width, std::int64_t c, std::int64_t rest) {
                backwardTile<width()>(shape, source + c, weights + c, target + c, rows, columns, rest);
            });
        }
    }
}

/// One row of the output and one tap: sums over the columns that the tap reaches.
template <std::int64_t kWidth, typename Stored>
inline void weightsTile(const WindowShape& shape, const Stored* x, const Stored* gradient, float* to, std::int64_t tap,
                        std::int64_t first, std::int64_t last, std::int64_t rest) {
    const std::int64_t width = kWidth ? kWidth : rest;
    float sums[kTile];
    for (std::int64_t c = 0; c < width; ++c)
        sums[c] = 0;
    for (std::int64_t column = first; column < last; ++column) {
        const std::int64_t at = column * shape.stride[1] - shape.before[1] + tap * shape.dilation[1];
        const Stored* __restrict from = x + at * shape.channels;
        const Stored* __restrict pull = gradient + column * shape.channels;
        for (std::int64_t c = 0; c < width; ++c)
            sums[c] += load(from[c]) * load(pull[c]);
    }
    for (std::int64_t c = 0; c < width; ++c)
        to[c] += sums[c];
}

template <typename Stored>
void depthwiseWeights(const WindowShape& shape, const Stored* x, const Stored* gradient, float* sums, std::int64_t from,
                      std::int64_t to) {
    const std::int64_t line = shape.input[1] * shape.channels;
    for (std::int64_t row = from; row < to; ++row) {
        const Reach rows = Reach::of(shape, 0, row % shape.output[0]);
        const Stored* pull = gradient + row * shape.output[1] * shape.channels;
        for (std::int64_t ky = rows.first; ky < rows.last; ++ky) {
            const Stored* source =
                x + (row / shape.output[0] * shape.input[0] + rows.start + ky * shape.dilation[0]) * line;
            for (std::int64_t kx = 0; kx < shape.kernel[1]; ++kx) {
                std::int64_t first = 0, last = shape.output[1];
                const auto inside = [&](std::int64_t column) {
                    const std::int64_t at = column * shape.stride[1] - shape.before[1] + kx * shape.dilation[1];
                    return at >= 0 && at < shape.input[1];
                };
                while (first < last && !inside(first))
                    ++first;
                while (last > first && !inside(last - 1))
                    --last;
                float* target = sums + (ky * shape.kernel[1] + kx) * shape.channels;
                inTiles(shape.channels, [&](auto width, std::int64_t c, std::int64_t rest) {
                    weightsTile<width()>(shape, source + c, pull + c, target + c, kx, first, last, rest);
                });
            }
        }
    }
}

template <typename Stored>
constexpr DepthwiseLoops<Stored> depthwiseLoopsOf() {
    return {depthwiseForward<Stored>, depthwiseBackward<Stored>, depthwiseWeights<Stored>};
}

constexpr DepthwiseLoopsOfTypes kDepthwiseLoops{depthwiseLoopsOf<float>(), depthwiseLoopsOf<Bf16Bits>()};

} // namespace

} // namespace sightline::engine
