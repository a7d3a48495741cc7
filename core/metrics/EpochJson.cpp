// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/EpochJson.h"

#include <limits>

namespace sightline {

namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

double number(const Json& json, const char* key, double otherwise = 0) {
    const auto place = json.find(key);
    return place != json.end() && place->is_number() ? place->get<double>() : otherwise;
}

int wholeNumber(const Json& json, const char* key) {
    const double value = number(json, key);
    return value >= 0 && value <= 1e9 ? static_cast<int>(value) : 0;
}

std::optional<double> optionalNumber(const Json& json, const char* key) {
    const auto place = json.find(key);
    if (place == json.end() || !(place->is_number() || place->is_null()))
        return std::nullopt;
    return number(json, key, kMissing);
}

} // namespace

Json toJson(const EpochMetrics& metrics) {
    Json json = {{"epoch", metrics.epoch}, {"loss", metrics.loss}, {"accuracy", metrics.accuracy}};
    if (metrics.valLoss)
        json["val_loss"] = *metrics.valLoss;
    if (metrics.valAccuracy)
        json["val_accuracy"] = *metrics.valAccuracy;
    json["learning_rate"] = metrics.learningRate;
    json["seconds"] = metrics.seconds;
    json["images_per_second"] = metrics.imagesPerSecond;
    json["wait_share"] = metrics.waitShare;
    json["skipped_images"] = metrics.skippedImages;
    return json;
}

EpochMetrics epochFrom(const Json& json) {
    EpochMetrics metrics;
    metrics.epoch = wholeNumber(json, "epoch");
    metrics.loss = number(json, "loss", kMissing);
    metrics.accuracy = number(json, "accuracy", kMissing);
    metrics.valLoss = optionalNumber(json, "val_loss");
    metrics.valAccuracy = optionalNumber(json, "val_accuracy");
    metrics.learningRate = number(json, "learning_rate");
    metrics.seconds = number(json, "seconds");
    metrics.imagesPerSecond = number(json, "images_per_second");
    metrics.waitShare = number(json, "wait_share");
    metrics.skippedImages = wholeNumber(json, "skipped_images");
    return metrics;
}

} // namespace sightline
