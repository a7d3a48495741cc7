// SPDX-License-Identifier: GPL-3.0-or-later
#include <opencv2/imgcodecs.hpp>

#include <algorithm>
#include <cctype>

#include "data/Dataset.h"
#include "data/FileKind.h"
#include "data/ImageCodecs.h"
#include "data/JpegDecoder.h"
#include "data/Png.h"
#include "data/Raster.h"
#include "support/Files.h"
#include "support/Luminance.h"

namespace sightline {

namespace {

/// A JPEG has three channels or one, all of 8 bits, and no transparency: no need of a Raster.
Result<Image> decodedJpeg(const std::uint8_t* bytes, std::size_t size, const std::string& name,
                          const PixelSettings& pixels, LeastSize least = {}) {
    int tag = 1;
    Result<Image> image = decodeJpeg(bytes, size, name, tag, least);
    if (!image)
        return image;
    if (pixels.orientation == Orientation::Apply)
        image = upright(std::move(*image), tag);
    return chosenChannels(std::move(*image), pixels.channels, name);
}

} // namespace

Result<Image> chosenChannels(Image image, const ChannelSettings& channels, const std::string& name) {
    if (channels.kind != ChannelSettings::Kind::Chosen)
        return withChannels(std::move(image), channels.count());
    Raster raster;
    raster.height = image.height;
    raster.width = image.width;
    raster.channels = image.channels;
    raster.bytes = std::move(image.pixels);
    PixelSettings pixels;
    pixels.channels = channels;
    return imageFrom(std::move(raster), pixels, name);
}

Result<Image> decodeImageScaled(const std::uint8_t* bytes, std::size_t size, const std::string& name,
                                const DataSettings& settings) {
    if (!looksLikeJpeg(bytes, size) || settings.pixels.page > 0)
        return decodeImage(bytes, size, name, settings.pixels);
    return decodedJpeg(bytes, size, name, settings.pixels, {settings.imageHeight, settings.imageWidth});
}

Result<Image> decodeImage(const std::uint8_t* bytes, std::size_t size, const std::string& name,
                          const PixelSettings& pixels) {
    if (looksLikeJpeg(bytes, size) && pixels.page == 0)
        return decodedJpeg(bytes, size, name, pixels);
    Result<Raster> raster = decodeRaster(bytes, size, name, pixels.page, pixels.orientation == Orientation::Ignore);
    if (!raster)
        return raster.error();
    return imageFrom(std::move(*raster), pixels, name);
}

Result<Image> readImage(const std::filesystem::path& file, const PixelSettings& pixels) {
    const Result<std::string> bytes = readFile(file, std::uintmax_t{1} << 30);
    if (!bytes)
        return bytes.error();
    return decodeImage(reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size(), file.string(), pixels);
}

Result<std::vector<std::uint8_t>> encodedPng(const Image& given, const std::string& name) {
    const Image image = given.channels == 1 ? given : withChannels(given, 3);
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
            return Error{"Encoding " + name + " as PNG failed."};
    } catch (const cv::Exception&) {
        return Error{"Encoding " + name + " as PNG failed."};
    }
    return encoded;
}

Result<void> writePng(const std::filesystem::path& file, const Image& image) {
    const auto encoded = encodedPng(image, file.string());
    if (!encoded)
        return encoded.error();
    return writeFileAtomically(file, {reinterpret_cast<const char*>(encoded->data()), encoded->size()});
}

Result<Image> ImageSource::decoded(const Sample& sample, const PixelSettings& pixels) const {
    const Result<std::vector<std::uint8_t>> raw = bytes(sample);
    if (!raw)
        return raw.error();
    return decodeImage(raw->data(), raw->size(), sample.path, pixels);
}

Image withChannels(Image image, int wanted) {
    if (image.channels == wanted)
        return image;
    Image converted(image.height, image.width, wanted);
    const auto step = static_cast<std::size_t>(image.channels);
    const std::uint8_t* pixel = image.pixels.data();
    for (std::size_t i = 0; i < image.pixels.size() / step; ++i, pixel += step) {
        if (wanted == 1)
            converted.pixels[i] = step >= 3 ? luminance(pixel[0], pixel[1], pixel[2]) : pixel[0];
        else if (step >= 3)
            std::copy_n(pixel, 3, converted.pixels.data() + 3 * i);
        else
            std::fill_n(converted.pixels.data() + 3 * i, 3, pixel[0]);
    }
    return converted;
}

PixelSettings Dataset::resolved(PixelSettings asked) const {
    if (asked.depth.kind == DepthSettings::Kind::Auto)
        asked.depth = depth;
    return asked;
}

Result<Image> shownImage(const Dataset& dataset, const Sample& sample) {
    PixelSettings pixels = dataset.resolved(dataset.pixels);
    pixels.orientation = Orientation::Apply;
    if (pixels.channels.kind != ChannelSettings::Kind::Chosen)
        pixels.channels = ChannelSettings::rgb();
    Result<Image> image = dataset.source->decoded(sample, pixels);
    return image ? Result<Image>(withChannels(std::move(*image), 3)) : image;
}

namespace {

bool namesJpeg(const std::string& path) {
    std::string extension = std::filesystem::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension == ".jpg" || extension == ".jpeg" || extension == ".jpe" || extension == ".jfif";
}

Result<Image> decodedScaled(const Dataset& dataset, const Sample& sample, DataSettings settings) {
    const Result<std::vector<std::uint8_t>> raw = dataset.source->bytes(sample);
    if (!raw)
        return raw.error();
    settings.pixels = dataset.resolved(settings.pixels);
    return decodeImageScaled(raw->data(), raw->size(), sample.path, settings);
}

} // namespace

Result<Image> loadSample(const Dataset& dataset, const Sample& sample, const DataSettings& settings) {
    Result<Image> image = settings.decoding == Decoding::Scaled && namesJpeg(sample.path)
                              ? decodedScaled(dataset, sample, settings)
                              : dataset.source->decoded(sample, dataset.resolved(settings.pixels));
    return image ? Result<Image>(fitted(std::move(*image), settings)) : image;
}

} // namespace sightline
