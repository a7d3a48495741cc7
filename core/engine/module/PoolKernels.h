// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/module/ActivationKernels.h"
#include "engine/module/Windows.h"

// Maximum pooling over images that lie channels-last, alone or after a ReLU, which then is never written.
namespace sightline::engine {

/// Of one type of stored values. A place is a window's pixel, counted in rows; rows are those of all images in turn.
template <typename Stored>
struct PoolLoops {
    /// Rows of the output, [from, to). `cut`: of max(x, 0); where nothing lies above 0 the place is kNoPlace.
    void (*forward)(const WindowShape& shape, bool cut, const Stored* x, Stored* y, std::uint8_t* places,
                    std::int64_t from, std::int64_t to);
    /// Rows of the gradient of x.
    void (*backward)(const WindowShape& shape, const Stored* gradient, const std::uint8_t* places, Stored* toX,
                     std::int64_t from, std::int64_t to);
};
constexpr int kNoPlace = 255;

struct PoolLoopsOfTypes {
    PoolLoops<float> exact;
    PoolLoops<Bf16Bits> bf16;
};
const PoolLoopsOfTypes& poolLoops(InstructionSet set);

const PoolLoopsOfTypes& poolLoopsPortable();
const PoolLoopsOfTypes& poolLoopsAvx2();
const PoolLoopsOfTypes& poolLoopsAvx512();

} // namespace sightline::engine
