// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "data/FileKind.h"
#include "data/Raster.h"
#include "support/Result.h"

namespace sightline {

/// What is asked of a file that the codecs read whole.
struct CodecRequest {
    FileKind kind = FileKind::Tiff; ///< Tiff, WebP, Gif or Heif
    const std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    int page = 0;          ///< from 0
    bool asStored = false; ///< HEIC: its own rotation and mirroring are left out
};

/// Readers and writers of image files: OpenCV's (cv::imdecode, cv::imencode), libtiff, libwebp, giflib and libheif.
/// They bring a hundred libraries along, GDAL among them: 60 ms of every start. So they lie in libsightline_codecs.so,
/// loaded on first use. cv::Exception and std::bad_alloc pass through.
struct ImageCodecs {
    bool (*decode)(const cv::Mat& file, int flags,
                   cv::Mat& image); ///< false: not an image. `image` keeps its memory where size and type are the same
    bool (*encode)(const char* extension, const cv::Mat& image, std::vector<std::uint8_t>& file,
                   const std::vector<int>& parameters);
    /// False: `fault` is the rest of a sentence that begins with the file's name.
    bool (*read)(const CodecRequest& request, Raster& raster, std::string& fault);
    bool (*header)(const CodecRequest& request, ImageHeader& header);
};

/// Thread-safe; free after the first call. Error: the library is not there.
Result<const ImageCodecs*> imageCodecs();

} // namespace sightline
