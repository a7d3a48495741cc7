// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/Corruption.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "augment/Color.h"
#include "augment/Geometry.h"
#include "augment/Pointwise.h"
#include "support/Random.h"

namespace sightline {

namespace {

constexpr double kGrey = 128;

FloatImage asFloats(const Image& image) {
    FloatImage floats(image.height, image.width, image.channels);
    std::copy(image.pixels.begin(), image.pixels.end(), floats.pixels.begin());
    return floats;
}

Image warped(const Image& image, const AffineMap& map) {
    return toBytes(warpedExactly(image, map, FillMode::Reflect, 0));
}

/// About the centre: `turn` degrees counter-clockwise, `scale` times as large.
AffineMap aboutCenter(const Image& image, double turn, double scale) {
    const double angle = turn * std::numbers::pi / 180, x = (image.width - 1) / 2.0, y = (image.height - 1) / 2.0;
    const double c = std::cos(angle) / scale, s = std::sin(angle) / scale;
    return {c, -s, x - c * x + s * y, s, c, y - s * x - c * y};
}

Image shifted(const Image& image, double share, std::uint64_t seed) {
    AffineMap map;
    (seed % 2 == 0 ? map.x0 : map.y0) = -std::round(share * (seed % 2 == 0 ? image.width : image.height));
    return warped(image, map);
}

/// A gray square of this share of the area, wholly inside where it fits.
void hide(FloatImage& image, double share, std::uint64_t seed) {
    const int side = static_cast<int>(std::lround(std::sqrt(share * image.height * image.width)));
    const int height = std::min(side, image.height), width = std::min(side, image.width);
    CounterRandom random(seed, RandomPurpose::Noise);
    const auto placed = [&](int room) { return static_cast<int>(random.below(static_cast<std::uint64_t>(room) + 1)); };
    const int top = placed(image.height - height), left = placed(image.width - width);
    cover(image, Window{top, left, height, width}, kGrey);
}

} // namespace

const std::vector<Corruption>& corruptions() {
    static const std::vector<Corruption> kAll = {Corruption::Rotation,   Corruption::Shift,    Corruption::Zoom,
                                                 Corruption::Brightness, Corruption::Contrast, Corruption::Blur,
                                                 Corruption::Noise,      Corruption::Jpeg,     Corruption::Occlusion};
    return kAll;
}

const char* nameOf(Corruption kind) {
    switch (kind) {
    case Corruption::Rotation:
        return "rotation";
    case Corruption::Shift:
        return "shift";
    case Corruption::Zoom:
        return "zoom";
    case Corruption::Brightness:
        return "brightness";
    case Corruption::Contrast:
        return "contrast";
    case Corruption::Blur:
        return "blur";
    case Corruption::Noise:
        return "noise";
    case Corruption::Jpeg:
        return "jpeg";
    case Corruption::Occlusion:
        break;
    }
    return "occlusion";
}

std::optional<Corruption> corruptionFromName(const std::string& name) {
    for (const Corruption kind : corruptions())
        if (name == nameOf(kind))
            return kind;
    return std::nullopt;
}

CorruptionScale scaleOf(Corruption kind) {
    switch (kind) {
    case Corruption::Rotation:
        return {"degrees", -180, 180, {0, 5, 10, 15, 20, 30, 45}};
    case Corruption::Shift:
        return {"%", -50, 50, {0, 5, 10, 15, 20, 30}};
    case Corruption::Zoom:
        return {"%", -60, 150, {0, 10, 20, 30, 40, 50}};
    case Corruption::Brightness:
        return {"%", -90, 200, {0, 10, 20, 30, 50, 70}};
    case Corruption::Contrast:
        return {"%", -100, 100, {0, 20, 40, 60, 80, 90}};
    case Corruption::Blur:
        return {"pixels", 0, 10, {0, 0.5, 1, 1.5, 2, 3}};
    case Corruption::Noise:
        return {"gray levels", 0, 120, {0, 5, 10, 20, 40, 60}};
    case Corruption::Jpeg:
        return {"%", 0, 99, {0, 20, 50, 70, 80, 90, 95}};
    case Corruption::Occlusion:
        break;
    }
    return {"%", 0, 90, {0, 5, 10, 20, 30, 50}};
}

Image corrupted(const Image& image, Corruption kind, double strength, std::uint64_t seed) {
    const CorruptionScale scale = scaleOf(kind);
    strength = std::clamp(strength, scale.least, scale.most);
    if (strength == 0 || image.empty())
        return image;
    if (kind == Corruption::Rotation)
        return warped(image, aboutCenter(image, strength, 1));
    if (kind == Corruption::Shift)
        return shifted(image, strength / 100, seed);
    if (kind == Corruption::Zoom)
        return warped(image, aboutCenter(image, 0, 1 + strength / 100));
    FloatImage floats = asFloats(image);
    if (kind == Corruption::Brightness)
        for (float& value : floats.pixels)
            value *= static_cast<float>(1 + strength / 100);
    else if (kind == Corruption::Contrast)
        changeContrast(floats, 1 - strength / 100);
    else if (kind == Corruption::Blur)
        blur(floats, strength);
    else if (kind == Corruption::Noise)
        addNoise(floats, strength, static_cast<std::uint32_t>(seed ^ (seed >> 32)));
    else if (kind == Corruption::Jpeg)
        compressAsJpeg(floats, static_cast<int>(std::lround(100 - strength)));
    else
        hide(floats, strength / 100, seed);
    return toBytes(floats);
}

} // namespace sightline
