// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstring>

#include "data/Dataset.h"
#include "support/Luminance.h"

namespace sightline {

namespace {

/// Keras' keep_aspect_ratio: the largest centred box of the target's aspect (SPEC 1.9).
Image croppedToAspect(const Image& image, int height, int width) {
    const int boxHeight =
        std::min<int>(image.height, static_cast<int>(static_cast<std::int64_t>(image.width) * height / width));
    const int boxWidth =
        std::min<int>(image.width, static_cast<int>(static_cast<std::int64_t>(image.height) * width / height));
    Image box(std::max(1, boxHeight), std::max(1, boxWidth), image.channels);
    const int top = (image.height - box.height) / 2;
    const int left = (image.width - box.width) / 2;
    for (int y = 0; y < box.height; ++y)
        std::memcpy(box.row(y), image.row(top + y) + left * image.channels, box.rowBytes());
    return box;
}

/// Where a line beyond its end reads: c b | a b c | b a ... (the edge itself is not repeated).
int mirrored(int at, int extent) {
    if (extent == 1)
        return 0;
    const int period = 2 * (extent - 1);
    at = ((at % period) + period) % period;
    return at < extent ? at : period - at;
}

/// The image in the middle of a larger one; halves are rounded to even, as Python does in ImageOps.pad.
Image framed(const Image& image, int height, int width, const PadSettings& pad) {
    Image out(height, width, image.channels);
    const int top = static_cast<int>(std::nearbyint((height - image.height) * 0.5));
    const int left = static_cast<int>(std::nearbyint((width - image.width) * 0.5));
    const std::uint8_t grey = luminance(pad.colour[0], pad.colour[1], pad.colour[2]);
    const auto channels = static_cast<std::size_t>(image.channels);
    for (int y = 0; y < height; ++y) {
        const bool inside = y >= top && y < top + image.height;
        const std::uint8_t* source = image.row(mirrored(y - top, image.height));
        std::uint8_t* target = out.row(y);
        for (int x = 0; x < width; ++x, target += channels) {
            if (pad.mirror || (inside && x >= left && x < left + image.width))
                std::memcpy(target, source + static_cast<std::size_t>(mirrored(x - left, image.width)) * channels,
                            channels);
            else
                for (std::size_t c = 0; c < channels; ++c)
                    target[c] = channels >= 3 && c < 3 ? pad.colour[c] : grey;
        }
    }
    return out;
}

/// The largest size of the image's own shape inside the target: Pillow's ImageOps.contain.
std::pair<int, int> contained(const Image& image, int height, int width) {
    const double own = static_cast<double>(image.width) / image.height, wanted = static_cast<double>(width) / height;
    int h = height, w = width;
    if (own > wanted)
        h = static_cast<int>(std::nearbyint(static_cast<double>(image.height) / image.width * width));
    else if (own < wanted)
        w = static_cast<int>(std::nearbyint(static_cast<double>(image.width) / image.height * height));
    return {std::max(1, h), std::max(1, w)};
}

} // namespace

Image fitted(Image image, const DataSettings& settings) {
    const int height = settings.imageHeight, width = settings.imageWidth;
    if (image.height == height && image.width == width)
        return image;
    switch (settings.fit) {
    case Fit::Crop:
        return resized(croppedToAspect(image, height, width), height, width, settings.interpolation);
    case Fit::Pad: {
        const auto [h, w] = contained(image, height, width);
        return framed(resized(image, h, w, settings.interpolation), height, width, settings.pad);
    }
    case Fit::Stretch:
        break;
    }
    return resized(image, height, width, settings.interpolation);
}

Image fittedShape(const Image& image, const DataSettings& settings) {
    if (settings.fit == Fit::Stretch || image.empty())
        return image;
    if (settings.fit == Fit::Crop)
        return croppedToAspect(image, settings.imageHeight, settings.imageWidth);
    constexpr double kMostPixels = 1 << 26; // a line of 100,000 pixels in a square is none to be shown at its own size
    const double shape = static_cast<double>(settings.imageWidth) / settings.imageHeight;
    const double height = std::max<double>(image.height, std::nearbyint(image.width / shape));
    const double width = std::max<double>(image.width, std::nearbyint(image.height * shape));
    if (height * width > kMostPixels)
        return fitted(image, settings);
    return framed(image, static_cast<int>(height), static_cast<int>(width), settings.pad);
}

} // namespace sightline
