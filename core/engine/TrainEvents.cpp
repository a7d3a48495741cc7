// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/TrainEvents.h"

#include "metrics/EpochJson.h"

namespace sightline {

namespace {

Json document(const RunStarted& e) {
    return {{"type", "run_started"},
            {"run", e.run},
            {"folder", e.folder},
            {"name", e.name},
            {"classes", e.classes},
            {"train_images", e.trainImages},
            {"validation_images", e.validationImages},
            {"epochs", e.epochs},
            {"batches_per_epoch", e.batchesPerEpoch},
            {"first_epoch", e.firstEpoch},
            {"parameters", e.parameters},
            {"device", e.device},
            {"precision", e.precision},
            {"threads", e.threads}};
}

/// 0 is what nobody knows yet.
Json known(double value) {
    return value > 0 ? Json(value) : Json();
}

Json document(const BatchFinished& e) {
    return {{"type", "batch"},
            {"epoch", e.epoch},
            {"batch", e.batch},
            {"batches", e.batches},
            {"loss", e.loss},
            {"accuracy", e.accuracy},
            {"images_per_second", e.imagesPerSecond},
            {"seconds_left", e.secondsLeft},
            {"seconds_left_low", known(e.secondsLeftLow)},
            {"seconds_left_high", known(e.secondsLeftHigh)},
            {"wait_share", e.waitShare},
            {"loader_threads", e.loaderThreads}};
}

Json document(const EpochFinished& e) {
    Json json = {{"type", "epoch"}};
    json.update(toJson(e.metrics));
    json["best"] = e.best;
    json["best_epoch"] = e.bestEpoch;
    if (e.patience > 0) {
        json["patience_used"] = e.patienceUsed;
        json["patience"] = e.patience;
        json["monitor"] = e.monitor;
    }
    return json;
}

Json document(const LearningRateChanged& e) {
    return {{"type", "learning_rate"}, {"epoch", e.epoch}, {"from", e.from}, {"to", e.to}, {"reason", e.reason}};
}
Json document(const CheckpointSaved& e) {
    return {{"type", "checkpoint"}, {"epoch", e.epoch}, {"batch", e.batch}, {"file", e.file}, {"best", e.best}};
}
Json document(const ProbesDrawn& e) {
    return {{"type", "probes"}, {"epoch", e.epoch}, {"file", e.file}};
}
Json document(const RunNote& e) {
    Json json = e.event.is_null() ? Json{{"type", "note"}} : e.event;
    json["message"] = e.message;
    return json;
}
Json document(const RunPaused& e) {
    return {{"type", "note"},
            {"message", !e.paused       ? "Resumed."
                        : e.why.empty() ? "Paused."
                                        : e.why},
            {"paused", e.paused}};
}
Json document(const RunEnded& e) {
    return {{"type", "run_ended"}, {"outcome", nameOf(e.outcome)}, {"reason", e.reason},
            {"epochs", e.epochs},  {"best_epoch", e.bestEpoch},    {"run", e.run},
            {"folder", e.folder}};
}

} // namespace

const char* nameOf(RunEnded::Outcome outcome) {
    switch (outcome) {
    case RunEnded::Outcome::Completed:
        return "completed";
    case RunEnded::Outcome::Stopped:
        return "stopped";
    case RunEnded::Outcome::Failed:
        break;
    }
    return "failed";
}

Json toJson(const TrainEvent& event) {
    return std::visit([](const auto& value) { return document(value); }, event);
}

} // namespace sightline
