// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/AugmentationSettings.h"

#include <algorithm>
#include <cmath>

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

Json rangeToJson(const Range& range) { return Json::array({range.low, range.high}); }

const std::initializer_list<std::string_view> kFillModes = {"nearest", "reflect", "wrap", "constant"};
const std::initializer_list<std::string_view> kSemantics = {"documented", "keras<=2.8", "keras>=2.9"};

bool finite(const Range& range) { return std::isfinite(range.low) && std::isfinite(range.high) && range.low <= range.high; }

} // namespace

bool ShiftRange::isZero() const {
    return form == Form::Int ? values[0] <= 1 : std::all_of(values.begin(), values.end(), [](double value) { return value == 0; });
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
    put("width_shift_range", settings.widthShiftRange != defaults.widthShiftRange, shiftToJson(settings.widthShiftRange));
    put("height_shift_range", settings.heightShiftRange != defaults.heightShiftRange, shiftToJson(settings.heightShiftRange));
    put("shear_range", settings.shearRange != 0, settings.shearRange);
    put("zoom_range", settings.zoomRange != defaults.zoomRange, rangeToJson(settings.zoomRange));
    put("channel_shift_range", settings.channelShiftRange != 0, settings.channelShiftRange);
    if (settings.brightnessRange)
        json["brightness_range"] = rangeToJson(*settings.brightnessRange);
    put("horizontal_flip", settings.horizontalFlip, true);
    put("vertical_flip", settings.verticalFlip, true);
    put("fill_mode", settings.fillMode != defaults.fillMode, std::string(kFillModes.begin()[static_cast<int>(settings.fillMode)]));
    put("cval", settings.cval != 0, settings.cval);
    put("semantics", settings.semantics != defaults.semantics, std::string(kSemantics.begin()[static_cast<int>(settings.semantics)]));
    put("exact", settings.exact, true);
    put("augment_validation", settings.augmentValidation, true);
    if (settings.gammaRange)
        json["gamma_range"] = rangeToJson(*settings.gammaRange);
    if (settings.occlusion)
        json["occlusion"] = {{"size", settings.occlusion->size}, {"values", settings.occlusion->values}, {"probability", settings.occlusion->probability}};
    if (settings.randomCrop)
        json["random_crop"] = *settings.randomCrop;
    put("random_contrast", settings.randomContrast != 0, settings.randomContrast);
    return json;
}

std::vector<Problem> problems(const AugmentationSettings& settings, const std::string& path) {
    std::vector<Problem> found;
    const auto say = [&](const char* key, const std::string& message) { found.push_back({path + "." + key, message}); };
    const auto notNegative = [&](const char* key, double value) {
        if (!(value >= 0) || !std::isfinite(value))
            say(key, "must be 0 or more");
    };
    notNegative("rotation_range", settings.rotationRange);
    notNegative("shear_range", settings.shearRange);
    notNegative("channel_shift_range", settings.channelShiftRange);
    for (const auto& [key, shift] : {std::pair{"width_shift_range", &settings.widthShiftRange}, std::pair{"height_shift_range", &settings.heightShiftRange}}) {
        if (shift->values.empty() || !std::all_of(shift->values.begin(), shift->values.end(), [](double value) { return std::isfinite(value); }))
            say(key, "must be a finite number or a list of them");
        else if (shift->form != ShiftRange::Form::List && shift->values[0] < 0)
            say(key, "must be 0 or more");
    }
    if (settings.shearRange >= 90)
        say("shear_range", "must be below 90 degrees");
    if (!finite(settings.zoomRange) || settings.zoomRange.low <= 0)
        say("zoom_range", "must be a share below 1, or a pair [low, high] above 0 with low <= high");
    if (settings.brightnessRange && (!finite(*settings.brightnessRange) || settings.brightnessRange->low < 0))
        say("brightness_range", "must be a pair [low, high] of 0 or more with low <= high");
    if (settings.gammaRange && (!finite(*settings.gammaRange) || settings.gammaRange->low <= 0))
        say("gamma_range", "must be a pair [low, high] above 0 with low <= high");
    if (!std::isfinite(settings.cval))
        say("cval", "must be a finite number");
    if (settings.occlusion) {
        if (settings.occlusion->size < 1)
            say("occlusion.size", "must be 1 pixel or more");
        if (settings.occlusion->values.empty())
            say("occlusion.values", "must hold at least one grey value");
        if (!(settings.occlusion->probability >= 0 && settings.occlusion->probability <= 1))
            say("occlusion.probability", "must be from 0 to 1");
    }
    if (settings.randomCrop && (settings.randomCrop->size() != 2 || (*settings.randomCrop)[0] < 1 || (*settings.randomCrop)[1] < 1))
        say("random_crop", "must be [height, width], each 1 or more");
    if (!(settings.randomContrast >= 0 && settings.randomContrast <= 1))
        say("random_contrast", "must be from 0 to 1");
    return found;
}

} // namespace sightline
