// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/Pointwise.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace sightline {

void shiftChannels(FloatImage& image, double shift) {
    const auto [low, high] = std::minmax_element(image.pixels.begin(), image.pixels.end());
    const float least = *low, most = *high;
    const auto delta = static_cast<float>(shift);
    for (float& value : image.pixels)
        value = std::clamp(value + delta, least, most);
}

float brightened(double factor, int value) {
    const float product = static_cast<float>(factor) * static_cast<float>(value);
    return std::min(255.0f, std::trunc(product));
}

void changeBrightness(FloatImage& image, double factor, Semantics semantics) {
    const auto [least, most] = std::minmax_element(image.pixels.begin(), image.pixels.end());
    const float low = *least;
    const float span = *most - low;
    const bool stretches = semantics == Semantics::Keras28 || low < 0 || *most > 255;
    if (stretches) {
        for (float& value : image.pixels)
            value = span != 0 ? (value - low) / span * 255.0f : value - low;
    }
    for (float& value : image.pixels)
        value = brightened(factor, static_cast<std::uint8_t>(std::clamp(value, 0.0f, 255.0f)));
    if (stretches && semantics != Semantics::Keras28) {
        for (float& value : image.pixels)
            value = value / 255.0f * span + low;
    }
}

void changeGamma(FloatImage& image, double exponent) {
    for (float& value : image.pixels)
        value = static_cast<float>(std::pow(static_cast<double>(std::max(value, 0.0f)), exponent));
}

void occlude(FloatImage& image, const Drawn::Box& box, int size) {
    const int top = std::clamp(box.top, 0, image.height), bottom = std::clamp(box.top + size, 0, image.height);
    const int left = std::clamp(box.left, 0, image.width), right = std::clamp(box.left + size, 0, image.width);
    for (int y = top; y < bottom; ++y)
        std::fill(image.row(y) + left * image.channels, image.row(y) + right * image.channels, static_cast<float>(box.value));
}

FloatImage cropped(const FloatImage& image, int top, int left, int height, int width) {
    top = std::clamp(top, 0, image.height - height);
    left = std::clamp(left, 0, image.width - width);
    FloatImage out(height, width, image.channels);
    for (int y = 0; y < height; ++y)
        std::memcpy(out.row(y), image.row(top + y) + left * image.channels, out.rowSize() * sizeof(float));
    return out;
}

void changeContrast(FloatImage& image, double factor) {
    const auto channels = static_cast<std::size_t>(image.channels);
    const std::size_t count = image.pixels.size() / channels;
    for (std::size_t c = 0; c < channels; ++c) {
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i)
            sum += static_cast<double>(image.pixels[i * channels + c]);
        const double mean = sum / static_cast<double>(count);
        for (std::size_t i = 0; i < count; ++i) {
            float& value = image.pixels[i * channels + c];
            value = static_cast<float>(std::clamp((static_cast<double>(value) - mean) * factor + mean, 0.0, 255.0));
        }
    }
}

} // namespace sightline
