// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace sightline {

/// EXIF orientation 1...8 of a TIFF block, as JPEG's APP1 segment, PNG's eXIf and WebP's EXIF chunk hold one; 1 where
/// there is none or it is damaged.
int exifOrientation(const std::uint8_t* tiff, std::size_t size);

} // namespace sightline
