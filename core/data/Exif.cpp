// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Exif.h"

#include <cstring>

namespace sightline {

namespace {

std::uint16_t read16(const std::uint8_t* p, bool little) {
    return static_cast<std::uint16_t>(little ? p[0] | p[1] << 8 : p[0] << 8 | p[1]);
}

std::uint32_t read32(const std::uint8_t* p, bool little) {
    return little
               ? static_cast<std::uint32_t>(read16(p, true)) | static_cast<std::uint32_t>(read16(p + 2, true)) << 16
               : static_cast<std::uint32_t>(read16(p, false)) << 16 | static_cast<std::uint32_t>(read16(p + 2, false));
}

} // namespace

int exifOrientation(const std::uint8_t* tiff, std::size_t size) {
    if (size < 14 || (std::memcmp(tiff, "II", 2) != 0 && std::memcmp(tiff, "MM", 2) != 0))
        return 1;
    const bool little = tiff[0] == 'I';
    const std::uint32_t directory = read32(tiff + 4, little);
    if (directory > size - 2)
        return 1;
    const std::uint16_t entries = read16(tiff + directory, little);
    for (std::uint16_t i = 0; i < entries; ++i) {
        const std::size_t at = std::size_t{directory} + 2 + std::size_t{i} * 12;
        if (at + 12 > size)
            return 1;
        if (read16(tiff + at, little) == 0x0112) {
            const int value = read16(tiff + at + 8, little);
            return value >= 1 && value <= 8 ? value : 1;
        }
    }
    return 1;
}

} // namespace sightline
