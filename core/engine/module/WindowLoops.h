// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "engine/module/Windows.h"

// How loops go over windows and channels. For translation units of one instruction set: nothing in here is shared.
namespace sightline::engine {

namespace {

/// So many channels stay in registers while a kernel goes over the pixels around.
constexpr std::int64_t kTile = 32;

/// Along one axis: the output at `at` reads the input at start() + tap * dilation, for taps [first, last).
struct Reach {
    std::int64_t start, first, last;

    static Reach of(const WindowShape& shape, int axis, std::int64_t at) {
        const std::int64_t start = at * shape.stride[axis] - shape.before[axis], step = shape.dilation[axis];
        const std::int64_t first = start < 0 ? (-start + step - 1) / step : 0,
                           past = start < shape.input[axis] ? (shape.input[axis] - start + step - 1) / step : 0;
        return {start, first, std::min(past, shape.kernel[axis])};
    }
};

/// Along one axis: by which tap the input at `at` reaches an output, and which. At most kMost taps are asked.
struct Back {
    static constexpr std::int64_t kMost = 16;
    std::int64_t count = 0;
    std::int64_t taps[kMost], outputs[kMost];

    static Back of(const WindowShape& shape, int axis, std::int64_t at) {
        Back back;
        for (std::int64_t tap = 0; tap < shape.kernel[axis]; ++tap) {
            // In 32 bits, since a division of 64 takes longer than all else here.
            const auto distance = static_cast<std::int32_t>(at + shape.before[axis] - tap * shape.dilation[axis]),
                       step = static_cast<std::int32_t>(shape.stride[axis]);
            if (distance < 0 || (step != 1 && distance % step != 0))
                continue;
            const std::int32_t output = step == 1 ? distance : distance / step;
            if (output >= shape.output[axis])
                continue;
            back.taps[back.count] = tap;
            back.outputs[back.count++] = output;
        }
        return back;
    }
};

/// Calls work(width, first channel, rest) for tiles of kTile, half and a quarter of it as they fit; then, with a width
/// of 0, for the `rest`.
template <typename Work>
inline void inTiles(std::int64_t channels, Work work) {
    std::int64_t c = 0;
    for (; c + kTile <= channels; c += kTile)
        work(std::integral_constant<std::int64_t, kTile>(), c, kTile);
    if (c + kTile / 2 <= channels) {
        work(std::integral_constant<std::int64_t, kTile / 2>(), c, kTile / 2);
        c += kTile / 2;
    }
    if (c + kTile / 4 <= channels) {
        work(std::integral_constant<std::int64_t, kTile / 4>(), c, kTile / 4);
        c += kTile / 4;
    }
    if (c < channels)
        work(std::integral_constant<std::int64_t, 0>(), c, channels - c);
}

} // namespace

} // namespace sightline::engine
