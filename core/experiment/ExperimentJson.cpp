// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <utility>

#include "experiment/EnumWords.h"
#include "experiment/SettingsJson.h"

namespace sightline {

namespace {

const Words kPresets = {"none", "rescale", "imagenet", "half", "caffe"};
const Words kPreprocess = {"tf", "caffe", "torch"};
const Words kPoolings = {"avg", "max", "flatten"};

void read(JsonReader reader, NormalizationSettings& normalization) {
    bool keras = reader.hasValue("rescale") || reader.hasValue("preprocessing_function");
    for (const char* key : {"samplewise_center", "samplewise_std_normalization", "featurewise_center",
                            "featurewise_std_normalization", "zca_whitening", "zca_epsilon"})
        keras |= reader.has(key);
    if (reader.has("preset")) {
        reader.readEnum("preset", normalization.preset, kPresets);
        if (keras)
            reader.problem("preset", "cannot be combined with the Keras keys; use one or the other");
    } else if (keras)
        normalization.preset = NormalizationSettings::Preset::Keras;
    if (reader.hasValue("rescale"))
        reader.read("rescale", normalization.rescale);
    reader.read("samplewise_center", normalization.samplewiseCenter);
    reader.read("samplewise_std_normalization", normalization.samplewiseStd);
    reader.read("featurewise_center", normalization.featurewiseCenter);
    reader.read("featurewise_std_normalization", normalization.featurewiseStd);
    reader.read("zca_whitening", normalization.zcaWhitening);
    reader.read("zca_epsilon", normalization.zcaEpsilon);
    if (reader.hasValue("preprocessing_function")) {
        int mode = 0;
        reader.readWord("preprocessing_function", mode, kPreprocess);
        normalization.preprocess = static_cast<NormalizationSettings::Preprocess>(mode + 1);
    }
    reader.finish();
}

void read(JsonReader reader, HeadSettings& head) {
    reader.readEnum("pooling", head.pooling, kPoolings);
    reader.read("dense", head.dense);
    reader.read("dropout", head.dropout);
    reader.finish();
}

void read(JsonReader reader, ModelSettings& model) {
    reader.read("name", model.name);
    if (reader.hasValue("options"))
        model.options = reader.at("options");
    if (!model.options.is_object())
        reader.problem("options", "must be an object { ... }");
    if (reader.hasValue("weights"))
        reader.read("weights", model.weights);
    reader.read("freeze", model.freeze);
    if (reader.hasValue("head"))
        read(reader.object("head"), model.head.emplace());
    if (reader.has("graph"))
        model.graph = reader.at("graph");
    if (!model.graph.is_null() && !model.graph.is_object() && !model.graph.is_string())
        reader.problem("graph", "must be null, a network { ... } or the path of a file");
    reader.finish();
}

Json toJson(const NormalizationSettings& normalization) {
    if (normalization.preset != NormalizationSettings::Preset::Keras)
        return {{"preset", word(kPresets, normalization.preset)}};
    Json json = {{"rescale", normalization.rescale == 0 ? Json() : Json(normalization.rescale)},
                 {"samplewise_center", normalization.samplewiseCenter},
                 {"samplewise_std_normalization", normalization.samplewiseStd},
                 {"featurewise_center", normalization.featurewiseCenter},
                 {"featurewise_std_normalization", normalization.featurewiseStd},
                 {"zca_whitening", normalization.zcaWhitening}};
    if (normalization.zcaWhitening)
        json["zca_epsilon"] = normalization.zcaEpsilon;
    if (normalization.preprocess != NormalizationSettings::Preprocess::None)
        json["preprocessing_function"] =
            std::string(kPreprocess.begin()[static_cast<int>(normalization.preprocess) - 1]);
    return json;
}

} // namespace

Experiment experimentFromJson(const Json& json, std::vector<Problem>& found) {
    Experiment experiment;
    JsonReader reader(json, "", found);
    int version = 1;
    reader.read("version", version);
    if (version != 1)
        reader.problem("version", "must be 1; this file is from another version of Sightline");
    reader.read("name", experiment.name);
    reader.read("seed", experiment.seed);
    read(reader.object("data"), experiment.data);
    if (reader.hasValue("augmentation"))
        experiment.augmentation = augmentationFromJson(reader.at("augmentation"), "augmentation", found);
    read(reader.object("normalization"), experiment.normalization);
    read(reader.object("model"), experiment.model);
    read(reader.object("training"), experiment.training);
    reader.finish();
    for (Problem& problem : problems(experiment))
        found.push_back(std::move(problem));
    return experiment;
}

Result<Experiment> experimentFromJson(const Json& json) {
    std::vector<Problem> found;
    Experiment experiment = experimentFromJson(json, found);
    if (!found.empty())
        return badInput("The experiment cannot be used: " + joined(found) + ".");
    return experiment;
}

Result<void> setSetting(Json& experiment, std::string_view path, std::string_view value) {
    if (const Result<void> set = setJsonPath(experiment, path, value); !set)
        return set;
    constexpr std::array<std::pair<const char*, const char*>, 2> kSame{std::pair{"color_mode", "channels"},
                                                                       std::pair{"keep_aspect_ratio", "fit"}};
    for (const auto& [one, other] : kSame) {
        if (path == "data." + std::string(one))
            experiment["data"].erase(other);
        else if (path == "data." + std::string(other))
            experiment["data"].erase(one);
    }
    return {};
}

Result<Experiment> readExperiment(const std::filesystem::path& file) {
    const Result<Json> json = readJsonFile(file);
    if (!json)
        return json.error();
    std::vector<Problem> found;
    Experiment experiment = experimentFromJson(*json, found);
    if (!found.empty())
        return badInput(file.string() + ": " + joined(found) + ".");
    return experiment;
}

Json toJson(const Experiment& experiment) {
    const ModelSettings& model = experiment.model;
    Json head;
    if (model.head)
        head = {{"pooling", word(kPoolings, model.head->pooling)},
                {"dense", model.head->dense},
                {"dropout", model.head->dropout}};
    return {{"version", 1},
            {"name", experiment.name},
            {"seed", experiment.seed},
            {"data", toJson(experiment.data)},
            {"augmentation", toJson(experiment.augmentation)},
            {"normalization", toJson(experiment.normalization)},
            {"model",
             {{"name", model.name},
              {"options", model.options},
              {"weights", model.weights.empty() ? Json() : Json(model.weights)},
              {"freeze", model.freeze},
              {"head", std::move(head)},
              {"graph", model.graph}}},
            {"training", toJson(experiment.training)}};
}

} // namespace sightline
