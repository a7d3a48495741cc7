// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstring>

#include "augment/Pointwise.h"

namespace sightline {

void cover(FloatImage& image, const Window& window, double value) {
    const int top = std::clamp(window.top, 0, image.height),
              bottom = std::clamp(window.top + window.height, top, image.height);
    const int left = std::clamp(window.left, 0, image.width),
              right = std::clamp(window.left + window.width, left, image.width);
    for (int y = top; y < bottom; ++y)
        std::fill(image.row(y) + left * image.channels, image.row(y) + right * image.channels,
                  static_cast<float>(value));
}

FloatImage cropped(const FloatImage& image, int top, int left, int height, int width) {
    top = std::clamp(top, 0, image.height - height);
    left = std::clamp(left, 0, image.width - width);
    FloatImage out(height, width, image.channels);
    for (int y = 0; y < height; ++y)
        std::memcpy(out.row(y), image.row(top + y) + left * image.channels, out.rowSize() * sizeof(float));
    return out;
}

Image resizedPart(const Image& image, const Window& window) {
    const int top = std::clamp(window.top, 0, image.height - 1), left = std::clamp(window.left, 0, image.width - 1);
    Image part(std::clamp(window.height, 1, image.height - top), std::clamp(window.width, 1, image.width - left),
               image.channels);
    for (int y = 0; y < part.height; ++y)
        std::memcpy(part.row(y), image.row(top + y) + left * image.channels, part.rowBytes());
    return resized(part, image.height, image.width, Interpolation::Bilinear);
}

} // namespace sightline
