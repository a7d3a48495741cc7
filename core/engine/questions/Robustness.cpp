// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/questions/Robustness.h"

#include <algorithm>
#include <cmath>

namespace sightline {

std::optional<double> fallsAt(const Robustness::Curve& curve) {
    constexpr double kFall = 0.05 - 1e-9;
    for (const auto& point : curve.points)
        if (curve.points.front().accuracy - point.accuracy >= kFall)
            return point.strength;
    return std::nullopt;
}

std::vector<Setting> augmentationAgainst(Corruption kind, double strength, int height, int width) {
    const double size = std::abs(strength), share = size / 100;
    const auto setting = [](const char* key, const Json& value) {
        return Setting{std::string("augmentation.") + key, value.dump()};
    };
    switch (kind) {
    case Corruption::Rotation:
        return {setting("rotation_range", size)};
    case Corruption::Shift:
        return {setting("width_shift_range", share), setting("height_shift_range", share)};
    case Corruption::Zoom: // a factor of the distance: below 1 is nearer
        return {setting("zoom_range", {1 / (1 + share), 1 / std::max(0.1, 1 - share)})};
    case Corruption::Brightness:
        return {setting("brightness_range", {std::max(0.0, 1 - share), 1 + share})};
    case Corruption::Contrast:
        return {setting("random_contrast", std::min(1.0, share))};
    case Corruption::Blur:
        return {setting("blur_sigma", {0.0, size})};
    case Corruption::Noise:
        return {setting("gaussian_noise", size)};
    case Corruption::Jpeg:
        return {setting("jpeg_quality", {std::max(1L, std::lround(100 - size)), 100})};
    case Corruption::Occlusion:
        break;
    }
    const long side = std::max(1L, std::lround(std::sqrt(share * height * width)));
    return {setting("cutout", {{"holes", 1}, {"size", side}, {"value", 128}, {"probability", 0.5}})};
}

Json toJson(const Robustness& robustness) {
    Json document = Json::object();
    for (const auto& curve : robustness.curves) {
        Json& points = document[nameOf(curve.kind)] = Json::array();
        for (const auto& point : curve.points) {
            Json perClass = Json::object();
            for (std::size_t i = 0; i < point.perClass.size(); ++i)
                perClass[robustness.classes[i]] = point.perClass[i] ? Json(*point.perClass[i]) : Json();
            points.push_back(
                {{"strength", point.strength}, {"accuracy", point.accuracy}, {"per_class", std::move(perClass)}});
        }
    }
    return document;
}

} // namespace sightline
