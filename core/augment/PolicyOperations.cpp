// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "augment/Geometry.h"
#include "augment/Pointwise.h"
#include "augment/Policies.h"
#include "support/Luminance.h"

namespace sightline {

namespace {

using Table = std::array<std::uint8_t, 256>;

/// Each channel through a table made from its own histogram.
template <typename MakeTable>
Image throughTables(const Image& image, MakeTable&& makeTable) {
    Image out = image;
    const auto channels = static_cast<std::size_t>(image.channels);
    for (std::size_t c = 0; c < channels; ++c) {
        std::array<std::int64_t, 256> histogram{};
        for (std::size_t i = c; i < image.pixels.size(); i += channels)
            ++histogram[image.pixels[i]];
        const Table table = makeTable(histogram);
        for (std::size_t i = c; i < image.pixels.size(); i += channels)
            out.pixels[i] = table[image.pixels[i]];
    }
    return out;
}

Table identity() {
    Table table{};
    std::iota(table.begin(), table.end(), std::uint8_t{0});
    return table;
}

/// Pillow's ImageOps.autocontrast without cutoff.
Table autoContrast(const std::array<std::int64_t, 256>& histogram) {
    const auto used = [](std::int64_t count) { return count > 0; };
    const auto low = std::find_if(histogram.begin(), histogram.end(), used) - histogram.begin();
    const auto high = histogram.rend() - std::find_if(histogram.rbegin(), histogram.rend(), used) - 1;
    Table table = identity();
    if (high <= low)
        return table;
    const double scale = 255.0 / static_cast<double>(high - low), offset = static_cast<double>(-low) * scale;
    for (std::size_t value = 0; value < 256; ++value)
        table[value] = static_cast<std::uint8_t>(std::clamp(static_cast<double>(value) * scale + offset, 0.0, 255.0));
    return table;
}

/// Pillow's ImageOps.equalize.
Table equalized(const std::array<std::int64_t, 256>& histogram) {
    const std::int64_t total = std::accumulate(histogram.begin(), histogram.end(), std::int64_t{0});
    const auto last = std::find_if(histogram.rbegin(), histogram.rend(), [](std::int64_t count) { return count > 0; });
    const std::int64_t step = (total - *last) / 255;
    Table table = identity();
    if (step == 0)
        return table;
    std::int64_t sum = step / 2;
    for (std::size_t value = 0; value < 256; ++value) {
        table[value] = static_cast<std::uint8_t>(std::min<std::int64_t>(255, sum / step));
        sum += histogram[value];
    }
    return table;
}

/// Pillow's Image.blend: from `base` (factor 0) past `image` (factor 1), cut to 0...255.
std::uint8_t blended(int base, int value, float factor) {
    const float mixed = static_cast<float>(base) + factor * static_cast<float>(value - base);
    return static_cast<std::uint8_t>(std::clamp(mixed, 0.0f, 255.0f));
}

Image enhanced(const Image& image, const Image& base, double factor) {
    Image out = image;
    for (std::size_t i = 0; i < out.pixels.size(); ++i)
        out.pixels[i] = blended(base.pixels[i], image.pixels[i], static_cast<float>(factor));
    return out;
}

Image constantLike(const Image& image, std::uint8_t value) {
    Image out = image;
    std::fill(out.pixels.begin(), out.pixels.end(), value);
    return out;
}

Image greyLike(const Image& image) {
    Image out = image;
    for (std::size_t i = 0; image.channels == 3 && i < image.pixels.size(); i += 3)
        std::fill_n(out.pixels.data() + i, 3, luminance(image.pixels[i], image.pixels[i + 1], image.pixels[i + 2]));
    return out;
}

Image meanGreyLike(const Image& image) {
    const Image grey = greyLike(image);
    const double sum = std::accumulate(grey.pixels.begin(), grey.pixels.end(), 0.0);
    return constantLike(image, static_cast<std::uint8_t>(sum / static_cast<double>(grey.pixels.size()) + 0.5));
}

/// Pillow's SMOOTH: a mean of 3 x 3 whose middle counts five times; the border stays.
Image smoothed(const Image& image) {
    Image out = image;
    const int channels = image.channels;
    for (int y = 1; y + 1 < image.height; ++y) {
        for (int x = channels; x < (image.width - 1) * channels; ++x) {
            int sum = 4 * image.row(y)[x];
            for (int dy = -1; dy <= 1; ++dy)
                sum += image.row(y + dy)[x - channels] + image.row(y + dy)[x] + image.row(y + dy)[x + channels];
            out.row(y)[x] = static_cast<std::uint8_t>((2 * sum + 13) / 26);
        }
    }
    return out;
}

Image solarized(Image image, double threshold) {
    for (std::uint8_t& value : image.pixels)
        value = value < threshold ? value : static_cast<std::uint8_t>(255 - value);
    return image;
}

Image posterized(Image image, double bits) {
    const auto mask = static_cast<std::uint8_t>(~((1 << (8 - static_cast<int>(std::clamp(bits, 0.0, 8.0)))) - 1));
    for (std::uint8_t& value : image.pixels)
        value &= mask;
    return image;
}

/// Shears and shifts lean on the corner of the image, as in the papers' code; turns are about its centre.
AffineMap mapFor(const PolicyStep& step, const Image& image) {
    AffineMap map;
    if (step.operation == "shear-x")
        map.xy = step.strength, map.x0 = step.strength / 2;
    else if (step.operation == "shear-y")
        map.yx = step.strength, map.y0 = step.strength / 2;
    else if (step.operation == "translate-x")
        map.x0 = step.strength;
    else if (step.operation == "translate-y")
        map.y0 = step.strength;
    else if (step.operation == "rotate") {
        Drawn turn;
        turn.theta = step.strength;
        map = affineMap(turn, image.height, image.width, Semantics::Documented);
    }
    return map;
}

} // namespace

Image applied(const PolicyStep& step, const Image& image, FillMode fill, double cval) {
    const std::string& name = step.operation;
    if (name == "brightness")
        return enhanced(image, constantLike(image, 0), step.strength);
    if (name == "color")
        return enhanced(image, greyLike(image), step.strength);
    if (name == "contrast")
        return enhanced(image, meanGreyLike(image), step.strength);
    if (name == "sharpness")
        return enhanced(image, smoothed(image), step.strength);
    if (name == "posterize")
        return posterized(image, step.strength);
    if (name == "solarize")
        return solarized(image, step.strength);
    if (name == "auto-contrast")
        return throughTables(image, autoContrast);
    if (name == "equalize")
        return throughTables(image, equalized);
    const AffineMap map = mapFor(step, image);
    return map.isIdentity() ? image : toBytes(warpedExactly(image, map, fill, cval));
}

} // namespace sightline
