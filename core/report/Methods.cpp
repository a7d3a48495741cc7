// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <filesystem>
#include <numeric>
#include <string_view>
#include <utility>

#include "report/Html.h"
#include "report/RunReport.h"
#include "support/Version.h"
#include "support/Words.h"
#include "zoo/Zoo.h"

namespace sightline {

namespace {

std::size_t imagesOf(const RunReport& report, Subset subset) {
    const std::vector<std::size_t>& counts = report.images[static_cast<std::size_t>(subset)];
    return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
}

std::string shortNumber(double value) {
    return Json(value).dump();
}

std::string normalizationText(const NormalizationSettings& normalization) {
    using Preset = NormalizationSettings::Preset;
    switch (normalization.preset) {
    case Preset::None:
        return "Pixel values were left as they are (0 to 255). ";
    case Preset::Rescale:
        return "Pixel values were scaled to 0 to 1. ";
    case Preset::Imagenet:
        return "Pixel values were normalized by the mean and standard deviation of ImageNet's channels. ";
    case Preset::Half:
        return "Pixel values were scaled to -1 to 1. ";
    case Preset::Caffe:
        return "The mean of ImageNet's channels was subtracted from pixel values (blue, green, red). ";
    case Preset::Keras:
        break;
    }
    std::vector<std::string> steps;
    if (normalization.preprocess != NormalizationSettings::Preprocess::None)
        steps.emplace_back("a preprocessing function of Keras");
    if (normalization.rescale != 0)
        steps.push_back("multiplied by " + shortNumber(normalization.rescale));
    if (normalization.samplewiseCenter || normalization.samplewiseStd)
        steps.push_back(std::string("less the image's mean") +
                        (normalization.samplewiseStd ? ", by its standard deviation" : ""));
    if (normalization.featurewiseCenter || normalization.featurewiseStd)
        steps.push_back(std::string("less each channel's mean") +
                        (normalization.featurewiseStd ? ", by its standard deviation" : ""));
    if (normalization.zcaWhitening)
        steps.emplace_back("ZCA whitening");
    return steps.empty() ? std::string() : "Pixel values were normalized: " + enumerated(steps) + ". ";
}

/// Size, colour and values.
std::string pixelsText(const Experiment& experiment) {
    const DataSettings& data = experiment.data;
    const ChannelSettings& channels = data.pixels.channels;
    const char* fit = data.fit == Fit::Crop  ? "scaled and cropped around the center"
                      : data.fit == Fit::Pad ? "scaled and padded"
                                             : "scaled";
    std::string text = channels.kind == ChannelSettings::Kind::Grey ? " were converted to gray and " : " were ";
    text += fit + std::string(" to ") + std::to_string(data.imageWidth) + " x " + std::to_string(data.imageHeight) +
            " pixels";
    if (channels.kind == ChannelSettings::Kind::Chosen)
        text += " of " + counted(channels.chosen.size(), "channel");
    return text + ". " + normalizationText(experiment.normalization);
}

/// Where the validation images came from.
std::string validationText(const RunReport& report) {
    const DataSettings& data = report.experiment.data;
    if (!data.fold.empty())
        return "Validation was fold " + std::to_string(data.fold.index) + " of " + std::to_string(data.fold.of) +
               ", stratified by class" + (data.group.empty() ? "" : ", with related images kept together") + ". ";
    if (data.validationSplit > 0)
        return "Where the data had no validation images of their own, a share of " + shortNumber(data.validationSplit) +
               " of each class's training images was used, " +
               (data.split == SplitRule::Shuffled ? "drawn at random" : "the first ones by file name") +
               (data.group.empty() ? "" : ", with related images kept together") + ". ";
    return imagesOf(report, Subset::Validation) > 0 ? "The validation images were those of the data set. "
                                                    : std::string();
}

std::string imagesText(const RunReport& report) {
    std::string text = "Images of " + std::to_string(report.classes.size()) + " classes";
    if (const std::size_t training = imagesOf(report, Subset::Train); training > 0) {
        text += " (" + report::grouped(static_cast<std::int64_t>(training)) + " for training";
        for (const auto& [subset, purpose] :
             {std::pair(Subset::Validation, "validation"), std::pair(Subset::Test, "testing")})
            if (const std::size_t count = imagesOf(report, subset); count > 0)
                text += ", " + report::grouped(static_cast<std::int64_t>(count)) + " for " + purpose;
        text += ")";
    }
    return text + pixelsText(report.experiment) + (report.isImported ? std::string() : validationText(report));
}

/// "rotation range 10, horizontal flip".
std::string augmentationText(const AugmentationSettings& settings) {
    std::vector<std::string> steps;
    const Json json = toJson(settings);
    for (const auto& [key, value] : json.items()) {
        std::string name = key;
        std::replace(name.begin(), name.end(), '_', ' ');
        steps.push_back(value == true ? name
                                      : name + " " + (value.is_string() ? value.get<std::string>() : value.dump()));
    }
    if (steps.empty())
        return "The training images were not augmented. ";
    return "The training images were augmented at random in every epoch (" + listed(steps) + "). ";
}

/// A run's id, a file's name, or a name of the hub: no path of this machine.
std::string weightsText(const ModelSettings& model) {
    const std::filesystem::path path(model.weights);
    return path.parent_path().filename() == "runs" ? "of the run " + path.filename().string()
                                                   : path.filename().string();
}

std::string networkText(const RunReport& report) {
    const ModelSettings& model = report.experiment.model;
    const ZooEntry* entry = model.graph.is_null() ? findInZoo(model.name) : nullptr;
    std::string text = "The network was " + (entry ? entry->title : report.graph ? report.graph->name : model.name);
    if (report.graph)
        if (const auto cost = shapes(*report.graph))
            text += " with " + report::grouped(cost->parameters) + " parameters";
    if (report.isImported)
        return text + ". It was imported; how it was trained is not known here. ";
    text +=
        model.weights.empty() ? ", trained from random weights" : ", trained from the weights " + weightsText(model);
    if (model.freeze != "none")
        text += model.freeze == "base" ? " with its base frozen" : " frozen up to the layer " + model.freeze;
    return text + ". ";
}

/// "SGD (learning rate 0.01, Nesterov momentum 0.9, weight decay 0.0001)".
std::string optimizerText(const OptimizerSettings& optimizer) {
    static constexpr const char* kOptimizers[] = {"Adam", "stochastic gradient descent", "RMSprop", "AdamW"};
    std::string text = kOptimizers[static_cast<std::size_t>(optimizer.name)];
    text += " (learning rate " + shortNumber(optimizer.learningRate);
    const bool hasMomentum =
        optimizer.name == OptimizerSettings::Name::Sgd || optimizer.name == OptimizerSettings::Name::RmsProp;
    if (hasMomentum && optimizer.momentum > 0)
        text += (optimizer.nesterov ? ", Nesterov momentum " : ", momentum ") + shortNumber(optimizer.momentum);
    if (optimizer.weightDecay > 0)
        text += ", weight decay " + shortNumber(optimizer.weightDecay);
    if (optimizer.clipNorm > 0)
        text += ", gradients clipped to a norm of " + shortNumber(optimizer.clipNorm);
    return text + ")";
}

std::string scheduleText(const ScheduleSettings& schedule) {
    using Name = ScheduleSettings::Name;
    std::string text;
    if (schedule.name == Name::Cosine)
        text = "The learning rate fell along a cosine";
    else if (schedule.name == Name::OneCycle)
        text = "The learning rate followed the one-cycle schedule";
    else if (schedule.name == Name::Step)
        text = "The learning rate was multiplied by " + shortNumber(schedule.gamma) + " every " +
               counted(static_cast<std::size_t>(schedule.stepEpochs), "epoch");
    else if (schedule.warmupEpochs > 0)
        text = "The learning rate was constant";
    if (!text.empty() && schedule.warmupEpochs > 0)
        text += " after " + counted(static_cast<std::size_t>(schedule.warmupEpochs), "epoch") + " of warm-up";
    return text.empty() ? text : text + ". ";
}

std::string trainingText(const RunReport& report) {
    if (report.isImported)
        return {};
    const TrainingSettings& training = report.experiment.training;
    std::string text = "It was trained for " + counted(report.history.size(), "epoch") + " in batches of " +
                       std::to_string(training.batchSize) + " with " + optimizerText(training.optimizer) +
                       " on the cross-entropy";
    if (training.loss.labelSmoothing > 0)
        text += " with label smoothing of " + shortNumber(training.loss.labelSmoothing);
    if (training.loss.balancedClassWeight)
        text += ", classes weighted by their inverse frequency";
    if (training.balanced)
        text += ", each class drawn equally often";
    if (training.precision != Precision::Auto)
        text += training.precision == Precision::Bf16 ? ", in bfloat16 mixed precision" : ", in single precision";
    text += ". " + scheduleText(training.schedule);
    if (training.earlyStopping)
        text += "Training was to stop early where " + training.earlyStopping->monitor + " had not improved for " +
                counted(static_cast<std::size_t>(training.earlyStopping->patience), "epoch") + ". ";
    if (training.reduceLrOnPlateau)
        text += "The learning rate was multiplied by " + shortNumber(training.reduceLrOnPlateau->factor) + " where " +
                training.reduceLrOnPlateau->monitor + " had not improved for " +
                counted(static_cast<std::size_t>(training.reduceLrOnPlateau->patience), "epoch") + ". ";
    if (!report.edits.empty())
        text += "Settings were changed " + counted(report.edits.size(), "time") + " during training (see below). ";
    if (report.run.bestEpoch > 0 && report.run.bestValAccuracy)
        text += "The weights of epoch " + std::to_string(report.run.bestEpoch) +
                " were kept; the best validation accuracy was " + report::percent(*report.run.bestValAccuracy) + ". ";
    return text;
}

/// As papers call it; others by their own names.
std::string methodTitle(const std::string& method) {
    static constexpr std::pair<std::string_view, const char*> kTitles[] = {
        {"gradcam", "Grad-CAM"}, {"gradcam++", "Grad-CAM++"}, {"hirescam", "HiResCAM"}, {"layercam", "LayerCAM"}};
    for (const auto& [name, title] : kTitles)
        if (name == method)
            return title;
    return method;
}

std::string resultText(const RunReport& report) {
    if (!report.evaluation || report.evaluation->predictions.empty())
        return {};
    const Evaluation& evaluation = *report.evaluation;
    std::string text = "Of " + counted(evaluation.predictions.size(), "image") + " of the " +
                       (evaluation.split == "val" ? "validation" : evaluation.split) + " split, " +
                       report::percent(evaluation.accuracy) + " were classified correctly";
    if (const auto& interval = evaluation.accuracyInterval)
        text +=
            " (95 % Wilson interval " + report::percent(interval->low) + " to " + report::percent(interval->high) + ")";
    if (evaluation.macro.f1)
        text += "; macro F1 was " + report::decimal(*evaluation.macro.f1, 3);
    text += ". ";
    if (!report.pictures.empty())
        text += "Heat maps were made with " + methodTitle(report.heatMapMethod) + ". ";
    return text;
}

/// Whoever makes the report may have other threads than the run had.
std::string softwareText(const RunReport& report) {
    std::string text = report.software;
    const std::size_t threads = text.rfind(", ");
    if (report.threads > 0 && threads != std::string::npos && text.find("thread", threads) != std::string::npos)
        text = text.substr(0, threads + 2) + counted(static_cast<std::size_t>(report.threads), "thread");
    return text.empty() ? text : " (" + text + ")";
}

} // namespace

std::string methodsText(const RunReport& report) {
    return imagesText(report) + (report.isImported ? std::string() : augmentationText(report.experiment.augmentation)) +
           networkText(report) + trainingText(report) + resultText(report) + "Software: Sightline " + kVersion +
           softwareText(report) + (report.isImported ? "" : ", seed " + std::to_string(report.experiment.seed)) + ".";
}

} // namespace sightline
