// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/PixelJson.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace sightline {

namespace {

/// Numbers of a list; nothing where it is none, or holds anything else.
std::optional<std::vector<double>> numbersIn(const Json& json) {
    if (!json.is_array())
        return {};
    std::vector<double> numbers;
    for (const Json& value : json) {
        if (!value.is_number() || !std::isfinite(value.get<double>()))
            return {};
        numbers.push_back(value.get<double>());
    }
    return numbers;
}

std::optional<DepthSettings> depthIn(const Json& json) {
    if (json == "auto")
        return DepthSettings();
    if (json == "full")
        return DepthSettings::full();
    const auto numbers = numbersIn(json);
    if (!numbers || numbers->size() != 2 || !((*numbers)[0] < (*numbers)[1]))
        return {};
    return DepthSettings::range((*numbers)[0], (*numbers)[1]);
}

std::optional<ChannelSettings> channelsIn(const Json& json) {
    if (json == "rgb")
        return ChannelSettings::rgb();
    if (json == "grey" || json == "grayscale")
        return ChannelSettings::grey();
    const auto numbers = numbersIn(json);
    const auto isIndex = [](double number) { return number >= 0 && number < 4096 && number == std::floor(number); };
    if (!numbers || numbers->empty() || numbers->size() > kMostChannels ||
        !std::all_of(numbers->begin(), numbers->end(), isIndex))
        return {};
    return ChannelSettings::of(std::vector<int>(numbers->begin(), numbers->end()));
}

std::optional<Colour> colourIn(const Json& json) {
    const auto numbers = numbersIn(json);
    const auto isByte = [](double number) { return number >= 0 && number <= 255 && number == std::floor(number); };
    if (!numbers || numbers->size() != 3 || !std::all_of(numbers->begin(), numbers->end(), isByte))
        return {};
    Colour colour;
    std::transform(numbers->begin(), numbers->end(), colour.begin(),
                   [](double number) { return static_cast<std::uint8_t>(number); });
    return colour;
}

/// Takes `key` where it is there; a value that `parse` does not understand is a problem.
template <typename Value, typename Parse>
void take(JsonReader& reader, const char* key, Value& value, Parse parse, const char* mustBe) {
    if (!reader.has(key))
        return;
    if (auto parsed = parse(reader.at(key)))
        value = std::move(*parsed);
    else
        reader.problem(key, mustBe);
}

void readFit(JsonReader& reader, DataSettings& data) {
    bool keeps = data.fit == Fit::Crop;
    reader.read("keep_aspect_ratio", keeps);
    if (reader.has("keep_aspect_ratio"))
        data.fit = keeps ? Fit::Crop : Fit::Stretch;
    reader.readEnum("fit", data.fit, {"stretch", "crop", "pad"});
    take(
        reader, "pad", data.pad,
        [](const Json& json) -> std::optional<PadSettings> {
            if (json == "mirror")
                return PadSettings{true, {}};
            const auto colour = colourIn(json);
            return colour ? std::optional(PadSettings{false, *colour}) : std::nullopt;
        },
        "must be \"mirror\" or a color [red, green, blue], each 0 to 255");
}

} // namespace

void readPixels(JsonReader& reader, DataSettings& data) {
    PixelSettings& pixels = data.pixels;
    if (reader.has("color_mode")) {
        int mode = 0;
        reader.readWord("color_mode", mode, {"rgb", "grayscale"});
        pixels.channels = mode == 0 ? ChannelSettings::rgb() : ChannelSettings::grey();
    }
    take(reader, "channels", pixels.channels, channelsIn,
         "must be \"rgb\", \"grayscale\" or a list of 1 to 64 channel numbers, counted from 0");
    take(reader, "depth", pixels.depth, depthIn, "must be \"auto\", \"full\" or [low, high] with low below high");
    reader.read("page", pixels.page);
    take(
        reader, "background", pixels.background,
        [](const Json& json) -> std::optional<BackgroundSettings> {
            if (json == "drop")
                return BackgroundSettings();
            const auto colour = colourIn(json);
            return colour ? std::optional(BackgroundSettings{false, *colour}) : std::nullopt;
        },
        "must be \"drop\" or a color [red, green, blue], each 0 to 255");
    reader.readEnum("orientation", pixels.orientation, {"apply", "ignore"});
    readFit(reader, data);
}

Json toJson(const DepthSettings& depth) {
    if (depth.kind == DepthSettings::Kind::Range)
        return Json::array({depth.low, depth.high});
    return depth.kind == DepthSettings::Kind::Full ? "full" : "auto";
}

Json toJson(const ChannelSettings& channels) {
    if (channels.kind == ChannelSettings::Kind::Chosen)
        return channels.chosen;
    return channels.kind == ChannelSettings::Kind::Grey ? "grey" : "rgb";
}

Json toJson(const BackgroundSettings& background) {
    return background.drop ? Json("drop") : Json(background.colour);
}

Json toJson(Fit fit) {
    return fit == Fit::Pad ? "pad" : fit == Fit::Crop ? "crop" : "stretch";
}

Json toJson(const PadSettings& pad) {
    return pad.mirror ? Json("mirror") : Json(pad.colour);
}

DepthSettings depthFromJson(const Json& json) {
    return depthIn(json).value_or(DepthSettings());
}

void addPixels(Json& json, const DataSettings& data) {
    const PixelSettings& pixels = data.pixels;
    if (pixels.channels.kind == ChannelSettings::Kind::Chosen)
        json["channels"] = toJson(pixels.channels);
    else
        json["color_mode"] = pixels.channels.kind == ChannelSettings::Kind::Grey ? "grayscale" : "rgb";
    json["orientation"] = pixels.orientation == Orientation::Ignore ? "ignore" : "apply";
    if (pixels.depth != DepthSettings())
        json["depth"] = toJson(pixels.depth);
    if (pixels.page != 0)
        json["page"] = pixels.page;
    if (!pixels.background.drop)
        json["background"] = toJson(pixels.background);
    if (data.fit == Fit::Pad)
        json["fit"] = toJson(data.fit);
    else
        json["keep_aspect_ratio"] = data.fit == Fit::Crop;
    if (data.pad != PadSettings())
        json["pad"] = toJson(data.pad);
}

} // namespace sightline
