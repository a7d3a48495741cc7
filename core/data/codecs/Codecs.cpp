// SPDX-License-Identifier: GPL-3.0-or-later
// The whole of libsightline_codecs.so: data/ImageCodecs.h says why.
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>

#include "data/ImageCodecs.h"

namespace {

bool decode(const cv::Mat& file, int flags, cv::Mat& image) {
    return !cv::imdecode(file, flags, &image).empty();
}

bool encode(const char* extension, const cv::Mat& image, std::vector<std::uint8_t>& file,
            const std::vector<int>& parameters) {
    return cv::imencode(extension, image, file, parameters);
}

} // namespace

extern "C" const sightline::ImageCodecs* sightlineImageCodecs() {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT); // what is wrong with a file is for us to say
    static const sightline::ImageCodecs codecs{decode, encode};
    return &codecs;
}
