// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "data/ImageLimits.h"
#include "support/Image.h"
#include "support/Result.h"

namespace sightline {

bool looksLikeJpeg(const std::uint8_t* bytes, std::size_t size);

/// libjpeg-turbo with its slow integer DCT and fancy upsampling: Pillow's pixels. CMYK and YCCK are converted as Pillow
/// does. A truncated or damaged file is an error (Pillow would paint it grey). `orientation` is the EXIF tag, 1 where
/// there is none. Where `least` is set, the picture is made smaller while it is decoded, by 2, 4 or 8, as long as both
/// sides stay at least that large (libjpeg's scaled inverse DCT: a box filter's effect, not Pillow's resize).
struct LeastSize {
    int height = 0, width = 0; ///< 0: full size
};
Result<Image> decodeJpeg(const std::uint8_t* bytes, std::size_t size, const std::string& name, int& orientation,
                         LeastSize least = {});

/// Its size as stored and whether it is grey, from the header alone. False: no JPEG, or damaged.
bool jpegSize(const std::uint8_t* bytes, std::size_t size, int& height, int& width, int& channels);

} // namespace sightline
