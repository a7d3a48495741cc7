// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/EnumWords.h"
#include "experiment/SettingsJson.h"

namespace sightline {

namespace {

const Words kPrecisions = {"auto", "fp32", "bf16"};
const Words kOptimizers = {"adam", "sgd", "rmsprop", "adamw"};
const Words kClassWeights = {"none", "balanced"};
const Words kModes = {"auto", "min", "max"};
const Words kSchedules = {"constant", "cosine", "one-cycle", "step"};

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

} // namespace

void read(JsonReader reader, TrainingSettings& training) {
    reader.read("epochs", training.epochs);
    reader.read("batch_size", training.batchSize);
    reader.readEnum("precision", training.precision, kPrecisions);
    reader.read("device", training.device);
    reader.read("threads", training.threads);
    reader.read("loader_threads", training.loaderThreads);
    reader.read("save_every_minutes", training.saveEveryMinutes);
    reader.read("balanced", training.balanced);
    reader.read("sync_batch_norm", training.syncBatchNorm);
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
    if (training.syncBatchNorm)
        json["sync_batch_norm"] = true;
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

} // namespace sightline
