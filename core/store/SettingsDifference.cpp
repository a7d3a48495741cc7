// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/SettingsDifference.h"

#include <algorithm>

#include "zoo/Zoo.h"

namespace sightline {

namespace {

constexpr const char* kTraining = "training";

void fill(Json& block, const char* key, Json value) {
    if (!block.contains(key))
        block[key] = std::move(value);
}

/// One place of all documents; null where a document has none.
using Values = std::vector<Json>;

Values below(const Values& blocks, const std::string& key) {
    Values values;
    for (const Json& block : blocks) {
        const auto at = block.find(key);
        values.push_back(at == block.end() ? Json() : *at);
    }
    return values;
}

void compare(const std::string& path, Values values, std::vector<DifferingSetting>& found) {
    if (std::all_of(values.begin(), values.end(), [&](const Json& value) { return value == values.front(); }))
        return;
    if (!std::all_of(values.begin(), values.end(), [](const Json& value) { return value.is_object(); })) {
        found.push_back({path, std::move(values)});
        return;
    }
    std::vector<std::string> keys;
    for (const Json& block : values)
        for (const auto& [key, value] : block.items())
            if (std::find(keys.begin(), keys.end(), key) == keys.end())
                keys.push_back(key);
    for (const std::string& key : keys)
        compare(path.empty() ? key : path + '.' + key, below(values, key), found);
}

/// Null where an experiment could not be read.
Json networkOf(const Json& settings) {
    return settings.is_object() ? settings.value(Json::json_pointer("/model/name"), Json()) : Json();
}

bool isOneNetwork(const Values& documents) {
    return std::all_of(documents.begin(), documents.end(),
                       [&](const Json& document) { return networkOf(document) == networkOf(documents.front()); });
}

/// Other networks have other options: what one has at its default says nothing beside another that has none such.
void dropDefaultOptions(Json& settings) {
    const Json name = networkOf(settings);
    const ZooEntry* entry = name.is_string() ? findInZoo(name.get<std::string>()) : nullptr;
    if (!entry || !settings["model"].contains("options"))
        return;
    Json& options = settings["model"]["options"];
    for (const ZooOption& option : entry->options)
        if (const auto at = options.find(option.key); at != options.end() && *at == option.defaultValue)
            options.erase(at);
}

/// A network of its own is one thing, not a list of nodes: "graph of 58 nodes".
void shortenGraph(const Values& documents, std::vector<DifferingSetting>& found) {
    const auto isGraph = [](const DifferingSetting& one) {
        return one.path == "model.graph" || one.path.starts_with("model.graph.");
    };
    const auto first = std::find_if(found.begin(), found.end(), isGraph);
    if (first == found.end())
        return;
    first->path = "model.graph";
    first->values.clear();
    for (const Json& document : documents) {
        const Json graph = document.value(Json::json_pointer("/model/graph"), Json());
        first->values.push_back(graph.is_object()
                                    ? Json("graph of " + std::to_string(graph.value("nodes", Json()).size()) + " nodes")
                                    : Json());
    }
    found.erase(std::remove_if(std::next(first), found.end(), isGraph), found.end());
}

} // namespace

Json wholeSettings(const Experiment& experiment) {
    Experiment whole = experiment;
    if (!whole.training.checkpoint)
        whole.training.checkpoint = CheckpointSettings{};
    if (whole.model.graph.is_null())
        if (const ZooEntry* entry = findInZoo(whole.model.name); entry && whole.model.options.is_object())
            for (const ZooOption& option : entry->options)
                fill(whole.model.options, option.key.c_str(), option.defaultValue);
    Json json = toJson(whole);
    json.erase("name");
    Json& training = json[kTraining];
    fill(training, "loader_threads", whole.training.loaderThreads);
    fill(training, "save_every_minutes", whole.training.saveEveryMinutes);
    fill(training, "balanced", whole.training.balanced);
    fill(training, "sync_batch_norm", whole.training.syncBatchNorm);
    fill(training, "probes", whole.training.probes);
    return json;
}

std::vector<DifferingSetting> differingSettings(const std::vector<Experiment>& experiments) {
    Values documents;
    for (const Experiment& experiment : experiments)
        documents.push_back(wholeSettings(experiment));
    return differingSettings(documents);
}

std::vector<DifferingSetting> differingSettings(const std::vector<Json>& documents, const std::string& path) {
    std::vector<DifferingSetting> found;
    Values compared = documents;
    if (path.empty() && !isOneNetwork(compared))
        std::for_each(compared.begin(), compared.end(), dropDefaultOptions);
    if (compared.size() > 1)
        compare(path, std::move(compared), found);
    if (path.empty())
        shortenGraph(documents, found);
    return found;
}

std::vector<DifferingSetting> settingsThatDiffer(std::vector<Json> documents, const std::vector<bool>& imported) {
    const auto trained = std::find(imported.begin(), imported.end(), false) - imported.begin();
    Json own;
    if (trained < std::ssize(documents))
        if (const Json& first = documents[static_cast<std::size_t>(trained)]; first.is_object())
            own = first.value(kTraining, Json());
    for (std::size_t i = 0; i < documents.size(); ++i)
        if (imported[i] && documents[i].is_object())
            documents[i][kTraining] = own;
    std::vector<DifferingSetting> found = differingSettings(documents);
    for (DifferingSetting& setting : found)
        for (std::size_t i = 0; i < setting.values.size(); ++i)
            if (imported[i] && setting.path.starts_with(kTraining))
                setting.values[i] = nullptr;
    return found;
}

} // namespace sightline
