// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <initializer_list>
#include <utility>

#include "experiment/Experiment.h"
#include "experiment/PixelJson.h"

namespace sightline {

namespace {

using Words = std::initializer_list<std::string_view>;
const Words kInterpolations = {"nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"};
const Words kSplits = {"per-class-first", "shuffled"};
const Words kHeaders = {"auto", "yes", "no"};
const Words kDecodings = {"exact", "scaled"};
const Words kPresets = {"none", "rescale", "imagenet", "half", "caffe"};
const Words kPreprocess = {"tf", "caffe", "torch"};
const Words kPrecisions = {"auto", "fp32", "bf16"};
const Words kOptimizers = {"adam", "sgd", "rmsprop", "adamw"};
const Words kClassWeights = {"none", "balanced"};
const Words kModes = {"auto", "min", "max"};
const Words kPoolings = {"avg", "max", "flatten"};
const Words kSchedules = {"constant", "cosine", "one-cycle", "step"};

template <typename Enum>
std::string word(const Words& words, Enum value) {
    return std::string(words.begin()[static_cast<int>(value)]);
}

/// A column by its heading, or by its number from 1.
void readColumn(JsonReader& reader, const char* key, std::string& column) {
    if (reader.has(key) && reader.at(key).is_number_unsigned())
        column = std::to_string(reader.at(key).get<std::uint64_t>());
    else if (reader.hasValue(key))
        reader.read(key, column);
}

void read(JsonReader reader, TableSettings& table) {
    readColumn(reader, "path_column", table.pathColumn);
    readColumn(reader, "label_column", table.labelColumn);
    readColumn(reader, "split_column", table.splitColumn);
    if (reader.has("header") && reader.at("header").is_boolean())
        table.header = reader.at("header").get<bool>() ? TableSettings::Header::Yes : TableSettings::Header::No;
    else
        reader.readEnum("header", table.header, kHeaders);
    reader.read("merge_alike_labels", table.mergeAlikeLabels);
    reader.finish();
}

void read(JsonReader reader, SplitWords& words) {
    reader.read("train", words.train);
    reader.read("val", words.validation);
    reader.read("test", words.test);
    reader.finish();
}

void read(JsonReader reader, GroupSettings& group) {
    if (reader.hasValue("pattern"))
        reader.read("pattern", group.pattern);
    readColumn(reader, "column", group.column);
    reader.finish();
}

void read(JsonReader reader, DataSettings& data) {
    reader.read("path", data.path);
    reader.read("format", data.format);
    if (reader.has("image_size")) {
        std::vector<int> size;
        reader.read("image_size", size);
        if (size.size() == 2) {
            data.imageHeight = size[0];
            data.imageWidth = size[1];
        } else if (reader.at("image_size").is_array())
            reader.problem("image_size", "must be [height, width]");
    }
    readPixels(reader, data);
    reader.readEnum("interpolation", data.interpolation, kInterpolations);
    reader.read("validation_split", data.validationSplit);
    reader.readEnum("split", data.split, kSplits);
    if (reader.hasValue("table"))
        read(reader.object("table"), data.table);
    if (reader.hasValue("split_words"))
        read(reader.object("split_words"), data.splitWords);
    if (reader.hasValue("pattern"))
        reader.read("pattern", data.pattern);
    if (reader.hasValue("group"))
        read(reader.object("group"), data.group);
    reader.readEnum("decode", data.decoding, kDecodings);
    if (reader.hasValue("cache_memory_mb"))
        reader.read("cache_memory_mb", data.cacheMemoryMegabytes);
    else if (reader.has("cache_memory_mb"))
        static_cast<void>(reader.at("cache_memory_mb")); // null: as much as the program finds right
    reader.read("cache_disk_mb", data.cacheDiskMegabytes);
    reader.finish();
}

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

void read(JsonReader reader, OptimizerSettings& optimizer) {
    reader.readEnum("name", optimizer.name, kOptimizers);
    reader.read("learning_rate", optimizer.learningRate);
    reader.read("beta_1", optimizer.beta1);
    reader.read("beta_2", optimizer.beta2);
    reader.read("epsilon", optimizer.epsilon);
    reader.read("momentum", optimizer.momentum);
    reader.read("nesterov", optimizer.nesterov);
    reader.read("rho", optimizer.rho);
    reader.read("weight_decay", optimizer.weightDecay);
    reader.read("clip_norm", optimizer.clipNorm);
    reader.finish();
}

void read(JsonReader reader, LossSettings& loss) {
    reader.read("label_smoothing", loss.labelSmoothing);
    int weight = loss.balancedClassWeight ? 1 : 0;
    reader.readWord("class_weight", weight, kClassWeights);
    loss.balancedClassWeight = weight == 1;
    if (reader.hasValue("output_weights")) {
        const Json& weights = reader.at("output_weights");
        if (!weights.is_object())
            reader.problem("output_weights", "must be an object of output names and weights");
        else {
            for (const auto& [name, value] : weights.items()) {
                if (value.is_number())
                    loss.outputWeights[name] = value.get<double>();
                else
                    reader.problem("output_weights." + name, "must be a number");
            }
        }
    }
    reader.finish();
}

void read(JsonReader reader, EarlyStoppingSettings& stopping) {
    reader.read("monitor", stopping.monitor);
    reader.readEnum("mode", stopping.mode, kModes);
    reader.read("patience", stopping.patience);
    reader.read("min_delta", stopping.minDelta);
    if (reader.hasValue("baseline")) {
        double baseline = 0;
        reader.read("baseline", baseline);
        stopping.baseline = baseline;
    }
    reader.read("start_from_epoch", stopping.startFromEpoch);
    reader.read("restore_best_weights", stopping.restoreBestWeights);
    reader.finish();
}

void read(JsonReader reader, ReduceLrSettings& reduce) {
    reader.read("monitor", reduce.monitor);
    reader.readEnum("mode", reduce.mode, kModes);
    reader.read("factor", reduce.factor);
    reader.read("patience", reduce.patience);
    reader.read("min_delta", reduce.minDelta);
    reader.read("min_lr", reduce.minLr);
    reader.read("cooldown", reduce.cooldown);
    reader.finish();
}

void read(JsonReader reader, ScheduleSettings& schedule) {
    reader.readEnum("name", schedule.name, kSchedules);
    reader.read("warmup_epochs", schedule.warmupEpochs);
    reader.read("min_lr", schedule.minLr);
    reader.read("step_epochs", schedule.stepEpochs);
    reader.read("gamma", schedule.gamma);
    reader.finish();
}

/// "best" keeps best and last, "all" every epoch, "every-K" every K epochs.
void read(JsonReader reader, CheckpointSettings& checkpoint) {
    reader.read("monitor", checkpoint.monitor);
    reader.readEnum("mode", checkpoint.mode, kModes);
    std::string keep = "best";
    reader.read("keep", keep);
    const auto wrong = [&] { reader.problem("keep", "must be best, all or every-K (every-5), not \"" + keep + "\""); };
    if (keep == "all")
        checkpoint.keepEvery = 1;
    else if (keep.starts_with("every-") && keep.size() > 6 && keep.size() < 12 &&
             keep.find_first_not_of("0123456789", 6) == std::string::npos) {
        checkpoint.keepEvery = std::stoi(keep.substr(6));
        if (checkpoint.keepEvery < 1)
            wrong();
    } else if (keep != "best")
        wrong();
    reader.finish();
}

void read(JsonReader reader, FineTuneSettings& fineTune) {
    reader.read("at_epoch", fineTune.atEpoch);
    reader.read("unfreeze", fineTune.unfreeze);
    reader.read("learning_rate_factor", fineTune.learningRateFactor);
    reader.read("gradual", fineTune.gradual);
    if (reader.hasValue("per_block")) {
        const Json& rates = reader.at("per_block");
        if (!rates.is_object())
            reader.problem("per_block", "must be an object of blocks and factors");
        else {
            for (const auto& [block, factor] : rates.items()) {
                if (factor.is_number())
                    fineTune.perBlock[block] = factor.get<double>();
                else
                    reader.problem("per_block." + block, "must be a number");
            }
        }
    }
    reader.finish();
}

void read(JsonReader reader, TrainingSettings& training) {
    reader.read("epochs", training.epochs);
    reader.read("batch_size", training.batchSize);
    reader.readEnum("precision", training.precision, kPrecisions);
    reader.read("device", training.device);
    reader.read("threads", training.threads);
    reader.read("loader_threads", training.loaderThreads);
    reader.read("save_every_minutes", training.saveEveryMinutes);
    reader.read("balanced", training.balanced);
    reader.read("probes", training.probes);
    read(reader.object("optimizer"), training.optimizer);
    read(reader.object("loss"), training.loss);
    reader.read("cache_features", training.cacheFeatures);
    if (reader.hasValue("fine_tune"))
        read(reader.object("fine_tune"), training.fineTune.emplace());
    if (reader.hasValue("early_stopping"))
        read(reader.object("early_stopping"), training.earlyStopping.emplace());
    if (reader.hasValue("reduce_lr_on_plateau"))
        read(reader.object("reduce_lr_on_plateau"), training.reduceLrOnPlateau.emplace());
    read(reader.object("schedule"), training.schedule);
    if (reader.hasValue("checkpoint"))
        read(reader.object("checkpoint"), training.checkpoint.emplace());
    reader.finish();
}

/// Table, split words, pattern and group are written only where they are set.
void addSourceSettings(Json& json, const DataSettings& data) {
    const TableSettings& table = data.table;
    if (table != TableSettings{}) {
        Json& written = json["table"] = Json::object();
        for (const auto& [key, column] :
             {std::pair("path_column", &table.pathColumn), std::pair("label_column", &table.labelColumn),
              std::pair("split_column", &table.splitColumn)})
            if (!column->empty())
                written[key] = *column;
        written["header"] = word(kHeaders, table.header);
        if (table.mergeAlikeLabels)
            written["merge_alike_labels"] = true;
    }
    const SplitWords& words = data.splitWords;
    for (const auto& [key, list] :
         {std::pair("train", &words.train), std::pair("val", &words.validation), std::pair("test", &words.test)})
        if (!list->empty())
            json["split_words"][key] = *list;
    if (!data.pattern.empty())
        json["pattern"] = data.pattern;
    if (!data.group.pattern.empty())
        json["group"]["pattern"] = data.group.pattern;
    if (!data.group.column.empty())
        json["group"]["column"] = data.group.column;
}

Json toJson(const DataSettings& data) {
    Json json{{"path", data.path},
              {"format", data.format},
              {"image_size", {data.imageHeight, data.imageWidth}},
              {"interpolation", word(kInterpolations, data.interpolation)},
              {"validation_split", data.validationSplit},
              {"split", word(kSplits, data.split)},
              {"decode", word(kDecodings, data.decoding)},
              {"cache_memory_mb", data.cacheMemoryMegabytes < 0 ? Json() : Json(data.cacheMemoryMegabytes)},
              {"cache_disk_mb", data.cacheDiskMegabytes}};
    addPixels(json, data);
    addSourceSettings(json, data);
    return json;
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

Json toJson(const TrainingSettings& training) {
    const OptimizerSettings& optimizer = training.optimizer;
    Json json = {{"epochs", training.epochs},
                 {"batch_size", training.batchSize},
                 {"precision", word(kPrecisions, training.precision)},
                 {"device", training.device},
                 {"threads", training.threads},
                 {"optimizer",
                  {{"name", word(kOptimizers, optimizer.name)},
                   {"learning_rate", optimizer.learningRate},
                   {"beta_1", optimizer.beta1},
                   {"beta_2", optimizer.beta2},
                   {"epsilon", optimizer.epsilon},
                   {"momentum", optimizer.momentum},
                   {"nesterov", optimizer.nesterov},
                   {"rho", optimizer.rho},
                   {"weight_decay", optimizer.weightDecay},
                   {"clip_norm", optimizer.clipNorm}}},
                 {"loss",
                  {{"label_smoothing", training.loss.labelSmoothing},
                   {"class_weight", training.loss.balancedClassWeight ? "balanced" : "none"},
                   {"output_weights", Json::object()}}}};
    json["cache_features"] = training.cacheFeatures;
    if (training.loaderThreads != 0)
        json["loader_threads"] = training.loaderThreads;
    if (training.saveEveryMinutes != TrainingSettings{}.saveEveryMinutes)
        json["save_every_minutes"] = training.saveEveryMinutes;
    if (training.balanced)
        json["balanced"] = true;
    if (!training.probes.empty())
        json["probes"] = training.probes;
    if (const auto& fineTune = training.fineTune)
        json["fine_tune"] = {{"at_epoch", fineTune->atEpoch},
                             {"unfreeze", fineTune->unfreeze},
                             {"learning_rate_factor", fineTune->learningRateFactor},
                             {"gradual", fineTune->gradual},
                             {"per_block", Json(fineTune->perBlock)}};
    for (const auto& [name, weight] : training.loss.outputWeights)
        json["loss"]["output_weights"][name] = weight;
    if (const auto& stopping = training.earlyStopping)
        json["early_stopping"] = {{"monitor", stopping->monitor},
                                  {"mode", word(kModes, stopping->mode)},
                                  {"patience", stopping->patience},
                                  {"min_delta", stopping->minDelta},
                                  {"baseline", stopping->baseline ? Json(*stopping->baseline) : Json()},
                                  {"start_from_epoch", stopping->startFromEpoch},
                                  {"restore_best_weights", stopping->restoreBestWeights}};
    if (const auto& reduce = training.reduceLrOnPlateau)
        json["reduce_lr_on_plateau"] = {{"monitor", reduce->monitor},    {"mode", word(kModes, reduce->mode)},
                                        {"factor", reduce->factor},      {"patience", reduce->patience},
                                        {"min_delta", reduce->minDelta}, {"min_lr", reduce->minLr},
                                        {"cooldown", reduce->cooldown}};
    json["schedule"] = {{"name", word(kSchedules, training.schedule.name)},
                        {"warmup_epochs", training.schedule.warmupEpochs},
                        {"min_lr", training.schedule.minLr},
                        {"step_epochs", training.schedule.stepEpochs},
                        {"gamma", training.schedule.gamma}};
    if (const auto& checkpoint = training.checkpoint)
        json["checkpoint"] = {{"monitor", checkpoint->monitor},
                              {"mode", word(kModes, checkpoint->mode)},
                              {"keep", checkpoint->keepEvery == 0 ? "best"
                                       : checkpoint->keepEvery == 1
                                           ? "all"
                                           : "every-" + std::to_string(checkpoint->keepEvery)}};
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
