// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/TrainState.h"

#include <algorithm>

#include "experiment/RunEdit.h"
#include "metrics/EpochJson.h"

namespace sightline::engine {

namespace {

Json toJson(const RunningMean& mean) {
    return Json::array({mean.sum(), mean.weight()});
}

RunningMean meanIn(const Json& json, const char* key) {
    const Json pair = json.value(key, Json());
    const bool isPair = pair.is_array() && pair.size() == 2 && pair[0].is_number() && pair[1].is_number();
    return isPair ? RunningMean(pair[0].get<double>(), pair[1].get<double>()) : RunningMean();
}

Json toJson(const EpochSoFar& epoch) {
    return {{"loss", toJson(epoch.loss)},
            {"accuracy", toJson(epoch.accuracy)},
            {"learning_rate", epoch.learningRate},
            {"seconds", epoch.seconds},
            {"waited", epoch.waited}};
}

EpochSoFar soFarIn(const Json& json) {
    return {meanIn(json, "loss"), meanIn(json, "accuracy"), json.value("learning_rate", 0.0),
            json.value("seconds", 0.0), json.value("waited", 0.0)};
}

} // namespace

double namedRate(const Experiment& experiment) {
    return static_cast<double>(static_cast<float>(experiment.training.optimizer.learningRate));
}

TrainState TrainState::beginning(const Experiment& experiment, bool hasValidation) {
    TrainState state;
    state.baseRate = namedRate(experiment);
    state.callbacks = EpochCallbacks(experiment.training, hasValidation);
    return state;
}

EpochVerdict TrainState::endEpoch(const EpochMetrics& metrics) {
    history.push_back(metrics);
    EpochVerdict verdict = callbacks.epochEnded(metrics, baseRate);
    baseRate = verdict.learningRate;
    stoppedEarly = !verdict.stop.empty();
    ++epoch;
    batch = 0;
    soFar = {};
    return verdict;
}

Json toJson(const TrainState& state, const Experiment& experiment) {
    Json json = {{"epoch", state.finished()},
                 {"batch", state.batch},
                 {"step", state.step},
                 {"optimizer_origin", state.origin},
                 {"learning_rate", state.baseRate},
                 {"stopped_early", state.stoppedEarly},
                 {"settings", changeableSettings(experiment)},
                 {"history", Json::array()}};
    if (state.isWithinEpoch())
        json["so_far"] = toJson(state.soFar);
    if (!state.skipped.empty())
        json["skipped"] = state.skipped;
    for (const EpochMetrics& epoch : state.history) {
        Json& kept = json["history"].emplace_back(sightline::toJson(epoch));
        for (const char* time : {"seconds", "images_per_second", "wait_share"})
            kept.erase(time);
    }
    state.callbacks.save(json);
    return json;
}

bool isTrainState(const Json& json) {
    const auto isNumber = [&](const char* key) { return json.contains(key) && json[key].is_number(); };
    const auto isOf = [&](const char* key, auto right) { return !json.contains(key) || right(json[key]); };
    return json.is_object() && isNumber("epoch") && isNumber("step") && isNumber("optimizer_origin") &&
           isNumber("learning_rate") &&
           isOf("batch", [](const Json& batch) { return batch.is_number_integer() && batch >= 0; }) &&
           isOf("so_far", [](const Json& epoch) { return epoch.is_object(); }) &&
           isOf("history", [](const Json& epochs) { return epochs.is_array(); }) &&
           isOf("skipped", [](const Json& paths) {
               return paths.is_array() &&
                      std::all_of(paths.begin(), paths.end(), [](const Json& path) { return path.is_string(); });
           });
}

void takeJson(const Json& json, TrainState& state) {
    state.epoch = json.value("epoch", 0) + 1;
    state.batch = json.value("batch", 0);
    state.step = json.value("step", std::int64_t{0});
    state.origin = json.value("optimizer_origin", std::int64_t{0});
    state.baseRate = json.value("learning_rate", state.baseRate);
    state.stoppedEarly = json.value("stopped_early", false);
    if (state.isWithinEpoch())
        state.soFar = soFarIn(json.value("so_far", Json::object()));
    state.skipped = json.value("skipped", std::set<std::string>());
    const auto finished = static_cast<std::size_t>(state.finished());
    if (const Json history = json.value("history", Json::array()); state.history.size() < finished)
        for (std::size_t i = state.history.size(); i < history.size(); ++i)
            state.history.push_back(epochFrom(history[i]));
    if (state.history.size() > finished)
        state.history.resize(finished);
    state.callbacks.restore(json);
}

} // namespace sightline::engine
