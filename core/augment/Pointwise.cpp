// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/Pointwise.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sightline {

std::pair<float, float> extremes(const std::vector<float>& values) {
    constexpr std::size_t kLanes = 16;
    std::array<float, kLanes> low, high;
    low.fill(values.front());
    high.fill(values.front());
    std::size_t i = 0;
    for (; i + kLanes <= values.size(); i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            low[lane] = std::min(low[lane], values[i + lane]);
            high[lane] = std::max(high[lane], values[i + lane]);
        }
    }
    for (; i < values.size(); ++i) {
        low[0] = std::min(low[0], values[i]);
        high[0] = std::max(high[0], values[i]);
    }
    return {*std::min_element(low.begin(), low.end()), *std::max_element(high.begin(), high.end())};
}

void shiftChannels(FloatImage& image, double shift) {
    const auto [least, most] = extremes(image.pixels);
    const auto delta = static_cast<float>(shift);
    for (float& value : image.pixels)
        value = std::clamp(value + delta, least, most);
}

float brightened(double factor, int value) {
    const float product = static_cast<float>(factor) * static_cast<float>(value);
    return std::clamp(std::trunc(product), 0.0f, 255.0f);
}

void changeBrightness(FloatImage& image, double factor, Semantics semantics) {
    const auto [low, most] = extremes(image.pixels);
    const float span = most - low;
    const bool stretches = semantics == Semantics::Keras28 || low < 0 || most > 255;
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

Image toBytes(const FloatImage& image) {
    Image bytes(image.height, image.width, image.channels);
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
        bytes.pixels[i] = static_cast<std::uint8_t>(std::lround(std::clamp(image.pixels[i], 0.0f, 255.0f)));
    return bytes;
}

void changeGamma(FloatImage& image, double exponent) {
    for (float& value : image.pixels)
        value = static_cast<float>(std::pow(static_cast<double>(std::max(value, 0.0f)), exponent));
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
