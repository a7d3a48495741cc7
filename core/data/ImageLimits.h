// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace sightline {

/// More pixels than this are no photograph but a bomb.
inline constexpr std::int64_t kLargestImagePixels = std::int64_t{1} << 28;
/// What the samples of one image may take, before channels are chosen and 16 bits become 8.
inline constexpr std::int64_t kLargestImageBytes = std::int64_t{1} << 30;

/// The one limit of all decoders, asked with what a header promises before memory is taken for it.
inline bool isTooLarge(std::int64_t height, std::int64_t width, std::int64_t channels = 1,
                       std::int64_t bytesPerSample = 1) {
    if (height < 1 || width < 1 || channels < 1)
        return false; // damaged rather than large
    return height > kLargestImagePixels / width || channels > 4096 ||
           height * width > kLargestImageBytes / (channels * bytesPerSample);
}

} // namespace sightline
