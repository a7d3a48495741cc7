// SPDX-License-Identifier: GPL-3.0-or-later
// What libsightline_codecs.so hands out: data/ImageCodecs.h says why.
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>

#include "Readers.h"

namespace {

using namespace sightline;

bool decode(const cv::Mat& file, int flags, cv::Mat& image) {
    return !cv::imdecode(file, flags, &image).empty();
}

bool encode(const char* extension, const cv::Mat& image, std::vector<std::uint8_t>& file,
            const std::vector<int>& parameters) {
    return cv::imencode(extension, image, file, parameters);
}

bool read(const CodecRequest& request, Raster& raster, std::string& fault) {
    switch (request.kind) {
    case FileKind::Tiff:
        return codecs::readTiff(request, raster, fault);
    case FileKind::WebP:
        return codecs::readWebP(request, raster, fault);
    case FileKind::Gif:
        return codecs::readGif(request, raster, fault);
    default:
        return codecs::readHeif(request, raster, fault);
    }
}

bool header(const CodecRequest& request, ImageHeader& header) {
    switch (request.kind) {
    case FileKind::Tiff:
        return codecs::tiffHeader(request, header);
    case FileKind::WebP:
        return codecs::webPHeader(request, header);
    case FileKind::Gif:
        return codecs::gifHeader(request, header);
    default:
        return codecs::heifHeader(request, header);
    }
}

} // namespace

extern "C" const sightline::ImageCodecs* sightlineImageCodecs() {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT); // what is wrong with a file is for us to say
    static const sightline::ImageCodecs codecs{decode, encode, read, header};
    return &codecs;
}
