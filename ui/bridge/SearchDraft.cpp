// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SearchDraft.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "experiment/RunEdit.h"
#include "zoo/Zoo.h"

namespace sightline::ui {

namespace {

constexpr std::array kSamplers{"random", "grid", "tpe"};
constexpr std::array kPruners{"none", "median", "asha"};
const std::string kOptions = "model.options.";

template <typename Enum, std::size_t N>
Enum enumOf(const Json& json, const char* key, const std::array<const char*, N>& words, Enum otherwise) {
    const Json word = json.value(key, Json());
    const auto found = std::find_if(words.begin(), words.end(), [&](const char* known) { return word == Json(known); });
    return found == words.end() ? otherwise : static_cast<Enum>(found - words.begin());
}

template <typename Number>
void readNumber(const Json& json, const char* key, Number& number) {
    if (const Json value = json.value(key, Json()); value.is_number())
        number = value.get<Number>();
}

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

const ZooOption* optionAt(const Experiment& experiment, const std::string& path) {
    const ZooEntry* network = experiment.model.graph.is_null() ? findInZoo(experiment.model.name) : nullptr;
    if (!network || !path.starts_with(kOptions))
        return nullptr;
    const auto found = std::find_if(network->options.begin(), network->options.end(),
                                    [&](const ZooOption& option) { return kOptions + option.key == path; });
    return found == network->options.end() ? nullptr : &*found;
}

} // namespace

Json toJson(const SearchDraft& draft) {
    Json space = Json::object();
    for (const SearchDraft::Row& row : draft.rows)
        space[row.path] = row.range;
    return {{"space", std::move(space)},
            {"objective", draft.objective},
            {"sampler", kSamplers[static_cast<std::size_t>(draft.sampler)]},
            {"pruner", kPruners[static_cast<std::size_t>(draft.pruner)]},
            {"trials", draft.trials},
            {"executions_per_trial", draft.executions},
            {"keep_best", draft.keepBest},
            {"stop", {{"minutes", draft.minutes}}},
            {"seed", draft.seed}};
}

SearchDraft searchDraftFrom(const Json& json) {
    SearchDraft draft;
    if (!json.is_object())
        return draft;
    const Json space = json.value("space", Json::object());
    for (const auto& [path, range] : space.items())
        if (range.is_object())
            draft.rows.push_back({path, range});
    if (const Json objective = json.value("objective", Json()); objective.is_string())
        draft.objective = objective.get<std::string>();
    draft.sampler = enumOf(json, "sampler", kSamplers, draft.sampler);
    draft.pruner = enumOf(json, "pruner", kPruners, draft.pruner);
    readNumber(json, "trials", draft.trials);
    readNumber(json, "executions_per_trial", draft.executions);
    readNumber(json, "keep_best", draft.keepBest);
    readNumber(json, "seed", draft.seed);
    if (const Json stop = json.value("stop", Json()); stop.is_object())
        readNumber(stop, "minutes", draft.minutes);
    return draft;
}

SearchPlan planOf(const SearchDraft& draft, const Experiment& base, std::vector<Problem>& found) {
    SearchPlan plan;
    plan.base = base;
    plan.objective = draft.objective;
    plan.maximize = monitorsMaximum(MonitorMode::Auto, draft.objective);
    plan.sampler = draft.sampler;
    plan.pruner = draft.pruner;
    plan.trials = draft.trials;
    plan.executionsPerTrial = draft.executions;
    plan.keepBest = draft.keepBest;
    plan.minutes = draft.minutes;
    plan.seed = draft.seed;
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
        return rangeOfValue(chosen, option->choices);
    }
    const Json value = settingIn(toJson(experiment), path);
    if (value.is_null()) // some are written only where they are not as usual
        return choices.size() > 1 ? rangeOfValue(value, choices) : Json();
    for (const auto& [known, range] : usualRanges())
        if (known == path)
            return range;
    return rangeOfValue(value, choices);
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
