// SPDX-License-Identifier: GPL-3.0-or-later
#include "look/Picture.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "data/Dataset.h"

namespace sightline::ui {

QImage toQImage(const Image& image) {
    if (image.empty())
        return {};
    if (image.channels != 1 && image.channels != 3)
        return toQImage(withChannels(image, 3)); // the first three of many
    QImage result(image.width, image.height, image.channels == 1 ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
    for (int y = 0; y < image.height; ++y)
        std::memcpy(result.scanLine(y), image.row(y), image.rowBytes());
    return result;
}

QImage toQImage(const FloatImage& image) {
    Image bytes(image.height, image.width, image.channels);
    std::transform(image.pixels.begin(), image.pixels.end(), bytes.pixels.begin(),
                   [](float value) { return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L)); });
    return toQImage(bytes);
}

} // namespace sightline::ui
