// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sightline {

/// An image of bytes: height x width x channels (1 grey, 3 RGB), rows without padding.
struct Image {
    int height = 0;
    int width = 0;
    int channels = 3;
    std::vector<std::uint8_t> pixels;

    Image() = default;
    Image(int h, int w, int c)
        : height(h), width(w), channels(c),
          pixels(static_cast<std::size_t>(h) * static_cast<std::size_t>(w) * static_cast<std::size_t>(c)) {}

    bool empty() const { return pixels.empty(); }
    std::size_t rowBytes() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(channels); }
    std::uint8_t* row(int y) { return pixels.data() + static_cast<std::size_t>(y) * rowBytes(); }
    const std::uint8_t* row(int y) const { return pixels.data() + static_cast<std::size_t>(y) * rowBytes(); }

    bool operator==(const Image&) const = default;
};

/// The same with floats, usually on the 0...255 scale.
struct FloatImage {
    int height = 0;
    int width = 0;
    int channels = 3;
    std::vector<float> pixels;

    FloatImage() = default;
    FloatImage(int h, int w, int c)
        : height(h), width(w), channels(c),
          pixels(static_cast<std::size_t>(h) * static_cast<std::size_t>(w) * static_cast<std::size_t>(c)) {}

    bool empty() const { return pixels.empty(); }
    std::size_t rowSize() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(channels); }
    float* row(int y) { return pixels.data() + static_cast<std::size_t>(y) * rowSize(); }
    const float* row(int y) const { return pixels.data() + static_cast<std::size_t>(y) * rowSize(); }

    bool operator==(const FloatImage&) const = default;
};

} // namespace sightline
