// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace sightline {

/// Pillow's L of an RGB pixel: (19595 R + 38470 G + 7471 B + 32768) >> 16.
constexpr std::uint8_t luminance(int red, int green, int blue) {
    return static_cast<std::uint8_t>((19595 * red + 38470 * green + 7471 * blue + 32768) >> 16);
}

/// The same of values between: not rounded.
constexpr float luminance(float red, float green, float blue) {
    return (19595.0f * red + 38470.0f * green + 7471.0f * blue) / 65536.0f;
}

} // namespace sightline
