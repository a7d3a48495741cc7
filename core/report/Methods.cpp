// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <numeric>

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

std::string imagesText(const RunReport& report) {
    const DataSettings& data = report.experiment.data;
    std::string text = "Images of " + std::to_string(report.classes.size()) + " classes";
    if (const std::size_t training = imagesOf(report, Subset::Train); training > 0) {
        text += " (" + report::grouped(static_cast<std::int64_t>(training)) + " for training";
        for (const auto& [subset, purpose] :
             {std::pair(Subset::Validation, "validation"), std::pair(Subset::Test, "testing")})
            if (const std::size_t count = imagesOf(report, subset); count > 0)
                text += ", " + report::grouped(static_cast<std::int64_t>(count)) + " for " + purpose;
        text += ")";
    }
    text +=
        " were scaled to " + std::to_string(data.imageWidth) + " x " + std::to_string(data.imageHeight) + " pixels. ";
    if (!data.fold.empty())
        text += "Validation was fold " + std::to_string(data.fold.index) + " of " + std::to_string(data.fold.of) +
                ", stratified by class" + (data.group.empty() ? "" : ", with related images kept together") + ". ";
    else if (data.validationSplit > 0)
        text += "Validation images were a share of " + shortNumber(data.validationSplit) +
                " of each class of the training images where there were none of their own. ";
    return text;
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

std::string networkText(const RunReport& report) {
    const ModelSettings& model = report.experiment.model;
    const ZooEntry* entry = model.graph.is_null() ? findInZoo(model.name) : nullptr;
    std::string text = "The network was " + (entry ? entry->title : report.graph ? report.graph->name : model.name);
    if (report.graph)
        if (const auto cost = shapes(*report.graph))
            text += " with " + report::grouped(cost->parameters) + " parameters";
    text += model.weights.empty() ? ", trained from random weights" : ", trained from the weights " + model.weights;
    if (model.freeze != "none")
        text += model.freeze == "base" ? " with its base frozen" : " frozen up to the layer " + model.freeze;
    return text + ". ";
}

std::string trainingText(const RunReport& report) {
    static constexpr const char* kOptimizers[] = {"Adam", "stochastic gradient descent", "RMSprop", "AdamW"};
    const TrainingSettings& training = report.experiment.training;
    std::string text = "It was trained for " + counted(report.history.size(), "epoch") + " in batches of " +
                       std::to_string(training.batchSize) + " with " +
                       kOptimizers[static_cast<std::size_t>(training.optimizer.name)] + " (learning rate " +
                       shortNumber(training.optimizer.learningRate) + ") on the cross-entropy";
    if (training.loss.labelSmoothing > 0)
        text += " with label smoothing of " + shortNumber(training.loss.labelSmoothing);
    if (training.loss.balancedClassWeight)
        text += ", classes weighted by their inverse frequency";
    text += ". ";
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
        text += "Heat maps were made with " + report.heatMapMethod + ". ";
    return text;
}

} // namespace

std::string methodsText(const RunReport& report) {
    return imagesText(report) + augmentationText(report.experiment.augmentation) + networkText(report) +
           trainingText(report) + resultText(report) + "Software: Sightline " + kVersion +
           (report.software.empty() ? "" : " (" + report.software + ")") + ", seed " +
           std::to_string(report.experiment.seed) + ".";
}

} // namespace sightline
