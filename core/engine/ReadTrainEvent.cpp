// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/ReadTrainEvent.h"

#include <algorithm>

#include "metrics/EpochJson.h"

namespace sightline {

namespace {

double number(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number() ? found->get<double>() : 0;
}

int wholeNumber(const Json& json, const char* key) {
    const double value = number(json, key);
    return value >= 0 && value <= 1e9 ? static_cast<int>(value) : 0;
}

std::string text(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool isTrue(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && *found == true;
}

RunStarted startFrom(const Json& json) {
    RunStarted started;
    started.run = text(json, "run");
    started.folder = text(json, "folder");
    started.name = text(json, "name");
    if (const auto classes = json.find("classes"); classes != json.end() && classes->is_array())
        for (const Json& name : *classes)
            started.classes.push_back(name.is_string() ? name.get<std::string>() : std::string());
    started.trainImages = wholeNumber(json, "train_images");
    started.validationImages = wholeNumber(json, "validation_images");
    started.epochs = wholeNumber(json, "epochs");
    started.batchesPerEpoch = wholeNumber(json, "batches_per_epoch");
    started.firstEpoch = std::max(1, wholeNumber(json, "first_epoch"));
    started.parameters = static_cast<std::int64_t>(std::clamp(number(json, "parameters"), 0.0, 1e15));
    started.device = text(json, "device");
    started.precision = text(json, "precision");
    started.threads = std::max(1, wholeNumber(json, "threads"));
    return started;
}

TrainEvent noteFrom(const Json& json) {
    const std::string message = text(json, "message");
    if (!json.contains("paused"))
        return RunNote{message, text(json, "type") == "note" && !json.contains("stops_after_epoch") ? Json() : json};
    const bool paused = isTrue(json, "paused");
    return RunPaused{paused, paused && message != "Paused." ? message : std::string()};
}

RunEnded endFrom(const Json& json) {
    RunEnded ended;
    const std::string outcome = text(json, "outcome");
    ended.outcome = outcome == "completed" ? RunEnded::Outcome::Completed
                    : outcome == "stopped" ? RunEnded::Outcome::Stopped
                                           : RunEnded::Outcome::Failed;
    ended.reason = text(json, "reason");
    ended.epochs = wholeNumber(json, "epochs");
    ended.bestEpoch = wholeNumber(json, "best_epoch");
    ended.run = text(json, "run");
    ended.folder = text(json, "folder");
    return ended;
}

} // namespace

std::optional<TrainEvent> trainEventFrom(const Json& json) {
    if (!json.is_object())
        return {};
    const std::string type = text(json, "type");
    if (type == "run_started")
        return startFrom(json);
    if (type == "epoch") {
        EpochFinished epoch;
        epoch.metrics = epochFrom(json);
        epoch.best = isTrue(json, "best");
        epoch.bestEpoch = wholeNumber(json, "best_epoch");
        epoch.patienceUsed = wholeNumber(json, "patience_used");
        epoch.patience = wholeNumber(json, "patience");
        epoch.monitor = text(json, "monitor");
        return epoch.metrics.epoch > 0 ? std::optional<TrainEvent>(epoch) : std::nullopt;
    }
    if (type == "learning_rate")
        return LearningRateChanged{wholeNumber(json, "epoch"), number(json, "from"), number(json, "to"),
                                   text(json, "reason")};
    if (type == "checkpoint")
        return CheckpointSaved{wholeNumber(json, "epoch"), text(json, "file"), isTrue(json, "best"),
                               wholeNumber(json, "batch")};
    if (type == "probes")
        return ProbesDrawn{wholeNumber(json, "epoch"), text(json, "file")};
    if (type == "note" || type == "edit" || type == "resumed")
        return noteFrom(json);
    if (type == "run_ended")
        return endFrom(json);
    return {};
}

} // namespace sightline
