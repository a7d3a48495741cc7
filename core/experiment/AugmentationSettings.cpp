// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/AugmentationSettings.h"

#include <algorithm>

namespace sightline {

namespace {

void readRange(JsonReader& reader, const char* key, std::optional<Range>& range) {
    if (!reader.hasValue(key))
        return;
    std::vector<double> values;
    reader.read(key, values);
    if (values.size() == 2)
        range = Range{values[0], values[1]};
    else if (reader.at(key).is_array())
        reader.problem(key, "must be a pair [low, high]");
}

void readPair(JsonReader& reader, const char* key, Range& range) {
    std::optional<Range> read;
    readRange(reader, key, read);
    range = read.value_or(range);
}

/// Keras: a scalar z means [1 - z, 1 + z], a pair is taken as it is.
void readZoom(JsonReader& reader, Range& zoom) {
    if (!reader.has("zoom_range"))
        return;
    const Json& json = reader.at("zoom_range");
    if (json.is_number())
        zoom = {1.0 - json.get<double>(), 1.0 + json.get<double>()};
    else if (json.is_array() && json.size() == 2 && json[0].is_number() && json[1].is_number())
        zoom = {json[0].get<double>(), json[1].get<double>()};
    else
        reader.problem("zoom_range", "must be a number or a pair [low, high]");
}

/// Keras' three forms: 0.2 or 4.0 is the float form, a whole number of 1 or more the int form, a list the list form.
void readShift(JsonReader& reader, const char* key, ShiftRange& shift) {
    if (!reader.has(key))
        return;
    const Json& json = reader.at(key);
    if (json.is_number_integer() && json.get<std::int64_t>() >= 1)
        shift = {ShiftRange::Form::Int, {json.get<double>()}};
    else if (json.is_number())
        shift = {ShiftRange::Form::Float, {json.get<double>()}};
    else if (json.is_array() && !json.empty()) {
        std::vector<double> values;
        reader.read(key, values);
        if (!values.empty())
            shift = {ShiftRange::Form::List, values};
    } else
        reader.problem(key, "must be a number or a list of numbers");
}

Json shiftToJson(const ShiftRange& shift) {
    if (shift.form == ShiftRange::Form::List)
        return shift.values;
    if (shift.form == ShiftRange::Form::Int)
        return static_cast<std::int64_t>(shift.values[0]);
    return shift.values[0];
}

Json rangeToJson(const Range& range) {
    return Json::array({range.low, range.high});
}

const std::initializer_list<std::string_view> kFillModes = {"nearest", "reflect", "wrap", "constant"};
const std::initializer_list<std::string_view> kSemantics = {"documented", "keras<=2.8", "keras>=2.9"};
const std::initializer_list<std::string_view> kPolicies = {"trivial-augment", "rand-augment"};

void readLater(JsonReader& reader, AugmentationSettings& settings) {
    if (reader.hasValue("random_resized_crop")) {
        ResizedCropSettings& crop = settings.randomResizedCrop.emplace();
        JsonReader inner = reader.object("random_resized_crop");
        readPair(inner, "scale", crop.scale);
        readPair(inner, "ratio", crop.ratio);
        inner.finish();
    }
    if (reader.hasValue("policy")) {
        PolicySettings& policy = settings.policy.emplace();
        JsonReader inner = reader.object("policy");
        if (!inner.has("name"))
            inner.problem("name", "is missing: trivial-augment or rand-augment");
        inner.readEnum("name", policy.name, kPolicies);
        inner.read("operations", policy.operations);
        inner.read("magnitude", policy.magnitude);
        inner.finish();
    }
    readRange(reader, "saturation_range", settings.saturationRange);
    reader.read("hue_range", settings.hueRange);
    readRange(reader, "blur_sigma", settings.blurSigma);
    reader.read("gaussian_noise", settings.gaussianNoise);
    readRange(reader, "jpeg_quality", settings.jpegQuality);
    if (reader.hasValue("cutout")) {
        CutoutSettings& cutout = settings.cutout.emplace();
        JsonReader inner = reader.object("cutout");
        inner.read("holes", cutout.holes);
        inner.read("size", cutout.size);
        inner.read("value", cutout.value);
        inner.read("probability", cutout.probability);
        inner.finish();
    }
    reader.read("mixup", settings.mixup);
    reader.read("cutmix", settings.cutmix);
}

void writeLater(Json& json, const AugmentationSettings& settings) {
    if (const auto& crop = settings.randomResizedCrop)
        json["random_resized_crop"] = {{"scale", rangeToJson(crop->scale)}, {"ratio", rangeToJson(crop->ratio)}};
    if (const auto& policy = settings.policy) {
        json["policy"] = {{"name", std::string(kPolicies.begin()[static_cast<int>(policy->name)])}};
        if (policy->name == PolicySettings::Name::RandAugment) {
            json["policy"]["operations"] = policy->operations;
            json["policy"]["magnitude"] = policy->magnitude;
        }
    }
    const auto putRange = [&json](const char* key, const std::optional<Range>& range) {
        if (range)
            json[key] = rangeToJson(*range);
    };
    const auto putNumber = [&json](const char* key, double value) {
        if (value != 0)
            json[key] = value;
    };
    putRange("saturation_range", settings.saturationRange);
    putNumber("hue_range", settings.hueRange);
    putRange("blur_sigma", settings.blurSigma);
    putNumber("gaussian_noise", settings.gaussianNoise);
    putRange("jpeg_quality", settings.jpegQuality);
    if (const auto& cutout = settings.cutout)
        json["cutout"] = {{"holes", cutout->holes},
                          {"size", cutout->size},
                          {"value", cutout->value},
                          {"probability", cutout->probability}};
    putNumber("mixup", settings.mixup);
    putNumber("cutmix", settings.cutmix);
}

} // namespace

bool ShiftRange::isZero() const {
    return form == Form::Int ? values[0] <= 1
                             : std::all_of(values.begin(), values.end(), [](double value) { return value == 0; });
}

AugmentationSettings augmentationFromJson(const Json& json, const std::string& path, std::vector<Problem>& problems) {
    AugmentationSettings settings;
    JsonReader reader(json, path, problems);
    reader.read("rotation_range", settings.rotationRange);
    readShift(reader, "width_shift_range", settings.widthShiftRange);
    readShift(reader, "height_shift_range", settings.heightShiftRange);
    reader.read("shear_range", settings.shearRange);
    readZoom(reader, settings.zoomRange);
    reader.read("channel_shift_range", settings.channelShiftRange);
    readRange(reader, "brightness_range", settings.brightnessRange);
    reader.read("horizontal_flip", settings.horizontalFlip);
    reader.read("vertical_flip", settings.verticalFlip);
    reader.readEnum("fill_mode", settings.fillMode, kFillModes);
    reader.read("cval", settings.cval);
    reader.readEnum("semantics", settings.semantics, kSemantics);
    reader.read("exact", settings.exact);
    reader.read("augment_validation", settings.augmentValidation);
    readRange(reader, "gamma_range", settings.gammaRange);
    if (reader.hasValue("occlusion")) {
        OcclusionSettings occlusion;
        JsonReader box = reader.object("occlusion");
        box.read("size", occlusion.size);
        box.read("values", occlusion.values);
        box.read("probability", occlusion.probability);
        box.finish();
        settings.occlusion = occlusion;
    }
    if (reader.hasValue("random_crop")) {
        std::vector<int> size;
        reader.read("random_crop", size);
        settings.randomCrop = size;
    }
    reader.read("random_contrast", settings.randomContrast);
    readLater(reader, settings);
    reader.finish();
    return settings;
}

Json toJson(const AugmentationSettings& settings) {
    const AugmentationSettings defaults;
    Json json = Json::object();
    const auto put = [&json](const char* key, bool differs, Json value) {
        if (differs)
            json[key] = std::move(value);
    };
    put("rotation_range", settings.rotationRange != 0, settings.rotationRange);
    put("width_shift_range", settings.widthShiftRange != defaults.widthShiftRange,
        shiftToJson(settings.widthShiftRange));
    put("height_shift_range", settings.heightShiftRange != defaults.heightShiftRange,
        shiftToJson(settings.heightShiftRange));
    put("shear_range", settings.shearRange != 0, settings.shearRange);
    put("zoom_range", settings.zoomRange != defaults.zoomRange, rangeToJson(settings.zoomRange));
    put("channel_shift_range", settings.channelShiftRange != 0, settings.channelShiftRange);
    if (settings.brightnessRange)
        json["brightness_range"] = rangeToJson(*settings.brightnessRange);
    put("horizontal_flip", settings.horizontalFlip, true);
    put("vertical_flip", settings.verticalFlip, true);
    put("fill_mode", settings.fillMode != defaults.fillMode,
        std::string(kFillModes.begin()[static_cast<int>(settings.fillMode)]));
    put("cval", settings.cval != 0, settings.cval);
    put("semantics", settings.semantics != defaults.semantics,
        std::string(kSemantics.begin()[static_cast<int>(settings.semantics)]));
    put("exact", settings.exact, true);
    put("augment_validation", settings.augmentValidation, true);
    if (settings.gammaRange)
        json["gamma_range"] = rangeToJson(*settings.gammaRange);
    if (settings.occlusion)
        json["occlusion"] = {{"size", settings.occlusion->size},
                             {"values", settings.occlusion->values},
                             {"probability", settings.occlusion->probability}};
    if (settings.randomCrop)
        json["random_crop"] = *settings.randomCrop;
    put("random_contrast", settings.randomContrast != 0, settings.randomContrast);
    writeLater(json, settings);
    return json;
}

} // namespace sightline
