// SPDX-License-Identifier: GPL-3.0-or-later
#include <opencv2/imgcodecs.hpp>

#include <algorithm>
#include <cctype>
#include <cstring>

#include "data/FileKind.h"
#include "data/ImageCodecs.h"
#include "data/JpegDecoder.h"
#include "data/PngChunks.h"
#include "data/Raster.h"

namespace sightline {

namespace {

constexpr const char* kDamaged = " is damaged and cannot be read.";

Error tooLarge(const std::string& name) {
    return badInput(name + " has more pixels than can be handled.");
}

std::int32_t littleEndian(const std::uint8_t* bytes) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8 |
                                     static_cast<std::uint32_t>(bytes[2]) << 16 |
                                     static_cast<std::uint32_t>(bytes[3]) << 24);
}

bool bmpHeader(const std::uint8_t* bytes, std::size_t size, ImageHeader& header) {
    if (size < 34)
        return false;
    header.width = littleEndian(bytes + 18);
    header.height = static_cast<int>(std::min<std::int64_t>(std::abs(std::int64_t{littleEndian(bytes + 22)}), 1 << 30));
    const int bits = bytes[28] | bytes[29] << 8;
    header.channels = bits == 32 ? 4 : 3;
    header.transparent = bits == 32;
    return header.width > 0 && header.height > 0;
}

/// A BMP with fewer pixels than its header promises, or a compression that does not exist; OpenCV would say so on
/// stderr.
bool isShortBmp(const std::uint8_t* bytes, std::size_t size, const ImageHeader& header) {
    const std::int64_t begin = littleEndian(bytes + 10), bits = bytes[28] | bytes[29] << 8;
    const std::int64_t compression = littleEndian(bytes + 30);
    if (compression < 0 || compression > 3)
        return true;
    return compression == 0 &&
           begin + (header.width * bits + 31) / 32 * 4 * header.height > static_cast<std::int64_t>(size);
}

/// A PNM's numbers: width, height and, but for bitmaps, the largest value.
bool pnmHeader(const std::uint8_t* bytes, std::size_t size, ImageHeader& header, int& most) {
    const bool bitmap = bytes[1] == '1' || bytes[1] == '4';
    std::size_t at = 2;
    const auto number = [&](int& value) {
        while (at < size && (std::isspace(bytes[at]) || bytes[at] == '#')) {
            if (bytes[at] == '#')
                while (at < size && bytes[at] != '\n')
                    ++at;
            else
                ++at;
        }
        std::int64_t parsed = 0;
        const std::size_t begin = at;
        for (; at < size && std::isdigit(bytes[at]) && parsed < (1 << 30); ++at)
            parsed = 10 * parsed + (bytes[at] - '0');
        value = static_cast<int>(std::min<std::int64_t>(parsed, 1 << 30));
        return at > begin && value > 0;
    };
    most = 1;
    if (!number(header.width) || !number(header.height) || (!bitmap && !number(most)))
        return false;
    header.channels = bytes[1] == '3' || bytes[1] == '6' ? 3 : 1;
    header.bits = most > 255 ? 16 : 8;
    return most < 65536;
}

bool isForCodecs(FileKind kind) {
    return kind == FileKind::Tiff || kind == FileKind::WebP || kind == FileKind::Gif || kind == FileKind::Heif;
}

/// OpenCV's matrix (BGR order, 8 or 16 bits, 1 to 4 channels).
bool fromMat(const cv::Mat& mat, Raster& raster) {
    const int channels = mat.channels();
    if ((mat.depth() != CV_8U && mat.depth() != CV_16U) || channels < 1 || channels > 4)
        return false;
    const bool words = mat.depth() == CV_16U;
    raster.allocate(mat.rows, mat.cols, channels, words ? Raster::Kind::Words : Raster::Kind::Bytes);
    raster.alpha = channels == 4 ? 3 : channels == 2 ? 1 : -1;
    raster.most = words ? 65535 : 255;
    const auto copy = [&](const auto* source, auto* target) {
        for (int x = 0; x < mat.cols; ++x, source += channels, target += channels) {
            std::copy(source, source + channels, target);
            if (channels >= 3)
                std::swap(target[0], target[2]);
        }
    };
    const std::size_t row = static_cast<std::size_t>(mat.cols) * static_cast<std::size_t>(channels);
    for (int y = 0; y < mat.rows; ++y) {
        if (words)
            copy(mat.ptr<std::uint16_t>(y), raster.words.data() + static_cast<std::size_t>(y) * row);
        else
            copy(mat.ptr<std::uint8_t>(y), raster.bytes.data() + static_cast<std::size_t>(y) * row);
    }
    return true;
}

/// OpenCV expands grey with transparency to four channels; the file has two.
void asTwoChannels(Raster& raster) {
    const std::size_t count = raster.count() / 4;
    const auto pack = [count](auto& values) {
        for (std::size_t i = 0; i < count; ++i) {
            values[2 * i] = values[4 * i];
            values[2 * i + 1] = values[4 * i + 3];
        }
        values.resize(2 * count);
    };
    if (raster.kind == Raster::Kind::Words)
        pack(raster.words);
    else
        pack(raster.bytes);
    raster.channels = 2;
    raster.alpha = 1;
}

Result<Raster> decodedByOpenCv(const std::uint8_t* bytes, std::size_t size, const std::string& name) {
    const Result<const ImageCodecs*> codecs = imageCodecs();
    if (!codecs)
        return codecs.error();
    try {
        const cv::Mat raw(1, static_cast<int>(size), CV_8UC1, const_cast<std::uint8_t*>(bytes)); // imdecode only reads
        cv::Mat mat;
        Raster raster;
        if (!(*codecs)->decode(raw, cv::IMREAD_UNCHANGED, mat) || !fromMat(mat, raster))
            return badInput(name + kDamaged);
        return raster;
    } catch (const cv::Exception&) {
        return badInput(name + kDamaged);
    }
}

Result<Raster> decodedPng(const std::uint8_t* bytes, std::size_t size, const std::string& name) {
    const std::optional<PngHeader> header = pngHeader(bytes, size);
    if (!header)
        return badInput(name + kDamaged);
    if (isTooLarge(header->height, header->width, header->channels, header->bits > 8 ? 2 : 1))
        return tooLarge(name);
    PngFacts facts;
    if (!readPngChunks(bytes, size, facts))
        return badInput(name + kDamaged);
    Result<Raster> raster = decodedByOpenCv(bytes, size, name);
    if (!raster)
        return raster;
    raster->orientation = facts.orientation;
    if (header->greyAndAlpha && raster->channels == 4)
        asTwoChannels(*raster);
    return raster;
}

Result<Raster> decodedByCodecs(const CodecRequest& request, const std::string& name) {
    const Result<const ImageCodecs*> codecs = imageCodecs();
    if (!codecs)
        return codecs.error();
    Raster raster;
    std::string fault = kDamaged + 1;
    if (!(*codecs)->read(request, raster, fault))
        return badInput(name + " " + fault);
    return raster;
}

Result<Raster> decodedJpegRaster(const std::uint8_t* bytes, std::size_t size, const std::string& name) {
    Raster raster;
    Result<Image> image = decodeJpeg(bytes, size, name, raster.orientation);
    if (!image)
        return image.error();
    raster.height = image->height;
    raster.width = image->width;
    raster.channels = image->channels;
    raster.bytes = std::move(image->pixels);
    return raster;
}

} // namespace

Result<Raster> decodeRaster(const std::uint8_t* bytes, std::size_t size, const std::string& name, int page,
                            bool asStored) {
    const FileKind kind = kindOf(bytes, size);
    if (!isReadableImage(kind))
        return badInput(whyNoImage(name, kind));
    if (isForCodecs(kind))
        return decodedByCodecs({kind, bytes, size, page, asStored}, name);
    if (page > 0)
        return badInput(name + " has one page, so there is no page " + std::to_string(page) + " (the first is 0).");
    if (kind == FileKind::Jpeg)
        return decodedJpegRaster(bytes, size, name);
    if (kind == FileKind::Png)
        return decodedPng(bytes, size, name);
    ImageHeader header;
    int most = 255;
    const bool good = kind == FileKind::Bmp ? bmpHeader(bytes, size, header) : pnmHeader(bytes, size, header, most);
    if (good && isTooLarge(header.height, header.width, header.channels, header.bits > 8 ? 2 : 1))
        return tooLarge(name);
    if (!good || (kind == FileKind::Bmp && isShortBmp(bytes, size, header)))
        return badInput(name + kDamaged);
    Result<Raster> raster = decodedByOpenCv(bytes, size, name);
    if (raster && raster->kind == Raster::Kind::Words)
        raster->most = most;
    return raster;
}

Result<ImageHeader> imageHeader(const std::uint8_t* bytes, std::size_t size, const std::string& name) {
    const FileKind kind = kindOf(bytes, size);
    if (!isReadableImage(kind))
        return badInput(whyNoImage(name, kind));
    ImageHeader header;
    int most = 255;
    bool good = false;
    if (isForCodecs(kind)) {
        const Result<const ImageCodecs*> codecs = imageCodecs();
        if (!codecs)
            return codecs.error();
        good = (*codecs)->header({kind, bytes, size}, header);
    } else if (kind == FileKind::Png) {
        if (const std::optional<PngHeader> png = pngHeader(bytes, size)) {
            header = {png->height, png->width, png->channels, png->bits, false, png->transparent, 1};
            good = true;
        }
    } else if (kind == FileKind::Jpeg)
        good = jpegSize(bytes, size, header.height, header.width, header.channels);
    else
        good = kind == FileKind::Bmp ? bmpHeader(bytes, size, header) : pnmHeader(bytes, size, header, most);
    return good ? Result<ImageHeader>(header) : badInput(name + kDamaged);
}

} // namespace sightline
