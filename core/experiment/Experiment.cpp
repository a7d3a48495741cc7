// SPDX-License-Identifier: GPL-3.0-or-later
#include "experiment/Experiment.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "support/Pattern.h"
#include "support/Unicode.h"

namespace sightline {

namespace {

class Checker {
public:
    void require(bool good, const std::string& path, const std::string& message) {
        if (!good)
            m_found.push_back({path, message});
    }
    void take(std::vector<Problem> more) { m_found.insert(m_found.end(), more.begin(), more.end()); }
    std::vector<Problem> found() && { return std::move(m_found); }

private:
    std::vector<Problem> m_found;
};

bool isMonitor(const std::string& name) {
    return name == "loss" || name == "accuracy" || name == "val_loss" || name == "val_accuracy";
}

constexpr const char* kMonitorWords = "must be loss, accuracy, val_loss or val_accuracy";

void check(Checker& check, const OptimizerSettings& optimizer) {
    const std::string at = "training.optimizer.";
    check.require(optimizer.learningRate > 0 && std::isfinite(optimizer.learningRate), at + "learning_rate",
                  "must be above 0");
    check.require(optimizer.beta1 >= 0 && optimizer.beta1 < 1, at + "beta_1", "must be at least 0 and below 1");
    check.require(optimizer.beta2 >= 0 && optimizer.beta2 < 1, at + "beta_2", "must be at least 0 and below 1");
    check.require(optimizer.epsilon > 0 && optimizer.epsilon < 1, at + "epsilon", "must be above 0 and below 1");
    check.require(optimizer.momentum >= 0 && optimizer.momentum < 1, at + "momentum", "must be at least 0 and below 1");
    check.require(optimizer.rho >= 0 && optimizer.rho < 1, at + "rho", "must be at least 0 and below 1");
    check.require(optimizer.weightDecay >= 0 && std::isfinite(optimizer.weightDecay), at + "weight_decay",
                  "must be 0 or more");
    check.require(optimizer.clipNorm >= 0 && std::isfinite(optimizer.clipNorm), at + "clip_norm", "must be 0 or more");
}

void check(Checker& check, const std::optional<HeadSettings>& head) {
    if (!head)
        return;
    const bool sane = head->dense.size() <= 16 && std::all_of(head->dense.begin(), head->dense.end(),
                                                              [](int units) { return units >= 1 && units <= 65536; });
    check.require(sane, "model.head.dense", "must be a list of at most 16 layers of 1 to 65,536 units");
    check.require(head->dropout >= 0 && head->dropout < 1, "model.head.dropout", "must be at least 0 and below 1");
}

/// True where every epoch sees the same images.
bool isStill(AugmentationSettings augmentation) {
    const AugmentationSettings nothing;
    augmentation.fillMode = nothing.fillMode;
    augmentation.cval = nothing.cval;
    augmentation.semantics = nothing.semantics;
    augmentation.exact = nothing.exact;
    augmentation.augmentValidation = nothing.augmentValidation;
    return augmentation == nothing;
}

void check(Checker& check, const TrainingSettings& training) {
    check.require(training.epochs >= 1 && training.epochs <= 100000, "training.epochs", "must be 1 to 100,000");
    check.require(training.batchSize >= 1 && training.batchSize <= 65536, "training.batch_size", "must be 1 to 65,536");
    check.require(training.threads >= 0 && training.threads <= 1024, "training.threads",
                  "must be 0 (all available CPUs) to 1,024");
    check.require(training.loaderThreads >= 0 && training.loaderThreads <= 256, "training.loader_threads",
                  "must be 0 (as many as fit the CPUs) to 256");
    check.require(training.saveEveryMinutes >= 0 && training.saveEveryMinutes <= 100000, "training.save_every_minutes",
                  "must be 0 (only at the ends of epochs) to 100,000");
    check.require(training.probes.size() <= TrainingSettings::kMostProbes, "training.probes",
                  "must be 16 images at most");
    check.require(std::set(training.probes.begin(), training.probes.end()).size() == training.probes.size(),
                  "training.probes", "must not name an image twice");
    check.require(training.device == "auto" || training.device == "cpu" || training.device.starts_with("cuda:"),
                  "training.device", "must be auto, cpu or cuda:0");
    check.require(training.loss.labelSmoothing >= 0 && training.loss.labelSmoothing < 1,
                  "training.loss.label_smoothing", "must be at least 0 and below 1");
    for (const auto& [name, weight] : training.loss.outputWeights)
        check.require(weight >= 0 && std::isfinite(weight), "training.loss.output_weights." + name,
                      "must be 0 or more");
    if (const auto& stopping = training.earlyStopping) {
        check.require(isMonitor(stopping->monitor), "training.early_stopping.monitor", kMonitorWords);
        check.require(stopping->patience >= 0, "training.early_stopping.patience", "must be 0 or more");
        check.require(std::isfinite(stopping->minDelta), "training.early_stopping.min_delta",
                      "must be a finite number");
        check.require(stopping->startFromEpoch >= 0, "training.early_stopping.start_from_epoch", "must be 0 or more");
    }
    if (const auto& reduce = training.reduceLrOnPlateau) {
        check.require(isMonitor(reduce->monitor), "training.reduce_lr_on_plateau.monitor", kMonitorWords);
        check.require(reduce->factor > 0 && reduce->factor < 1, "training.reduce_lr_on_plateau.factor",
                      "must be above 0 and below 1");
        check.require(reduce->patience >= 0, "training.reduce_lr_on_plateau.patience", "must be 0 or more");
        check.require(reduce->cooldown >= 0, "training.reduce_lr_on_plateau.cooldown", "must be 0 or more");
        check.require(reduce->minLr >= 0, "training.reduce_lr_on_plateau.min_lr", "must be 0 or more");
        check.require(reduce->minDelta >= 0, "training.reduce_lr_on_plateau.min_delta", "must be 0 or more");
    }
    const ScheduleSettings& schedule = training.schedule;
    check.require(schedule.warmupEpochs >= 0, "training.schedule.warmup_epochs", "must be 0 or more");
    check.require(schedule.minLr >= 0, "training.schedule.min_lr", "must be 0 or more");
    check.require(schedule.stepEpochs >= 1, "training.schedule.step_epochs", "must be 1 or more");
    check.require(schedule.gamma > 0 && schedule.gamma <= 1, "training.schedule.gamma",
                  "must be above 0 and at most 1");
    if (training.reduceLrOnPlateau)
        check.require(schedule.name == ScheduleSettings::Name::Constant, "training.schedule.name",
                      "must be constant when reduce_lr_on_plateau sets the learning rate");
    if (const auto& fineTune = training.fineTune) {
        const std::string at = "training.fine_tune.";
        check.require(fineTune->atEpoch >= 1 && fineTune->atEpoch <= training.epochs, at + "at_epoch",
                      "must be 1 to training.epochs");
        check.require(!fineTune->unfreeze.empty(), at + "unfreeze", "must be the id of a node or block, or all");
        check.require(fineTune->learningRateFactor > 0 && std::isfinite(fineTune->learningRateFactor),
                      at + "learning_rate_factor", "must be above 0");
        check.require(fineTune->gradual >= 0 && fineTune->gradual <= 100000, at + "gradual",
                      "must be 0 (all at once) or a number of epochs");
        for (const auto& [block, factor] : fineTune->perBlock)
            check.require(factor >= 0 && std::isfinite(factor), at + "per_block." + block, "must be 0 or more");
    }
    if (const auto& checkpoint = training.checkpoint)
        check.require(checkpoint->monitor.empty() || isMonitor(checkpoint->monitor), "training.checkpoint.monitor",
                      kMonitorWords);
}

void checkPattern(Checker& check, const std::string& pattern, const char* path) {
    if (pattern.empty())
        return;
    if (const auto compiled = Pattern::compiled(pattern); !compiled)
        check.require(false, path, compiled.error().message);
}

void checkWords(Checker& check, const SplitWords& words) {
    std::map<std::string, std::string> meanings;
    for (const auto& [key, list] :
         {std::pair("train", &words.train), std::pair("val", &words.validation), std::pair("test", &words.test)})
        for (const std::string& word : *list) {
            const std::string path = std::string("data.split_words.") + key;
            check.require(!trimmed(word).empty(), path, "must not have an empty word");
            const auto [known, isNew] = meanings.emplace(caseFolded(trimmed(word)), key);
            check.require(isNew || known->second == key, path,
                          "has '" + shown(word) + "', which is among the words for " + known->second + " already");
        }
}

void check(Checker& check, const DataSettings& data) {
    check.require(data.imageHeight >= 1 && data.imageHeight <= 8192 && data.imageWidth >= 1 && data.imageWidth <= 8192,
                  "data.image_size", "must be [height, width], each 1 to 8,192");
    check.require(data.pixels.page >= 0 && data.pixels.page < 65536, "data.page", "must be 0 to 65,535");
    check.require(data.validationSplit >= 0 && data.validationSplit < 1, "data.validation_split",
                  "must be at least 0 and below 1");
    check.require(data.fold.empty() || (data.fold.of >= 2 && data.fold.of <= 1000), "data.fold.of",
                  "must be 2 to 1,000");
    check.require(data.fold.empty() || (data.fold.index >= 1 && data.fold.index <= data.fold.of), "data.fold.index",
                  "must be 1 to data.fold.of");
    check.require(data.group.pattern.empty() || data.group.column.empty(), "data.group",
                  "must have a pattern or a column, not both");
    checkWords(check, data.splitWords);
    checkPattern(check, data.pattern, "data.pattern");
    checkPattern(check, data.group.pattern, "data.group.pattern");
}

} // namespace

std::vector<Problem> problems(const Experiment& experiment) {
    Checker checker;
    const DataSettings& data = experiment.data;
    check(checker, data);
    checker.require(data.cacheMemoryMegabytes >= -1 && data.cacheMemoryMegabytes <= 16777216, "data.cache_memory_mb",
                    "must be null or 0 to 16,777,216 megabytes");
    checker.require(data.cacheDiskMegabytes >= 0 && data.cacheDiskMegabytes <= 16777216, "data.cache_disk_mb",
                    "must be 0 to 16,777,216 megabytes");
    checker.require(std::isfinite(experiment.normalization.rescale), "normalization.rescale",
                    "must be a finite number");
    checker.require(experiment.normalization.zcaEpsilon > 0 && std::isfinite(experiment.normalization.zcaEpsilon),
                    "normalization.zca_epsilon", "must be above 0");
    if (experiment.normalization.zcaWhitening) {
        double values = static_cast<double>(data.imageHeight) * data.imageWidth * data.channels();
        if (const auto& crop = experiment.augmentation.randomCrop; crop && crop->size() == 2)
            values = static_cast<double>((*crop)[0]) * (*crop)[1] * data.channels();
        checker.require(values <= kMostWhitenedValues, "normalization.zca_whitening",
                        "needs images of at most 4,096 values (height x width x channels: 64x64 gray, 36x36 color); "
                        "choose a smaller data.image_size or featurewise_std_normalization");
    }
    checker.require(!experiment.model.freeze.empty(), "model.freeze", "must be none, base or the id of a node");
    check(checker, experiment.model.head);
    const bool frozen = experiment.model.freeze != "none";
    checker.require(frozen || !experiment.training.fineTune, "training.fine_tune",
                    "needs frozen layers; set model.freeze to base or a node");
    checker.require(frozen || !experiment.training.cacheFeatures, "training.cache_features",
                    "needs a frozen base; set model.freeze to base or a node");
    checker.require(
        !experiment.training.cacheFeatures || isStill(experiment.augmentation), "training.cache_features",
        "cannot be used while augmentation changes the images every epoch; set it to false or remove the augmentation");
    checker.take(problems(experiment.augmentation));
    if (const auto& crop = experiment.augmentation.randomCrop; crop && crop->size() == 2)
        checker.require((*crop)[0] <= data.imageHeight && (*crop)[1] <= data.imageWidth, "augmentation.random_crop",
                        "must not be larger than data.image_size");
    if (const auto& occlusion = experiment.augmentation.occlusion)
        checker.require(occlusion->size < std::min(data.imageHeight, data.imageWidth), "augmentation.occlusion.size",
                        "must be smaller than the image");
    check(checker, experiment.training);
    check(checker, experiment.training.optimizer);
    return std::move(checker).found();
}

bool monitorsMaximum(MonitorMode mode, const std::string& monitor) {
    if (mode != MonitorMode::Auto)
        return mode == MonitorMode::Max;
    for (const char* part : {"acc", "auc", "f1"}) {
        if (monitor.find(part) != std::string::npos)
            return true;
    }
    return false;
}

} // namespace sightline
