// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/Augment.h"

#include <algorithm>
#include <cmath>

#include "augment/Color.h"
#include "augment/Geometry.h"
#include "augment/Pointwise.h"
#include "augment/Policies.h"

namespace sightline {

namespace {

FloatImage asFloats(const Image& image) {
    FloatImage out(image.height, image.width, image.channels);
    std::copy(image.pixels.begin(), image.pixels.end(), out.pixels.begin());
    return out;
}

void flip(FloatImage& image, bool horizontally, bool vertically) {
    const int channels = image.channels;
    if (horizontally) {
        for (int y = 0; y < image.height; ++y) {
            for (int x = 0; x < image.width / 2; ++x)
                std::swap_ranges(image.row(y) + x * channels, image.row(y) + (x + 1) * channels,
                                 image.row(y) + (image.width - 1 - x) * channels);
        }
    }
    if (vertically) {
        for (int y = 0; y < image.height / 2; ++y)
            std::swap_ranges(image.row(y), image.row(y) + image.rowSize(), image.row(image.height - 1 - y));
    }
}

void applyQuality(FloatImage& image, const AugmentationSettings& settings, const Drawn& drawn) {
    if (!drawn.policy.empty()) {
        Image bytes = toBytes(image);
        for (const PolicyStep& step : drawn.policy)
            bytes = applied(step, bytes, settings.fillMode, settings.cval);
        image = asFloats(bytes);
    }
    if (drawn.saturation)
        changeSaturation(image, *drawn.saturation);
    if (drawn.hue)
        turnHue(image, *drawn.hue);
    if (drawn.blur)
        blur(image, *drawn.blur);
    if (drawn.noise)
        addNoise(image, drawn.noise->deviation, drawn.noise->seed);
    if (drawn.jpegQuality)
        compressAsJpeg(image, *drawn.jpegQuality);
}

} // namespace

bool hasLaterSteps(const Drawn& drawn) {
    return !drawn.policy.empty() || drawn.saturation || drawn.hue || drawn.blur || drawn.noise || drawn.jpegQuality ||
           !drawn.cutout.empty();
}

FloatImage applyExactly(const AugmentationSettings& settings, const Drawn& drawn, const Image& original) {
    const Image part = drawn.resizedCrop ? resizedPart(original, *drawn.resizedCrop) : Image();
    const Image& image = drawn.resizedCrop ? part : original;
    const AffineMap map = affineMap(drawn, image.height, image.width, settings.semantics);
    return stepsAfterWarp(settings, drawn,
                          map.isIdentity() ? asFloats(image)
                                           : warpedExactly(image, map, settings.fillMode, settings.cval));
}

FloatImage stepsAfterWarp(const AugmentationSettings& settings, const Drawn& drawn, FloatImage out) {
    if (drawn.channelShift)
        shiftChannels(out, *drawn.channelShift);
    flip(out, drawn.flipHorizontal, drawn.flipVertical);
    if (drawn.brightness)
        changeBrightness(out, *drawn.brightness, settings.semantics);
    if (hasLaterSteps(drawn))
        applyQuality(out, settings, drawn);
    if (drawn.gamma)
        changeGamma(out, *drawn.gamma);
    if (drawn.occlusion) {
        const int side = settings.occlusion ? settings.occlusion->size : OcclusionSettings{}.size;
        cover(out, {drawn.occlusion->top, drawn.occlusion->left, side, side}, drawn.occlusion->value);
    }
    for (const Drawn::Hole& hole : drawn.cutout)
        cover(out, hole.window, hole.value);
    if (drawn.crop) {
        const auto size = outputSize(settings, out.height, out.width);
        out = cropped(out, (*drawn.crop)[0], (*drawn.crop)[1], size[0], size[1]);
    }
    if (drawn.contrast)
        changeContrast(out, *drawn.contrast);
    return out;
}

FloatImage atInference(const AugmentationSettings& settings, const Image& image) {
    const auto size = outputSize(settings, image.height, image.width);
    if (size[0] == image.height && size[1] == image.width)
        return asFloats(image);
    // Bilinear without antialiasing, half-pixel centres: an affine map with clamped edges.
    FloatImage out(size[0], size[1], image.channels);
    const double stepY = static_cast<double>(image.height) / size[0],
                 stepX = static_cast<double>(image.width) / size[1];
    for (int y = 0; y < out.height; ++y) {
        for (int x = 0; x < out.width; ++x) {
            const double sy = std::clamp((y + 0.5) * stepY - 0.5, 0.0, image.height - 1.0);
            const double sx = std::clamp((x + 0.5) * stepX - 0.5, 0.0, image.width - 1.0);
            const int top = static_cast<int>(sy), left = static_cast<int>(sx);
            const int bottom = std::min(top + 1, image.height - 1), right = std::min(left + 1, image.width - 1);
            for (int c = 0; c < image.channels; ++c) {
                const auto at = [&](int row, int column) {
                    return static_cast<double>(image.row(row)[column * image.channels + c]);
                };
                const double above = at(top, left) + (sx - left) * (at(top, right) - at(top, left));
                const double below = at(bottom, left) + (sx - left) * (at(bottom, right) - at(bottom, left));
                out.row(y)[x * image.channels + c] = static_cast<float>(above + (sy - top) * (below - above));
            }
        }
    }
    return out;
}

} // namespace sightline
