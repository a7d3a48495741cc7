// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <algorithm>

#include "engine/explain/SplitPass.h"
#include "support/Words.h"

namespace sightline::engine {

namespace {

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
struct Judged {
    std::vector<Prediction> predictions;
    std::vector<std::string> skipped;
};

Result<Judged> judged(const Asked& asked, const RunSplit& split, const std::vector<std::uint32_t>& indices,
                      int batchSize, const Asking& asking) {
    Judged found;
    torch::NoGradGuard noGradients;
    const auto passed =
        passThrough(asked, split, indices, batchSize, asking, found.skipped,
                    [&](const torch::Tensor& images, std::span<const std::uint32_t> samples) -> Result<void> {
                        const torch::Tensor logits = asked.module().infer(images)[0];
                        for (std::size_t i = 0; i < samples.size(); ++i) {
                            const Sample& sample = split.data.dataset.samples[samples[i]];
                            Prediction prediction = predictionFrom(logits[static_cast<std::int64_t>(i)], sample.label);
                            prediction.path = sample.path;
                            prediction.sample = samples[i];
                            found.predictions.push_back(std::move(prediction));
                        }
                        return {};
                    });
    if (!passed)
        return passed.error();
    return found;
}

Evaluation summed(const Asked& asked, const std::string& name, Judged images, std::uint64_t seed,
                  std::optional<double> temperature) {
    Evaluation evaluation;
    evaluation.split = name;
    evaluation.classes = asked.model().classes;
    evaluation.predictions = std::move(images.predictions);
    evaluation.skipped = std::move(images.skipped);
    summarize(evaluation, seed, temperature);
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

} // namespace

Result<Evaluation> answer(const Asked& asked, const EvaluationQuestion& question, const Asking& asking) {
    const Result<RunSplit> split = openSplit(asked, question.split, question.dataPath, asking);
    if (!split)
        return split.error();
    const RunData& data = split->data;
    const auto judgedSubset = [&](Subset subset) {
        return judged(asked, *split, data.dataset.indices(subset), question.batchSize, asking);
    };
    Result<Judged> images = judgedSubset(split->subset);
    if (!images)
        return images.error();
    const std::string name = nameOf(split->subset);
    if (images->predictions.empty())
        return badInput("None of the " + name + " images in " + data.dataset.root.string() +
                        (images->skipped.empty() ? " belongs to a class this run was trained on."
                                                 : " can be evaluated: " + images->skipped.front()));
    std::optional<double> temperature;
    if (split->subset == Subset::Validation) {
        temperature = fittedTemperature(images->predictions);
    } else if (data.dataset.count(Subset::Validation) > 0) {
        const Result<Judged> validation = judgedSubset(Subset::Validation);
        if (!validation)
            return validation.error();
        temperature = fittedTemperature(validation->predictions);
    }
    Evaluation evaluation = summed(asked, name, std::move(*images), split->experiment.seed, temperature);
    evaluation.notes = notesOn(data);
    if (!split->note.empty())
        evaluation.notes.insert(evaluation.notes.begin(), split->note);
    if (!data.manifest)
        return evaluation;
    evaluation.missing = data.match.missing.size();
    evaluation.fresh = data.match.fresh.size();
    if (!question.judgeNew)
        return evaluation;
    Result<Judged> fresh = judged(asked, *split, data.match.fresh, question.batchSize, asking);
    if (!fresh)
        return fresh.error();
    evaluation.newImages = std::make_shared<const Evaluation>(
        summed(asked, kNewImages, std::move(*fresh), split->experiment.seed, temperature));
    return evaluation;
}

} // namespace sightline::engine
