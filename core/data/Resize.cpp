// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

#include "data/Dataset.h"

namespace sightline {

namespace {

/// Pillow's resampling weights are 22-bit fixed point (SPEC 1.9).
constexpr int kPrecisionBits = 22;

double sinc(double x) { return x == 0 ? 1.0 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); }

struct Filter {
    double support;
    double (*weight)(double);
};

Filter filterFor(Interpolation interpolation) {
    switch (interpolation) {
    case Interpolation::Box:
        return {0.5, [](double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }};
    case Interpolation::Hamming:
        return {1.0, [](double x) {
                    x = std::abs(x);
                    if (x == 0)
                        return 1.0;
                    return x >= 1 ? 0.0 : sinc(x) * (0.54 + 0.46 * std::cos(std::numbers::pi * x));
                }};
    case Interpolation::Bicubic:
        return {2.0, [](double x) {
                    constexpr double a = -0.5;
                    x = std::abs(x);
                    if (x < 1)
                        return ((a + 2) * x - (a + 3)) * x * x + 1;
                    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
                }};
    case Interpolation::Lanczos:
        return {3.0, [](double x) { return x > -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0.0; }};
    case Interpolation::Nearest:
    case Interpolation::Bilinear:
        break;
    }
    return {1.0, [](double x) {
                x = std::abs(x);
                return x < 1 ? 1 - x : 0.0;
            }};
}

/// Taps of every output position along one axis.
struct Taps {
    struct Span {
        int first, count;
        std::size_t weights; ///< offset into `weights`
    };
    std::vector<Span> spans;
    std::vector<std::int32_t> weights;
};

Taps tapsFor(int source, int target, const Filter& filter) {
    const double scale = static_cast<double>(source) / target;
    const double filterScale = std::max(scale, 1.0);
    const double support = filter.support * filterScale;
    Taps taps;
    std::vector<double> weights;
    for (int i = 0; i < target; ++i) {
        const double center = (i + 0.5) * scale;
        const int first = std::max(0, static_cast<int>(center - support + 0.5));
        const int last = std::min(source, static_cast<int>(center + support + 0.5));
        weights.clear();
        double sum = 0;
        for (int k = first; k < last; ++k) {
            weights.push_back(filter.weight((k - center + 0.5) / filterScale));
            sum += weights.back();
        }
        taps.spans.push_back({first, last - first, taps.weights.size()});
        for (const double weight : weights) {
            const double fixed = (sum != 0 ? weight / sum : weight) * (1 << kPrecisionBits);
            taps.weights.push_back(static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
        }
    }
    return taps;
}

std::uint8_t clipped(std::int64_t sum) { return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> kPrecisionBits, 0, 255)); }

Image resampledColumns(const Image& image, int width, const Filter& filter) {
    const Taps taps = tapsFor(image.width, width, filter);
    Image out(image.height, width, image.channels);
    for (int y = 0; y < image.height; ++y) {
        std::uint8_t* target = out.row(y);
        for (const Taps::Span& span : taps.spans) {
            const std::uint8_t* source = image.row(y) + span.first * image.channels;
            for (int c = 0; c < image.channels; ++c) {
                std::int64_t sum = 1 << (kPrecisionBits - 1);
                for (int k = 0; k < span.count; ++k)
                    sum += static_cast<std::int64_t>(source[k * image.channels + c]) * taps.weights[span.weights + static_cast<std::size_t>(k)];
                *target++ = clipped(sum);
            }
        }
    }
    return out;
}

Image resampledRows(const Image& image, int height, const Filter& filter) {
    const Taps taps = tapsFor(image.height, height, filter);
    Image out(height, image.width, image.channels);
    const std::size_t rowBytes = image.rowBytes();
    std::vector<std::int64_t> sums(rowBytes);
    for (int y = 0; y < height; ++y) {
        const Taps::Span& span = taps.spans[static_cast<std::size_t>(y)];
        std::fill(sums.begin(), sums.end(), 1 << (kPrecisionBits - 1));
        for (int k = 0; k < span.count; ++k) {
            const std::uint8_t* source = image.row(span.first + k);
            const std::int64_t weight = taps.weights[span.weights + static_cast<std::size_t>(k)];
            for (std::size_t x = 0; x < rowBytes; ++x)
                sums[x] += source[x] * weight;
        }
        std::uint8_t* target = out.row(y);
        for (std::size_t x = 0; x < rowBytes; ++x)
            target[x] = clipped(sums[x]);
    }
    return out;
}

/// Pillow's nearest table: a position that grows by repeated addition (SPEC 1.9).
std::vector<int> nearestTable(int source, int target) {
    const double step = static_cast<double>(source) / target;
    std::vector<int> table(static_cast<std::size_t>(target));
    double position = step * 0.5;
    for (int& index : table) {
        index = std::min(static_cast<int>(position), source - 1);
        position += step;
    }
    return table;
}

Image nearest(const Image& image, int height, int width) {
    const std::vector<int> rows = nearestTable(image.height, height);
    const std::vector<int> columns = nearestTable(image.width, width);
    Image out(height, width, image.channels);
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* source = image.row(rows[static_cast<std::size_t>(y)]);
        std::uint8_t* target = out.row(y);
        for (const int column : columns) {
            std::memcpy(target, source + column * image.channels, static_cast<std::size_t>(image.channels));
            target += image.channels;
        }
    }
    return out;
}

/// Keras' keep_aspect_ratio: the largest centred box of the target's aspect (SPEC 1.9).
Image croppedToAspect(const Image& image, int height, int width) {
    const int boxHeight = std::min<int>(image.height, static_cast<int>(static_cast<std::int64_t>(image.width) * height / width));
    const int boxWidth = std::min<int>(image.width, static_cast<int>(static_cast<std::int64_t>(image.height) * width / height));
    Image box(std::max(1, boxHeight), std::max(1, boxWidth), image.channels);
    const int top = (image.height - box.height) / 2;
    const int left = (image.width - box.width) / 2;
    for (int y = 0; y < box.height; ++y)
        std::memcpy(box.row(y), image.row(top + y) + left * image.channels, box.rowBytes());
    return box;
}

} // namespace

Image resized(const Image& image, int height, int width, Interpolation interpolation, bool keepAspectRatio) {
    if (image.height == height && image.width == width)
        return image;
    if (keepAspectRatio)
        return resized(croppedToAspect(image, height, width), height, width, interpolation);
    if (interpolation == Interpolation::Nearest)
        return nearest(image, height, width);
    const Filter filter = filterFor(interpolation);
    Image columns = image.width == width ? image : resampledColumns(image, width, filter);
    return image.height == height ? columns : resampledRows(columns, height, filter);
}

} // namespace sightline
