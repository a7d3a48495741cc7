// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>

#include "engine/module/ActivationKernels.h"

// Stored values as kernels compute with them. For translation units of one instruction set: nothing in here is shared.
namespace sightline::engine {

namespace {

inline float load(float stored) {
    return stored;
}
inline float load(Bf16Bits stored) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(stored.bits) << 16);
}

inline void store(float& place, float value) {
    place = value;
}
/// Rounds to the nearest, ties to even; not a number stays that.
inline void store(Bf16Bits& place, float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    place.bits = static_cast<std::uint16_t>(value == value ? rounded : 0x7fc0u);
}

} // namespace

} // namespace sightline::engine
