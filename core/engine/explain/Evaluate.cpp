// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <algorithm>
#include <limits>

#include "augment/Reading.h"
#include "engine/explain/Explain.h"
#include "engine/explain/ExplainTools.h"
#include "engine/module/ComputeThreads.h"
#include "store/RunData.h"
#include "support/Files.h"
#include "support/Words.h"

namespace sightline::engine {

namespace {

/// The split asked for; empty: test where there is one, else val.
Result<Subset> subsetOf(const std::string& split, const RunData& data, const std::string& run) {
    const std::string fresh = data.match.fresh.empty() ? "."
                                                       : " (" + counted(data.match.fresh.size(), "image") +
                                                             " of its data set are new since).";
    for (const Subset subset : {Subset::Train, Subset::Validation, Subset::Test})
        if (split == nameOf(subset))
            return data.dataset.count(subset) > 0
                       ? Result<Subset>(subset)
                       : badInput("The run " + run + " has no " + split + " images in " + data.place.path + fresh);
    if (!split.empty())
        return badInput("The split " + split + " is not one of train, val, test.");
    for (const Subset subset : {Subset::Test, Subset::Validation})
        if (data.dataset.count(subset) > 0)
            return subset;
    return badInput("The run " + run + " has neither test nor val images in " + data.place.path +
                    "; evaluate the train split" + fresh);
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

/// Judges images of the run's data set; those of classes it does not know are skipped.
Result<Evaluation> judged(const RunData& data, const std::vector<std::uint32_t>& asked, const std::string& split,
                          const Experiment& experiment, int batchSize, const LoadedModel& model, std::stop_token stop,
                          const Progress& progress) {
    Evaluation evaluation;
    evaluation.split = split;
    evaluation.classes = model.classes;
    std::vector<std::uint32_t> indices;
    for (const std::uint32_t index : asked) {
        const Sample& sample = data.dataset.samples[index];
        if (sample.label >= 0)
            indices.push_back(index);
        else
            evaluation.skipped.push_back(sample.path + ": this run was not trained on its class.");
    }
    if (indices.empty()) {
        summarize(evaluation);
        return evaluation;
    }
    LoaderSettings settings = readingFor(experiment, model.fitted, Reading::Judging);
    settings.augmentation.augmentValidation = false; // what a random crop means at inference stays
    settings.batchSize = std::max(1, batchSize);
    BatchLoader loader(data.dataset, indices, settings);
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
                const Sample& sample = data.dataset.samples[index];
                Prediction prediction = predictionFrom(logits[i], sample.label);
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
        evaluation.skipped.push_back(data.dataset.samples[skipped.sample].path + ": " + skipped.reason);
    summarize(evaluation);
    return evaluation;
}

/// What a person should know of the images before believing a figure. New ones are for the asker to say.
std::vector<std::string> notesOn(const RunData& data) {
    if (!data.manifest)
        return {"This run is from an older version and has no list of its images: which of these it was trained on, "
                "and which are new or missing, is unknown."};
    std::vector<std::string> notes, gone;
    for (const std::uint32_t entry : data.match.missing)
        gone.push_back(data.manifest->samples[entry].path);
    if (!gone.empty())
        notes.push_back(counted(gone.size(), "image") + " of the run " + (gone.size() == 1 ? "is" : "are") +
                        " missing: " + listed(gone) + ".");
    if (data.match.altered > 0)
        notes.push_back(counted(data.match.altered, "image") +
                        (data.match.altered == 1 ? " has different contents" : " have different contents") +
                        " than when the run began.");
    if (data.reclassed > 0)
        notes.push_back(counted(data.reclassed, "image") + (data.reclassed == 1 ? " is" : " are") +
                        " now in another class; evaluated with the labels the run was trained with.");
    return notes;
}

Result<Evaluation> evaluated(const EvaluateRequest& request, std::stop_token stop, const Progress& progress) {
    const RunFolder run(request.runFolder);
    const auto experiment = run.experiment();
    if (!experiment)
        return experiment.error();
    const auto checkpoint = chooseCheckpoint(request.runFolder, request.checkpoint);
    if (!checkpoint)
        return checkpoint.error();
    RunDataRequest question;
    question.path = request.dataPath;
    question.threads = availableCpus();
    const Result<RunData> data = openRunData(run, *experiment, question, stop);
    if (!data)
        return data.error();
    const auto subset = subsetOf(request.split, *data, run.id());
    if (!subset)
        return subset.error();
    const ComputeThreads threads(request.threads);
    ModelSource source;
    source.runFolder = request.runFolder;
    source.checkpoint = request.checkpoint;
    const auto shared = sharedModel(source);
    if (!shared)
        return shared.error();
    const auto judge = [&](const std::vector<std::uint32_t>& indices, const char* name) {
        return judged(*data, indices, name, *experiment, request.batchSize, **shared, stop, progress);
    };
    Result<Evaluation> evaluation = judge(data->dataset.indices(*subset), nameOf(*subset));
    if (!evaluation)
        return evaluation;
    if (evaluation->predictions.empty())
        return badInput("None of the " + evaluation->split + " images in " + data->dataset.root.string() +
                        (evaluation->skipped.empty() ? " belongs to a class this run was trained on."
                                                     : " can be evaluated: " + evaluation->skipped.front()));
    evaluation->notes = notesOn(*data);
    if (!checkpoint->note.empty())
        evaluation->notes.insert(evaluation->notes.begin(), checkpoint->note);
    if (!data->manifest)
        return evaluation;
    evaluation->missing = data->match.missing.size();
    evaluation->fresh = data->match.fresh.size();
    if (!request.judgeNew)
        return evaluation;
    Result<Evaluation> fresh = judge(data->match.fresh, kNewImages);
    if (!fresh)
        return fresh;
    evaluation->newImages = std::make_shared<const Evaluation>(std::move(*fresh));
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
