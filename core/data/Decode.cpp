// SPDX-License-Identifier: GPL-3.0-or-later
#include <opencv2/imgcodecs.hpp>
#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <cstring>

#include "data/Dataset.h"
#include "data/ImageCodecs.h"
#include "data/JpegDecoder.h"
#include "support/Files.h"
#include "support/Luminance.h"

namespace sightline {

namespace {

/// Turns pixels upright after the EXIF tag (TIFF 6.0, Orientation).
Image upright(const Image& image, int orientation) {
    if (orientation <= 1)
        return image;
    const bool transposed = orientation >= 5;
    Image turned(transposed ? image.width : image.height, transposed ? image.height : image.width, image.channels);
    const auto channels = static_cast<std::size_t>(image.channels);
    for (int y = 0; y < turned.height; ++y) {
        for (int x = 0; x < turned.width; ++x) {
            int sourceX = transposed ? y : x;
            int sourceY = transposed ? x : y;
            if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
                sourceX = image.width - 1 - sourceX;
            if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
                sourceY = image.height - 1 - sourceY;
            std::memcpy(turned.row(y) + static_cast<std::size_t>(x) * channels,
                        image.row(sourceY) + static_cast<std::size_t>(sourceX) * channels, channels);
        }
    }
    return turned;
}

/// A BMP with fewer pixels than its header promises, or a header that cannot be; OpenCV would say so on stderr.
bool isShortBmp(const std::uint8_t* bytes, std::size_t size) {
    if (size < 2 || bytes[0] != 'B' || bytes[1] != 'M')
        return false;
    if (size < 34)
        return true;
    const auto read = [bytes](std::size_t at) {
        return static_cast<std::int64_t>(bytes[at]) | static_cast<std::int64_t>(bytes[at + 1]) << 8 |
               static_cast<std::int64_t>(bytes[at + 2]) << 16 | static_cast<std::int64_t>(bytes[at + 3]) << 24;
    };
    const std::int64_t begin = read(10), width = static_cast<std::int32_t>(read(18)),
                       height = std::abs(static_cast<std::int64_t>(static_cast<std::int32_t>(read(22))));
    const std::int64_t bits = bytes[28] | bytes[29] << 8;
    if (width <= 0 || width > kLargestImagePixels || height > kLargestImagePixels / width)
        return true;
    if (read(30) > 3)
        return true; // no compression that exists
    return read(30) == 0 && begin + (width * bits + 31) / 32 * 4 * height > static_cast<std::int64_t>(size);
}

bool isPng(const std::uint8_t* bytes, std::size_t size) {
    return size >= 8 && std::memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0;
}

std::uint32_t bigEndian(const std::uint8_t* bytes) {
    return static_cast<std::uint32_t>(bytes[0]) << 24 | static_cast<std::uint32_t>(bytes[1]) << 16 |
           static_cast<std::uint32_t>(bytes[2]) << 8 | bytes[3];
}

/// Height and width a PNG promises, before anything is allocated; 0 where it is no PNG.
std::int64_t promisedPngPixels(const std::uint8_t* bytes, std::size_t size) {
    if (size < 24 || !isPng(bytes, size))
        return 0;
    return std::min<std::int64_t>(bigEndian(bytes + 16), 1 << 30) *
           std::min<std::int64_t>(bigEndian(bytes + 20), 1 << 30);
}

/// A PNG that ends early or whose critical chunks fail their check. libpng would find it, too, but says so on stderr.
bool isTornPng(const std::uint8_t* bytes, std::size_t size) {
    if (!isPng(bytes, size))
        return false;
    for (std::size_t at = 8; size - at >= 12;) { // length, type, data, check
        const std::size_t length = bigEndian(bytes + at);
        if (length > size - at - 12)
            return true;
        const std::uint8_t* type = bytes + at + 4;
        const bool critical = (type[0] & 0x20) == 0;
        if (critical && crc32(0, type, static_cast<uInt>(length + 4)) != bigEndian(type + 4 + length))
            return true;
        if (std::memcmp(type, "IEND", 4) == 0)
            return false;
        at += length + 12;
    }
    return true;
}

bool knownMagic(const std::uint8_t* bytes, std::size_t size) {
    const auto starts = [&](const char* magic, std::size_t length) {
        return size > length && std::memcmp(bytes, magic, length) == 0;
    };
    return isPng(bytes, size) || starts("BM", 2) || starts("II*\0", 4) || starts("MM\0*", 4) ||
           (size > 12 && std::memcmp(bytes, "RIFF", 4) == 0 && std::memcmp(bytes + 8, "WEBP", 4) == 0) ||
           (size > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6');
}

/// From OpenCV's matrix (BGR order, 8 or 16 bits, 1 to 4 channels): alpha dropped, 16 bits scaled to 8.
Result<Image> fromMat(const cv::Mat& mat, const std::string& name) {
    cv::Mat bytes = mat;
    if (mat.depth() == CV_16U)
        mat.convertTo(bytes, CV_8U, 1.0 / 257.0);
    else if (mat.depth() != CV_8U)
        return badInput(name + " holds pixels that are neither 8 nor 16 bits deep; convert it first.");
    const int channels = bytes.channels();
    Image image(bytes.rows, bytes.cols, channels <= 2 ? 1 : 3);
    for (int y = 0; y < bytes.rows; ++y) {
        const std::uint8_t* source = bytes.ptr<std::uint8_t>(y);
        std::uint8_t* target = image.row(y);
        for (int x = 0; x < bytes.cols; ++x, source += channels) {
            if (image.channels == 1)
                *target++ = source[0];
            else {
                *target++ = source[2];
                *target++ = source[1];
                *target++ = source[0];
            }
        }
    }
    return image;
}

} // namespace

namespace {

Result<Image> decodedJpeg(const std::uint8_t* bytes, std::size_t size, const std::string& name, ColorMode mode,
                          Orientation orientation, LeastSize least = {}) {
    int tag = 1;
    Result<Image> image = decodeJpeg(bytes, size, name, tag, least);
    if (!image)
        return image;
    if (orientation == Orientation::Apply && tag > 1)
        image = upright(*image, tag);
    return withChannels(std::move(*image), mode);
}

} // namespace

Result<Image> decodeImageScaled(const std::uint8_t* bytes, std::size_t size, const std::string& name,
                                const DataSettings& settings) {
    if (!looksLikeJpeg(bytes, size))
        return decodeImage(bytes, size, name, settings.colorMode, settings.orientation);
    return decodedJpeg(bytes, size, name, settings.colorMode, settings.orientation,
                       {settings.imageHeight, settings.imageWidth});
}

Result<Image> decodeImage(const std::uint8_t* bytes, std::size_t size, const std::string& name, ColorMode mode,
                          Orientation orientation) {
    if (size == 0)
        return badInput(name + " is empty (0 bytes).");
    if (looksLikeJpeg(bytes, size))
        return decodedJpeg(bytes, size, name, mode, orientation);
    if (!knownMagic(bytes, size))
        return badInput(name + " is not an image, despite its name.");
    if (promisedPngPixels(bytes, size) > kLargestImagePixels)
        return badInput(name + " has more pixels than can be handled.");
    if (isShortBmp(bytes, size) || isTornPng(bytes, size))
        return badInput(name + " is damaged and cannot be read.");
    const Result<const ImageCodecs*> codecs = imageCodecs();
    if (!codecs)
        return codecs.error();
    try {
        const cv::Mat raw(1, static_cast<int>(size), CV_8UC1, const_cast<std::uint8_t*>(bytes)); // imdecode only reads
        cv::Mat mat;
        if (!(*codecs)->decode(raw, cv::IMREAD_UNCHANGED, mat))
            return badInput(name + " is damaged and cannot be read.");
        Result<Image> image = fromMat(mat, name);
        if (!image)
            return image;
        return withChannels(std::move(*image), mode);
    } catch (const cv::Exception&) {
        return badInput(name + " is damaged and cannot be read.");
    }
}

Result<Image> readImage(const std::filesystem::path& file, ColorMode mode, Orientation orientation) {
    const Result<std::string> bytes = readFile(file, std::uintmax_t{1} << 30);
    if (!bytes)
        return bytes.error();
    return decodeImage(reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size(), file.string(), mode,
                       orientation);
}

Result<void> writePng(const std::filesystem::path& file, const Image& image) {
    cv::Mat mat(image.height, image.width, image.channels == 1 ? CV_8UC1 : CV_8UC3);
    for (int y = 0; y < image.height; ++y) {
        const std::uint8_t* source = image.row(y);
        std::uint8_t* target = mat.ptr<std::uint8_t>(y);
        for (int x = 0; x < image.width; ++x, source += image.channels, target += image.channels) {
            for (int c = 0; c < image.channels; ++c)
                target[c] = source[image.channels - 1 - c];
        }
    }
    const Result<const ImageCodecs*> codecs = imageCodecs();
    if (!codecs)
        return codecs.error();
    std::vector<std::uint8_t> encoded;
    try {
        if (!(*codecs)->encode(".png", mat, encoded, {}))
            return Error{"Encoding " + file.string() + " as PNG failed."};
    } catch (const cv::Exception&) {
        return Error{"Encoding " + file.string() + " as PNG failed."};
    }
    return writeFileAtomically(file, {reinterpret_cast<const char*>(encoded.data()), encoded.size()});
}

Result<Image> ImageSource::decoded(const Sample& sample, ColorMode mode, Orientation orientation) const {
    const Result<std::vector<std::uint8_t>> raw = bytes(sample);
    if (!raw)
        return raw.error();
    return decodeImage(raw->data(), raw->size(), sample.path, mode, orientation);
}

Image withChannels(Image image, ColorMode mode) {
    const int wanted = mode == ColorMode::Rgb ? 3 : 1;
    if (image.channels == wanted)
        return image;
    Image converted(image.height, image.width, wanted);
    const std::size_t count = static_cast<std::size_t>(image.height) * static_cast<std::size_t>(image.width);
    for (std::size_t i = 0; i < count; ++i) {
        if (wanted == 3)
            std::fill_n(converted.pixels.data() + 3 * i, 3, image.pixels[i]);
        else
            converted.pixels[i] = luminance(image.pixels[3 * i], image.pixels[3 * i + 1], image.pixels[3 * i + 2]);
    }
    return converted;
}

namespace {

bool namesJpeg(const std::string& path) {
    std::string extension = std::filesystem::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension == ".jpg" || extension == ".jpeg";
}

Result<Image> decodedScaled(const ImageSource& source, const Sample& sample, const DataSettings& settings) {
    const Result<std::vector<std::uint8_t>> raw = source.bytes(sample);
    if (!raw)
        return raw.error();
    return decodeImageScaled(raw->data(), raw->size(), sample.path, settings);
}

} // namespace

Result<Image> loadSample(const Dataset& dataset, const Sample& sample, const DataSettings& settings) {
    Result<Image> image = settings.decoding == Decoding::Scaled && namesJpeg(sample.path)
                              ? decodedScaled(*dataset.source, sample, settings)
                              : dataset.source->decoded(sample, settings.colorMode, settings.orientation);
    if (!image || (image->height == settings.imageHeight && image->width == settings.imageWidth))
        return image;
    return resized(*image, settings.imageHeight, settings.imageWidth, settings.interpolation, settings.keepAspectRatio);
}

} // namespace sightline
