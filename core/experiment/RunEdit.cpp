// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/RunEdit.h"

#include <algorithm>
#include <array>

namespace sightline {

namespace {

constexpr std::array<std::string_view, 11> kMayChange{"training.epochs",
                                                      "training.optimizer.learning_rate",
                                                      "training.schedule",
                                                      "training.early_stopping",
                                                      "training.reduce_lr_on_plateau",
                                                      "training.loss",
                                                      "training.loader_threads",
                                                      "training.fine_tune",
                                                      "augmentation",
                                                      "model.options.dropout",
                                                      "model.freeze"};

Json valueAt(const Json& document, std::string_view path) {
    const Json* place = &document;
    while (!path.empty()) {
        const auto dot = path.find('.');
        const std::string key(path.substr(0, dot));
        if (!place->is_object() || !place->contains(key))
            return {};
        place = &(*place)[key];
        path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    }
    return *place;
}

std::string whatMayChange() {
    std::string names;
    for (const std::string_view path : kMayChange)
        names += (names.empty() ? "" : ", ") + std::string(path);
    return names;
}

} // namespace

bool mayChange(std::string_view path) {
    return std::any_of(kMayChange.begin(), kMayChange.end(), [&](std::string_view allowed) {
        return path == allowed || (path.starts_with(allowed) && path[allowed.size()] == '.');
    });
}

Json changeableSettings(const Experiment& experiment) {
    const Json document = toJson(experiment);
    Json values = Json::object();
    for (const std::string_view path : kMayChange)
        values[std::string(path)] = valueAt(document, path);
    return values;
}

Result<EditedExperiment> edited(const Experiment& now, const std::vector<Setting>& settings) {
    const Json before = toJson(now);
    Json after = before;
    for (const Setting& setting : settings) {
        if (!mayChange(setting.path))
            return badInput(shown(setting.path) + " cannot be changed once a run has begun; start a new run. " +
                            "These can be changed: " + whatMayChange() + ".");
        if (const Result<void> set = setSetting(after, setting.path, setting.value); !set)
            return badInput(set.error().message);
    }
    std::vector<Problem> found;
    const Experiment experiment = experimentFromJson(after, found);
    if (!found.empty())
        return badInput("The run cannot continue with these settings: " + joined(found) + ".");
    EditedExperiment result{experiment, Json::object()};
    const Json whole = toJson(experiment);
    for (const Setting& setting : settings) {
        const Json from = valueAt(before, setting.path), to = valueAt(whole, setting.path);
        if (from != to)
            result.changes[setting.path] = Json::array({from, to});
    }
    return result;
}

Result<Experiment> withChanges(const Experiment& experiment, const Json& changes) {
    Json document = toJson(experiment);
    if (!changes.is_object())
        return badInput("An edit of the run is not an object.");
    for (const auto& [path, values] : changes.items()) {
        if (!values.is_array() || values.size() != 2)
            return badInput("The edit of " + shown(path) + " is not a pair of values.");
        if (const Result<void> set = setSetting(document, path, toText(values[1], -1)); !set)
            return set.error();
    }
    return experimentFromJson(document);
}

} // namespace sightline
