// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/PngChunks.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "data/Exif.h"

namespace sightline {

namespace {

std::uint32_t bigEndian(const std::uint8_t* bytes) {
    return static_cast<std::uint32_t>(bytes[0]) << 24 | static_cast<std::uint32_t>(bytes[1]) << 16 |
           static_cast<std::uint32_t>(bytes[2]) << 8 | bytes[3];
}

int side(const std::uint8_t* bytes) {
    return static_cast<int>(std::min<std::uint32_t>(bigEndian(bytes), 1 << 30));
}

/// A tRNS chunk stands before the pixels.
bool namesTransparentColours(const std::uint8_t* bytes, std::size_t size) {
    for (std::size_t at = 8; size > at && size - at >= 12;) {
        const std::size_t length = bigEndian(bytes + at);
        if (std::memcmp(bytes + at + 4, "IDAT", 4) == 0 || length > size - at - 12)
            return false;
        if (std::memcmp(bytes + at + 4, "tRNS", 4) == 0)
            return true;
        at += length + 12;
    }
    return false;
}

} // namespace

std::optional<PngHeader> pngHeader(const std::uint8_t* bytes, std::size_t size) {
    if (size < 29 || std::memcmp(bytes + 12, "IHDR", 4) != 0)
        return {};
    PngHeader header;
    header.width = side(bytes + 16);
    header.height = side(bytes + 20);
    header.bits = bytes[24] == 16 ? 16 : 8;
    switch (bytes[25]) {
    case 0:
        header.channels = 1;
        break;
    case 2:
    case 3:
        header.transparent = namesTransparentColours(bytes, size);
        header.channels = header.transparent ? 4 : 3;
        break;
    case 4:
        header.channels = 2;
        header.transparent = header.greyAndAlpha = true;
        break;
    case 6:
        header.channels = 4;
        header.transparent = true;
        break;
    default:
        return {};
    }
    if (header.width == 0 || header.height == 0)
        return {};
    return header;
}

bool readPngChunks(const std::uint8_t* bytes, std::size_t size, PngFacts& facts) {
    for (std::size_t at = 8; size > at && size - at >= 12;) { // length, type, data, check
        const std::size_t length = bigEndian(bytes + at);
        if (length > size - at - 12)
            return false;
        const std::uint8_t* type = bytes + at + 4;
        const bool critical = (type[0] & 0x20) == 0;
        if (critical && crc32(0, type, static_cast<uInt>(length + 4)) != bigEndian(type + 4 + length))
            return false;
        if (std::memcmp(type, "eXIf", 4) == 0)
            facts.orientation = exifOrientation(type + 4, length);
        if (std::memcmp(type, "IEND", 4) == 0)
            return true;
        at += length + 12;
    }
    return false;
}

} // namespace sightline
