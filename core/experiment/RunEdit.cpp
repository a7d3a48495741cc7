// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/RunEdit.h"

#include <algorithm>
#include <array>

#include "experiment/EditFold.h"

namespace sightline {

namespace {

constexpr std::array<std::string_view, 13> kMayChange{"training.epochs",
                                                      "training.optimizer.learning_rate",
                                                      "training.schedule",
                                                      "training.early_stopping",
                                                      "training.reduce_lr_on_plateau",
                                                      "training.loss",
                                                      "training.save_every_minutes",
                                                      "training.loader_threads",
                                                      "training.probes",
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

/// What holds where an experiment's document leaves a setting out.
const Json& whereLeftOut() {
    static const Json defaults = Json::parse(R"({
        "training": {"loader_threads": 0, "save_every_minutes": 5.0, "probes": []},
        "augmentation": {"rotation_range": 0.0, "width_shift_range": 0.0, "height_shift_range": 0.0, "shear_range": 0.0,
                         "zoom_range": [1.0, 1.0], "channel_shift_range": 0.0, "horizontal_flip": false,
                         "vertical_flip": false, "fill_mode": "nearest", "cval": 0.0, "semantics": "documented",
                         "exact": false, "augment_validation": false, "random_contrast": 0.0, "hue_range": 0.0,
                         "gaussian_noise": 0.0, "mixup": 0.0, "cutmix": 0.0}})");
    return defaults;
}

std::string whatMayChange() {
    std::string names;
    for (const std::string_view path : kMayChange)
        names += (names.empty() ? "" : ", ") + std::string(path);
    return names;
}

/// Why there is no such setting; empty where there is, whether or not it may change.
std::string whyUnknown(Json experiment, const std::string& path) {
    std::vector<Problem> found;
    if (setSetting(experiment, path, "null"))
        static_cast<void>(experimentFromJson(experiment, found));
    for (const Problem& problem : found)
        if ((path == problem.path || path.starts_with(problem.path + ".")) &&
            problem.message.starts_with("is not a setting"))
            return shown(path) + " " + problem.message + ".";
    return {};
}

/// A setting in a block that was not there switches the whole block on: that is what changes, and what can be undone.
std::string whatChanges(const Json& before, const std::string& path) {
    for (auto dot = path.find('.'); dot != std::string::npos; dot = path.find('.', dot + 1)) {
        const std::string block = path.substr(0, dot);
        if (mayChange(block) && settingIn(before, block).is_null())
            return block;
    }
    return path;
}

} // namespace

Json settingIn(const Json& document, std::string_view path) {
    const Json value = valueAt(document, path);
    return value.is_null() ? valueAt(whereLeftOut(), path) : value;
}

bool mayChange(std::string_view path) {
    return std::any_of(kMayChange.begin(), kMayChange.end(), [&](std::string_view allowed) {
        return path == allowed || (path.starts_with(allowed) && path[allowed.size()] == '.');
    });
}

Json changeableSettings(const Experiment& experiment) {
    const Json document = toJson(experiment);
    Json values = Json::object();
    for (const std::string_view path : kMayChange)
        values[std::string(path)] = settingIn(document, path);
    return values;
}

Result<EditedExperiment> edited(const Experiment& now, const std::vector<Setting>& settings) {
    const Json before = toJson(now);
    Json after = before;
    for (const Setting& setting : settings) {
        if (const std::string unknown = mayChange(setting.path) ? std::string() : whyUnknown(before, setting.path);
            !unknown.empty())
            return badInput(unknown);
        if (!mayChange(setting.path))
            return badInput(shown(setting.path) + " cannot be changed once a run has begun; start a new run. " +
                            "These can be changed: " + whatMayChange() + ".");
        if (setting.value == "null")
            leaveOut(after, setting.path);
        else if (const Result<void> set = setSetting(after, setting.path, setting.value); !set)
            return badInput(set.error().message);
    }
    std::vector<Problem> found;
    const Experiment experiment = experimentFromJson(after, found);
    if (!found.empty())
        return badInput("The run cannot continue with these settings: " + joined(found) + ".");
    EditedExperiment result{experiment, Json::object()};
    const Json whole = toJson(experiment);
    for (const Setting& setting : settings) {
        const std::string path = whatChanges(before, setting.path);
        const Json from = settingIn(before, path), to = settingIn(whole, path);
        if (from != to)
            result.changes[path] = Json::array({from, to});
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
        if (values[1].is_null())
            leaveOut(document, path);
        else if (const Result<void> set = setSetting(document, path, toText(values[1], -1)); !set)
            return set.error();
    }
    return experimentFromJson(document);
}

std::vector<RecordedEdit> editsAfter(const std::vector<RecordedEdit>& edits, RunPlace place) {
    std::vector<RecordedEdit> after;
    for (std::size_t i = 0; i < edits.size(); ++i) {
        if (edits[i].place <= place)
            continue;
        RecordedEdit kept = edits[i];
        for (std::size_t j = i + 1; j < edits.size(); ++j)
            if (edits[j].place <= kept.place)
                giveWay(kept.changes, edits[j].changes);
        if (!kept.changes.empty())
            after.push_back(std::move(kept));
    }
    std::stable_sort(after.begin(), after.end(),
                     [](const RecordedEdit& a, const RecordedEdit& b) { return a.place < b.place; });
    return after;
}

} // namespace sightline
