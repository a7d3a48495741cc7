// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace sightline {

/// A PNG's IHDR, before anything is allocated.
struct PngHeader {
    int height = 0, width = 0;
    int channels = 3; ///< as decoded: a palette is three, and one more where some colour is transparent
    int bits = 8;     ///< 16, else 8
    bool transparent = false, greyAndAlpha = false;
};
/// Nothing where the bytes are no PNG, or its header is damaged.
std::optional<PngHeader> pngHeader(const std::uint8_t* bytes, std::size_t size);

/// What stands in a PNG's chunks besides pixels.
struct PngFacts {
    int orientation = 1; ///< of the eXIf chunk
};
/// False: the file ends early, or a critical chunk fails its check. libpng would find it, too, but says so on stderr.
bool readPngChunks(const std::uint8_t* bytes, std::size_t size, PngFacts& facts);

} // namespace sightline
