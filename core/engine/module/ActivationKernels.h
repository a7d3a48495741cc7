// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "support/InstructionSets.h"

namespace sightline::engine {

struct Bf16Bits {
    std::uint16_t bits;
};

enum class SmoothActivation { Gelu, Silu };

/// An activation and its gradient over `count` values, in float32 inside. `backward`: x, the gradient of y, that of x.
struct ActivationLoops {
    void (*forward)(const float*, float*, std::int64_t);
    void (*forwardBf16)(const Bf16Bits*, Bf16Bits*, std::int64_t);
    void (*backward)(const float*, const float*, float*, std::int64_t);
    void (*backwardBf16)(const Bf16Bits*, const Bf16Bits*, Bf16Bits*, std::int64_t);
};

/// Within 2e-7 of the exact functions (times x). Why they are here: BENCHMARKS.md, "What made it so".
const ActivationLoops& activationLoops(InstructionSet set, SmoothActivation activation);

const ActivationLoops& activationLoopsPortable(SmoothActivation activation);
const ActivationLoops& activationLoopsAvx2(SmoothActivation activation);
const ActivationLoops& activationLoopsAvx512(SmoothActivation activation);

} // namespace sightline::engine
