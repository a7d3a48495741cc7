// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>

#include "engine/module/KernelValues.h"
#include "engine/module/PoolKernels.h"
#include "engine/module/WindowLoops.h"

// Included once by each translation unit that is compiled for an instruction set; the compiler vectorises the loops.
namespace sightline::engine {

namespace {

/// kWidth channels, which the compiler then knows and keeps in registers; 0: `rest` of them.
template <std::int64_t kWidth, typename Stored>
inline void poolTile(const WindowShape& shape, bool cut, const Stored* x, Stored* y, std::uint8_t* places,
                     const Reach& rows, const Reach& columns, std::int64_t rest) {
    const std::int64_t width = kWidth ? kWidth : rest;
    float most[kTile];
    std::int32_t where[kTile];
    for (std::int64_t c = 0; c < width; ++c) {
        most[c] = cut ? 0 : -std::numeric_limits<float>::infinity();
        where[c] = kNoPlace;
    }
    for (std::int64_t ky = rows.first; ky < rows.last; ++ky) {
        for (std::int64_t kx = columns.first; kx < columns.last; ++kx) {
            const Stored* __restrict from =
                x + ((rows.start + ky * shape.dilation[0]) * shape.input[1] + columns.start + kx * shape.dilation[1]) *
                        shape.channels;
            const auto place = static_cast<std::int32_t>(ky * shape.kernel[1] + kx);
            for (std::int64_t c = 0; c < width; ++c) {
                const float value = load(from[c]);
                const bool takes = !(value <= most[c]); // what is not a number is taken and stays
                const bool stays = most[c] != most[c];
                where[c] = takes && !stays ? place : where[c];
                most[c] = takes && !stays ? value : most[c];
            }
        }
    }
    for (std::int64_t c = 0; c < width; ++c) {
        store(y[c], most[c]);
        places[c] = static_cast<std::uint8_t>(where[c]);
    }
}

template <typename Stored>
void poolForward(const WindowShape& shape, bool cut, const Stored* x, Stored* y, std::uint8_t* places,
                 std::int64_t from, std::int64_t to) {
    const std::int64_t image = shape.input[0] * shape.input[1] * shape.channels;
    for (std::int64_t row = from; row < to; ++row) {
        const Reach rows = Reach::of(shape, 0, row % shape.output[0]);
        const Stored* source = x + row / shape.output[0] * image;
        for (std::int64_t column = 0; column < shape.output[1]; ++column) {
            const Reach columns = Reach::of(shape, 1, column);
            const std::int64_t target = (row * shape.output[1] + column) * shape.channels;
            inTiles(shape.channels, [&](auto width, std::int64_t c, std::int64_t rest) {
                poolTile<width()>(shape, cut, source + c, y + target + c, places + target + c, rows, columns, rest);
            });
        }
    }
}

template <std::int64_t kWidth, typename Stored>
inline void poolBackTile(const WindowShape& shape, const Stored* gradient, const std::uint8_t* places, Stored* toX,
                         const Back& rows, const Back& columns, std::int64_t rest) {
    const std::int64_t width = kWidth ? kWidth : rest;
    float sums[kTile];
    for (std::int64_t c = 0; c < width; ++c)
        sums[c] = 0;
    for (std::int64_t i = 0; i < rows.count; ++i) {
        for (std::int64_t j = 0; j < columns.count; ++j) {
            const std::int64_t at = (rows.outputs[i] * shape.output[1] + columns.outputs[j]) * shape.channels;
            const Stored* __restrict pull = gradient + at;
            const std::uint8_t* __restrict place = places + at;
            const auto tap = static_cast<std::int32_t>(rows.taps[i] * shape.kernel[1] + columns.taps[j]);
            for (std::int64_t c = 0; c < width; ++c)
                sums[c] += static_cast<std::int32_t>(place[c]) == tap ? load(pull[c]) : 0;
        }
    }
    for (std::int64_t c = 0; c < width; ++c)
        store(toX[c], sums[c]);
}

template <typename Stored>
void poolBackward(const WindowShape& shape, const Stored* gradient, const std::uint8_t* places, Stored* toX,
                  std::int64_t from, std::int64_t to) {
    const std::int64_t image = shape.output[0] * shape.output[1] * shape.channels;
    for (std::int64_t row = from; row < to; ++row) {
        const Back rows = Back::of(shape, 0, row % shape.input[0]);
        const std::int64_t source = row / shape.input[0] * image;
        for (std::int64_t column = 0; column < shape.input[1]; ++column) {
            const Back columns = Back::of(shape, 1, column);
            Stored* target = toX + (row * shape.input[1] + column) * shape.channels;
            inTiles(shape.channels, [&](auto width, std::int64_t c, std::int64_t rest) {
                poolBackTile<width()>(shape, gradient + source + c, places + source + c, target + c, rows, columns,
                                      rest);
            });
        }
    }
}

template <typename Stored>
constexpr PoolLoops<Stored> poolLoopsOf() {
    return {poolForward<Stored>, poolBackward<Stored>};
}

constexpr PoolLoopsOfTypes kPoolLoops{poolLoopsOf<float>(), poolLoopsOf<Bf16Bits>()};

} // namespace

} // namespace sightline::engine
