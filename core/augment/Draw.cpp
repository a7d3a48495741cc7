// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "augment/Augment.h"
#include "augment/Policies.h"
#include "support/Random.h"

namespace sightline {

namespace {

/// Keras' three forms (SPEC 1.3), in pixels.
double drawShift(const ShiftRange& range, int size, CounterRandom& random) {
    switch (range.form) {
    case ShiftRange::Form::Float: {
        const double shift = random.uniform(-range.values[0], range.values[0]);
        return range.values[0] < 1 ? shift * size : shift;
    }
    case ShiftRange::Form::Int: {
        const auto shift = static_cast<double>(random.below(static_cast<std::uint64_t>(range.values[0])));
        return random.uniform() < 0.5 ? -shift : shift;
    }
    case ShiftRange::Form::List:
        break;
    }
    double shift = range.values[random.below(range.values.size())];
    if (random.uniform() < 0.5)
        shift = -shift;
    return *std::max_element(range.values.begin(), range.values.end()) < 1 ? shift * size : shift;
}

/// A part by area and aspect; after ten misses the largest part in the middle whose aspect is allowed.
Window drawWindow(const ResizedCropSettings& crop, int height, int width, CounterRandom& random) {
    for (int attempt = 0; attempt < 10; ++attempt) {
        const double area = random.uniform(crop.scale.low, crop.scale.high) * height * width;
        const double ratio = std::exp(random.uniform(std::log(crop.ratio.low), std::log(crop.ratio.high)));
        const long w = std::lround(std::sqrt(area * ratio)), h = std::lround(std::sqrt(area / ratio));
        if (w < 1 || h < 1 || w > width || h > height)
            continue;
        Window window{0, 0, static_cast<int>(h), static_cast<int>(w)};
        window.top = static_cast<int>(random.below(static_cast<std::uint64_t>(height - h + 1)));
        window.left = static_cast<int>(random.below(static_cast<std::uint64_t>(width - w + 1)));
        return window;
    }
    const double ratio = std::clamp(static_cast<double>(width) / height, crop.ratio.low, crop.ratio.high);
    Window window;
    window.width = std::clamp(static_cast<int>(std::lround(std::min<double>(width, height * ratio))), 1, width);
    window.height = std::clamp(static_cast<int>(std::lround(std::min<double>(height, width / ratio))), 1, height);
    window.top = (height - window.height) / 2;
    window.left = (width - window.width) / 2;
    return window;
}

Drawn::Hole drawHole(const CutoutSettings& cutout, int height, int width, CounterRandom& random) {
    const int top = static_cast<int>(random.below(static_cast<std::uint64_t>(height))) - cutout.size / 2;
    const int left = static_cast<int>(random.below(static_cast<std::uint64_t>(width))) - cutout.size / 2;
    Drawn::Hole hole;
    hole.window.top = std::max(0, top);
    hole.window.left = std::max(0, left);
    hole.window.height = std::min(height, top + cutout.size) - hole.window.top;
    hole.window.width = std::min(width, left + cutout.size) - hole.window.left;
    hole.value = cutout.value;
    return hole;
}

/// The steps beyond Keras and the texts. They draw after all others, so that those keep their values whatever is on
/// here.
void drawLater(Drawn& drawn, const AugmentationSettings& settings, int height, int width, CounterRandom& random) {
    if (settings.randomResizedCrop)
        drawn.resizedCrop = drawWindow(*settings.randomResizedCrop, height, width, random);
    if (settings.policy)
        drawn.policy = drawPolicy(*settings.policy, width, height, random);
    if (const auto& range = settings.saturationRange)
        drawn.saturation = random.uniform(range->low, range->high);
    if (settings.hueRange != 0)
        drawn.hue = random.uniform(-settings.hueRange, settings.hueRange);
    if (const auto& range = settings.blurSigma)
        drawn.blur = random.uniform(range->low, range->high);
    if (settings.gaussianNoise != 0)
        drawn.noise = Drawn::Noise{settings.gaussianNoise, random.next32()};
    if (const auto& range = settings.jpegQuality) {
        const auto low = static_cast<int>(range->low);
        drawn.jpegQuality =
            low + static_cast<int>(random.below(static_cast<std::uint64_t>(static_cast<int>(range->high) - low + 1)));
    }
    if (const auto& cutout = settings.cutout; cutout && random.uniform() < cutout->probability) {
        for (int i = 0; i < cutout->holes; ++i)
            drawn.cutout.push_back(drawHole(*cutout, height, width, random));
    }
}

} // namespace

Drawn draw(const AugmentationSettings& settings, int height, int width, std::uint64_t seed, std::uint64_t epoch,
           std::uint64_t index) {
    CounterRandom random(seed, RandomPurpose::Augmentation, epoch, index);
    Drawn drawn;
    if (settings.rotationRange != 0)
        drawn.theta = random.uniform(-settings.rotationRange, settings.rotationRange);
    // The Keras releases shift along the other axis than their documentation says.
    const bool documented = settings.semantics == Semantics::Documented;
    const ShiftRange& first = documented ? settings.widthShiftRange : settings.heightShiftRange;
    const ShiftRange& second = documented ? settings.heightShiftRange : settings.widthShiftRange;
    if (!first.isZero())
        drawn.tx = drawShift(first, documented ? width : height, random);
    if (!second.isZero())
        drawn.ty = drawShift(second, documented ? height : width, random);
    if (settings.shearRange != 0)
        drawn.shear = random.uniform(-settings.shearRange, settings.shearRange);
    if (settings.zoomRange != Range{1.0, 1.0}) {
        drawn.zx = random.uniform(settings.zoomRange.low, settings.zoomRange.high);
        drawn.zy = random.uniform(settings.zoomRange.low, settings.zoomRange.high);
    }
    drawn.flipHorizontal = random.uniform() < 0.5 && settings.horizontalFlip;
    drawn.flipVertical = random.uniform() < 0.5 && settings.verticalFlip;
    if (settings.channelShiftRange != 0)
        drawn.channelShift = random.uniform(-settings.channelShiftRange, settings.channelShiftRange);
    if (settings.brightnessRange)
        drawn.brightness = random.uniform(settings.brightnessRange->low, settings.brightnessRange->high);
    if (settings.gammaRange)
        drawn.gamma = random.uniform(settings.gammaRange->low, settings.gammaRange->high);
    if (const auto& occlusion = settings.occlusion;
        occlusion && random.uniform() < occlusion->probability && occlusion->size < std::min(height, width)) {
        Drawn::Box box;
        box.top = static_cast<int>(random.below(static_cast<std::uint64_t>(height - occlusion->size)));
        box.left = static_cast<int>(random.below(static_cast<std::uint64_t>(width - occlusion->size)));
        box.value = occlusion->values[random.below(occlusion->values.size())];
        drawn.occlusion = box;
    }
    if (settings.randomCrop) {
        const auto size = outputSize(settings, height, width);
        drawn.crop = {static_cast<int>(random.below(static_cast<std::uint64_t>(height - size[0] + 1))),
                      static_cast<int>(random.below(static_cast<std::uint64_t>(width - size[1] + 1)))};
    }
    if (settings.randomContrast != 0)
        drawn.contrast = random.uniform(1 - settings.randomContrast, 1 + settings.randomContrast);
    drawLater(drawn, settings, height, width, random);
    return drawn;
}

std::array<int, 2> outputSize(const AugmentationSettings& settings, int height, int width) {
    if (!settings.randomCrop || settings.randomCrop->size() != 2)
        return {height, width};
    return {std::clamp((*settings.randomCrop)[0], 1, height), std::clamp((*settings.randomCrop)[1], 1, width)};
}

} // namespace sightline
