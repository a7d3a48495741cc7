// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "data/ImageCodecs.h"

namespace sightline::codecs {

// One library each. False: `fault` is the rest of a sentence that begins with the file's name.

bool readTiff(const CodecRequest& request, Raster& raster, std::string& fault);
bool tiffHeader(const CodecRequest& request, ImageHeader& header);
/// A still image's EXIF orientation counts; a moving one's frames are composed as they are shown.
bool readWebP(const CodecRequest& request, Raster& raster, std::string& fault);
bool webPHeader(const CodecRequest& request, ImageHeader& header);
bool readGif(const CodecRequest& request, Raster& raster, std::string& fault);
bool gifHeader(const CodecRequest& request, ImageHeader& header);
/// HEIC and AVIF. Their own rotation and mirroring, not EXIF's, are what is meant.
bool readHeif(const CodecRequest& request, Raster& raster, std::string& fault);
bool heifHeader(const CodecRequest& request, ImageHeader& header);

inline constexpr const char* kDamaged = "is damaged and cannot be read.";
inline constexpr const char* kTooLarge = "has more pixels than can be handled.";

/// "has 3 pages, so there is no page 5 (the first is 0)."
inline std::string noPage(int pages, int page) {
    return "has " + std::to_string(pages) + (pages == 1 ? " page" : " pages") + ", so there is no page " +
           std::to_string(page) + " (the first is 0).";
}

} // namespace sightline::codecs
