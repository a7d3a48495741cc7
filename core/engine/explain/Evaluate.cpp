// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <algorithm>
#include <limits>

#include "augment/BatchLoader.h"
#include "data/Overlay.h"
#include "engine/explain/Explain.h"
#include "engine/explain/ExplainTools.h"
#include "engine/module/ComputeThreads.h"
#include "store/RunStore.h"

namespace sightline::engine {

namespace {

/// The split asked for; empty: test where there is one, else val.
Result<Subset> subsetOf(const std::string& split, const Dataset& dataset) {
    for (const Subset subset : {Subset::Train, Subset::Validation, Subset::Test})
        if (split == nameOf(subset))
            return dataset.count(subset) > 0
                       ? Result<Subset>(subset)
                       : badInput("The data set " + dataset.root.string() + " has no " + split + " images.");
    if (!split.empty())
        return badInput("The split " + split + " is not one of train, val, test.");
    for (const Subset subset : {Subset::Test, Subset::Validation})
        if (dataset.count(subset) > 0)
            return subset;
    return badInput("The data set " + dataset.root.string() +
                    " has neither test nor val images; choose the train split.");
}

/// For each class of the data set its place among the run's classes, -1 where the run does not know it.
std::vector<int> placesOf(const Dataset& dataset, const std::vector<std::string>& classes) {
    std::vector<int> places;
    for (const std::string& name : dataset.classes) {
        const auto known = std::find(classes.begin(), classes.end(), name);
        places.push_back(known == classes.end() ? -1 : static_cast<int>(known - classes.begin()));
    }
    return places;
}

/// Images of one pass: of a large network few, so that Stop is heard in time. It depends on the network only: sums in
/// another batch size may differ in their last bits.
std::int64_t imagesAtOnce(const GraphModule& module, int batchSize) {
    constexpr std::int64_t kMultiplyAdds = 4'000'000'000, kLeast = 4; // fewer are slow for each
    const std::int64_t fitting = kMultiplyAdds / std::max<std::int64_t>(1, module.cost().multiplyAdds);
    return std::clamp<std::int64_t>(fitting, std::min<std::int64_t>(kLeast, batchSize), batchSize);
}

Prediction predictionFrom(const torch::Tensor& logits, int truth) {
    Prediction prediction;
    prediction.truth = truth;
    prediction.probabilities = probabilitiesOf(logits);
    const auto best = std::max_element(prediction.probabilities.begin(), prediction.probabilities.end());
    prediction.predicted = static_cast<int>(best - prediction.probabilities.begin());
    prediction.confidence = static_cast<double>(*best);
    prediction.loss = -torch::log_softmax(logits.to(torch::kDouble), 0)[truth].item<double>();
    return prediction;
}

Result<Evaluation> evaluated(const EvaluateRequest& request, std::stop_token stop, const Progress& progress) {
    const auto experiment = RunFolder(request.runFolder).experiment();
    if (!experiment)
        return experiment.error();
    const ComputeThreads threads(request.threads);
    ModelSource source;
    source.runFolder = request.runFolder;
    source.checkpoint = request.checkpoint;
    const auto shared = sharedModel(source);
    if (!shared)
        return shared.error();
    const LoadedModel& model = **shared;
    auto dataset = openWithOverlayFile(request.runFolder / kOverlayFile, experiment->data, experiment->seed, stop);
    if (!dataset)
        return dataset.error();
    const auto subset = subsetOf(request.split, *dataset);
    if (!subset)
        return subset.error();

    Evaluation evaluation;
    evaluation.split = nameOf(*subset);
    evaluation.classes = model.classes;
    const std::vector<int> places = placesOf(*dataset, model.classes);
    std::vector<std::uint32_t> indices;
    for (const std::uint32_t index : dataset->indices(*subset)) {
        const Sample& sample = dataset->samples[index];
        if (sample.label >= 0 && places[static_cast<std::size_t>(sample.label)] >= 0)
            indices.push_back(index);
        else
            evaluation.skipped.push_back(sample.path + ": this run was not trained on its class.");
    }
    if (indices.empty())
        return badInput("None of the " + evaluation.split + " images of " + dataset->root.string() +
                        " belongs to a class this run was trained on.");

    LoaderSettings settings;
    settings.data = experiment->data;
    settings.augmentation = experiment->augmentation; // for what a random crop means at inference
    settings.augmentation.augmentValidation = false;
    settings.training = false;
    settings.normalization = experiment->normalization;
    settings.fitted = model.fitted;
    settings.batchSize = std::max(1, request.batchSize);
    settings.shuffle = false;
    settings.cache.memoryBytes = 0;
    BatchLoader loader(*dataset, indices, settings);
    loader.startEpoch(0);
    torch::NoGradGuard noGradients;
    std::size_t done = 0;
    const std::int64_t atOnce = imagesAtOnce(*model.module, settings.batchSize);
    while (const Batch* batch = loader.next()) {
        if (stop.stop_requested())
            return cancelled();
        torch::Tensor images =
            torch::from_blob(const_cast<float*>(batch->images.data()),
                             {batch->size, loader.outputHeight(), loader.outputWidth(), loader.channels()},
                             torch::kFloat)
                .permute({0, 3, 1, 2});
        if (images.size(2) != model.height() || images.size(3) != model.width())
            images = torch::upsample_bilinear2d(images, {model.height(), model.width()}, false);
        for (std::int64_t begin = 0; begin < batch->size; begin += atOnce) {
            if (stop.stop_requested())
                return cancelled();
            const std::int64_t count = std::min(atOnce, batch->size - begin);
            const torch::Tensor logits = model.module->infer(images.narrow(0, begin, count))[0];
            for (std::int64_t i = 0; i < count; ++i) {
                const std::uint32_t index = batch->samples[static_cast<std::size_t>(begin + i)];
                const Sample& sample = dataset->samples[index];
                Prediction prediction = predictionFrom(logits[i], places[static_cast<std::size_t>(sample.label)]);
                prediction.path = sample.path;
                prediction.sample = index;
                evaluation.predictions.push_back(std::move(prediction));
            }
        }
        done += static_cast<std::size_t>(batch->size);
        if (progress)
            progress(done, indices.size());
    }
    for (const auto& skipped : loader.skipped())
        evaluation.skipped.push_back(dataset->samples[skipped.sample].path + ": " + skipped.reason);
    if (evaluation.predictions.empty())
        return badInput("None of the " + evaluation.split + " images of " + dataset->root.string() + " can be read.");
    summarize(evaluation);
    return evaluation;
}

} // namespace

Result<Evaluation> evaluate(const EvaluateRequest& request, std::stop_token stop, const Progress& progress) {
    try {
        return evaluated(request, stop, progress);
    } catch (const std::exception& exception) {
        return Error{"The evaluation failed: " + std::string(exception.what())};
    }
}

} // namespace sightline::engine
