// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include <opencv2/core.hpp>

#include "support/Result.h"

namespace sightline {

/// OpenCV's readers and writers of image files (cv::imdecode, cv::imencode). They bring a hundred libraries along, GDAL
/// among them: 60 ms of every start. So they lie in libsightline_codecs.so, loaded on first use. cv::Exception passes
/// through.
struct ImageCodecs {
    bool (*decode)(const cv::Mat& file, int flags,
                   cv::Mat& image); ///< false: not an image. `image` keeps its memory where size and type are the same
    bool (*encode)(const char* extension, const cv::Mat& image, std::vector<std::uint8_t>& file,
                   const std::vector<int>& parameters);
};

/// Thread-safe; free after the first call. Error: the library is not there.
Result<const ImageCodecs*> imageCodecs();

} // namespace sightline
