// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "augment/Augment.h"
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

} // namespace

Drawn draw(const AugmentationSettings& settings, int height, int width, std::uint64_t seed, std::uint64_t epoch, std::uint64_t index) {
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
    if (const auto& occlusion = settings.occlusion; occlusion && random.uniform() < occlusion->probability && occlusion->size < std::min(height, width)) {
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
    return drawn;
}

std::array<int, 2> outputSize(const AugmentationSettings& settings, int height, int width) {
    if (!settings.randomCrop || settings.randomCrop->size() != 2)
        return {height, width};
    return {std::clamp((*settings.randomCrop)[0], 1, height), std::clamp((*settings.randomCrop)[1], 1, width)};
}

Json toJson(const Drawn& drawn) {
    const auto orNull = [](const std::optional<double>& value) { return value ? Json(*value) : Json(); };
    Json json = {{"theta", drawn.theta},
                 {"tx", drawn.tx},
                 {"ty", drawn.ty},
                 {"shear", drawn.shear},
                 {"zx", drawn.zx},
                 {"zy", drawn.zy},
                 {"flip_horizontal", drawn.flipHorizontal},
                 {"flip_vertical", drawn.flipVertical},
                 {"channel_shift_intensity", orNull(drawn.channelShift)},
                 {"brightness", orNull(drawn.brightness)}};
    if (drawn.gamma)
        json["gamma"] = *drawn.gamma;
    if (drawn.occlusion)
        json["occlusion"] = {drawn.occlusion->top, drawn.occlusion->left, drawn.occlusion->value};
    if (drawn.crop)
        json["crop"] = {(*drawn.crop)[0], (*drawn.crop)[1]};
    if (drawn.contrast)
        json["contrast"] = *drawn.contrast;
    return json;
}

Result<Drawn> drawnFromJson(const Json& json) {
    std::vector<Problem> problems;
    JsonReader reader(json, "", problems);
    Drawn drawn;
    reader.read("theta", drawn.theta);
    reader.read("tx", drawn.tx);
    reader.read("ty", drawn.ty);
    reader.read("shear", drawn.shear);
    reader.read("zx", drawn.zx);
    reader.read("zy", drawn.zy);
    const auto readFlip = [&](const char* key, bool& flip) { // Keras writes 1.0 for true
        if (reader.has(key) && reader.at(key).is_number())
            flip = reader.at(key).get<double>() != 0;
        else
            reader.read(key, flip);
    };
    readFlip("flip_horizontal", drawn.flipHorizontal);
    readFlip("flip_vertical", drawn.flipVertical);
    const auto readOptional = [&](const char* key, std::optional<double>& value) {
        if (reader.hasValue(key)) {
            value = 0.0;
            reader.read(key, *value);
        }
    };
    readOptional("channel_shift_intensity", drawn.channelShift);
    readOptional("brightness", drawn.brightness);
    readOptional("gamma", drawn.gamma);
    readOptional("contrast", drawn.contrast);
    std::vector<double> numbers;
    if (reader.hasValue("occlusion")) {
        reader.read("occlusion", numbers);
        if (numbers.size() == 3)
            drawn.occlusion = Drawn::Box{static_cast<int>(numbers[0]), static_cast<int>(numbers[1]), numbers[2]};
        else
            reader.problem("occlusion", "must be [top, left, value]");
    }
    if (reader.hasValue("crop")) {
        reader.read("crop", numbers);
        if (numbers.size() == 2)
            drawn.crop = {static_cast<int>(numbers[0]), static_cast<int>(numbers[1])};
        else
            reader.problem("crop", "must be [top, left]");
    }
    if (reader.has("file"))
        static_cast<void>(reader.at("file")); // written by --params beside the values
    reader.finish();
    if (!problems.empty())
        return badInput("The parameters cannot be used: " + joined(problems) + ".");
    return drawn;
}

} // namespace sightline
