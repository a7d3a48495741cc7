// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SearchDraft.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "bridge/ExperimentDocument.h"
#include "experiment/RunEdit.h"
#include "search/SearchPresets.h"
#include "zoo/Zoo.h"

namespace sightline::ui {

namespace {

const std::string kOptions = "model.options.";

/// What people usually try.
const std::vector<std::pair<std::string, Json>>& usualRanges() {
    static const std::vector<std::pair<std::string, Json>> ranges{
        {"data.image_size", {{"choice", {{64, 64}, {96, 96}, {128, 128}}}}},
        {"augmentation.rotation_range", {{"float", {0.0, 45.0}}, {"step", 15.0}}},
        {"augmentation.width_shift_range", {{"float", {0.0, 0.2}}, {"step", 0.1}}},
        {"augmentation.height_shift_range", {{"float", {0.0, 0.2}}, {"step", 0.1}}},
        {"augmentation.shear_range", {{"float", {0.0, 20.0}}, {"step", 5.0}}},
        {"augmentation.horizontal_flip", {{"bool", true}}},
        {"augmentation.vertical_flip", {{"bool", true}}},
        {"normalization.preset", {{"choice", {"rescale", "half", "imagenet"}}}},
        {"training.optimizer.learning_rate", {{"float", {0.0001, 0.01}}, {"log", true}}},
        {"training.optimizer.name", {{"choice", {"adam", "adamw", "sgd", "rmsprop"}}}},
        {"training.optimizer.momentum", {{"float", {0.8, 0.99}}}},
        {"training.optimizer.weight_decay", {{"float", {0.000001, 0.01}}, {"log", true}}},
        {"training.schedule.name", {{"choice", {"constant", "cosine", "one-cycle"}}}},
        {"training.batch_size", {{"choice", {16, 32, 64}}}},
        {"training.epochs", {{"int", {10, 50}}, {"step", 10}}},
        {"training.loss.label_smoothing", {{"float", {0.0, 0.2}}, {"step", 0.05}}},
        {"training.balanced", {{"bool", true}}},
    };
    return ranges;
}

/// Half and twice a number; of nothing from 0 to 1.
Json around(const Json& value) {
    const double number = value.get<double>();
    if (value.is_number_integer()) {
        const auto whole = value.get<std::int64_t>();
        return {{"int", {whole / 2, std::max<std::int64_t>(1, whole * 2)}}};
    }
    if (number > 0 && number < 0.1)
        return {{"float", {number / 10, number * 10}}, {"log", true}};
    return {{"float", {number / 2, number > 0 ? number * 2 : 1.0}}};
}

Json rangeOfValue(const Json& value, const std::vector<Json>& choices) {
    if (choices.size() > 1)
        return {{"choice", choices}};
    if (value.is_boolean())
        return {{"bool", true}};
    if (value.is_number())
        return around(value);
    const bool areNumbers =
        value.is_array() && !value.empty() &&
        std::all_of(value.begin(), value.end(), [](const Json& one) { return one.is_number_integer(); });
    if (areNumbers) {
        const auto length = static_cast<std::int64_t>(value.size());
        const auto [low, high] = std::minmax_element(value.begin(), value.end());
        return {{"repeat", {{"int", {std::max<std::int64_t>(1, length - 1), length + 1}}}},
                {"of", {{"int", {low->get<std::int64_t>(), high->get<std::int64_t>()}}}}};
    }
    if (value.is_string() || value.is_array())
        return {{"choice", Json::array({value})}};
    return {};
}

/// Both ends where the option may have them: twice a dropout of 0.5 is none.
Json within(const ZooOption& option, Json range) {
    if (option.minimum == 0 && option.maximum == 0)
        return range;
    for (const char* key : {"int", "float"})
        if (range.contains(key))
            for (Json& end : range[key]) {
                const double inside = std::clamp(end.get<double>(), option.minimum, option.maximum);
                end = end.is_number_integer() ? Json(static_cast<std::int64_t>(inside)) : Json(inside);
            }
    return range;
}

const ZooOption* optionAt(const Experiment& experiment, const std::string& path) {
    const ZooEntry* network = experiment.model.graph.is_null() ? findInZoo(experiment.model.name) : nullptr;
    if (!network || !path.starts_with(kOptions))
        return nullptr;
    const auto found = std::find_if(network->options.begin(), network->options.end(),
                                    [&](const ZooOption& option) { return kOptions + option.key == path; });
    return found == network->options.end() ? nullptr : &*found;
}

} // namespace

SearchPlan SearchDraft::usualOptions() {
    SearchPlan options;
    options.sampler = SearchPlan::Sampler::Tpe;
    options.trials = 20;
    return options;
}

Json toJson(const SearchDraft& draft) {
    Json json{{"space", Json::object()}};
    for (const SearchDraft::Row& row : draft.rows)
        json["space"][row.path] = row.range;
    json.update(searchOptionsToJson(draft.options));
    return json;
}

SearchDraft searchDraftFrom(const Json& json) {
    SearchDraft draft;
    std::vector<Problem> ignored; // shown as far as it can be read
    JsonReader reader(json, "", ignored);
    if (const Json& space = reader.at("space"); space.is_object())
        for (const auto& [path, range] : space.items())
            if (range.is_object())
                draft.rows.push_back({path, range});
    readSearchOptions(reader, draft.options);
    return draft;
}

SearchPlan planOf(const SearchDraft& draft, const Experiment& base, std::vector<Problem>& found) {
    SearchPlan plan = draft.options;
    plan.base = base;
    if (draft.rows.empty()) {
        found.push_back({"space", "has no settings yet; add one"});
        return plan;
    }
    plan.space = searchSpaceFromJson(toJson(draft)["space"], found);
    if (found.empty()) // the rest is judged by what could be read
        found = problems(plan);
    return plan;
}

Json firstRange(const Experiment& experiment, const std::string& path, const std::vector<Json>& choices) {
    if (const ZooOption* option = optionAt(experiment, path)) {
        const Json chosen = experiment.model.options.value(option->key, option->defaultValue);
        return within(*option, rangeOfValue(chosen, option->choices));
    }
    const Json value = settingIn(toJson(experiment), path);
    if (value.is_null()) // some are written only where they are not as usual
        return choices.size() > 1 ? rangeOfValue(value, choices) : Json();
    for (const auto& [known, range] : usualRanges())
        if (known == path)
            return range;
    return rangeOfValue(value, choices);
}

std::optional<SearchDraft> withSetting(SearchDraft draft, const Experiment& experiment, const std::string& path,
                                       const std::vector<Json>& choices) {
    if (std::any_of(draft.rows.begin(), draft.rows.end(), [&](const auto& row) { return row.path == path; }))
        return draft;
    Json range = firstRange(experiment, path, choices);
    if (range.is_null())
        return std::nullopt;
    draft.rows.push_back({path, std::move(range)});
    return draft;
}

std::optional<PresetDraft> presetDraft(const std::string& name, const DataSettings& images) {
    const SearchPreset* preset = findSearchPreset(name);
    const auto json = preset ? parseJson(preset->json, preset->name) : Result<Json>(Json());
    if (!json || json->is_null())
        return std::nullopt;
    std::vector<Problem> ignored; // it comes with the program: a test reads it
    Experiment base = experimentFromJson(json->value("base", Json::object()), ignored);
    base.data = withImagesOf(base.data, images);
    return PresetDraft{searchDraftFrom(*json), std::move(base)};
}

std::vector<std::string> searchableSettings(const Experiment& experiment) {
    std::vector<std::string> paths;
    for (const auto& [path, range] : usualRanges())
        if (!firstRange(experiment, path).is_null())
            paths.push_back(path);
    if (const ZooEntry* network = experiment.model.graph.is_null() ? findInZoo(experiment.model.name) : nullptr)
        for (const ZooOption& option : network->options)
            if (!firstRange(experiment, kOptions + option.key).is_null())
                paths.push_back(kOptions + option.key);
    return paths;
}

} // namespace sightline::ui
