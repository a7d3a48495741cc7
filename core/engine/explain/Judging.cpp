// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/Judging.h"

#include <torch/torch.h>

#include "engine/explain/PredictedClass.h"

namespace sightline::engine {

namespace {

Prediction predictionFrom(const torch::Tensor& logits, int truth) {
    Prediction prediction;
    prediction.truth = truth;
    prediction.probabilities = probabilitiesOf(logits);
    prediction.predicted = predictedBy(logits);
    prediction.confidence =
        static_cast<double>(prediction.probabilities[static_cast<std::size_t>(prediction.predicted)]);
    prediction.loss = -torch::log_softmax(logits.to(torch::kDouble), 0)[truth].item<double>();
    return prediction;
}

} // namespace

Result<void> finiteScores(const torch::Tensor& logits) {
    return torch::isfinite(logits).all().item<bool>()
               ? Result<void>()
               : badInput("The network gives scores that are no numbers: its weights are damaged or its training "
                          "diverged; choose another checkpoint.");
}

Result<JudgedImages> judged(const Asked& asked, const RunSplit& split, const std::vector<std::uint32_t>& indices,
                            int batchSize, const Asking& asking) {
    JudgedImages images;
    torch::NoGradGuard noGradients;
    const auto passed =
        passThrough(asked, split, indices, batchSize, asking, images.skipped,
                    [&](const torch::Tensor& inputs, std::span<const std::uint32_t> samples) -> Result<void> {
                        const torch::Tensor logits = asked.module().infer(inputs)[0];
                        if (const Result<void> finite = finiteScores(logits); !finite)
                            return finite;
                        for (std::size_t i = 0; i < samples.size(); ++i) {
                            const Sample& sample = split.data.dataset.samples[samples[i]];
                            Prediction prediction = predictionFrom(logits[static_cast<std::int64_t>(i)], sample.label);
                            prediction.path = sample.path;
                            prediction.sample = samples[i];
                            images.predictions.push_back(std::move(prediction));
                        }
                        return {};
                    });
    if (!passed)
        return passed.error();
    return images;
}

Result<JudgedImages> judgedSubset(const Asked& asked, const RunSplit& split, Subset subset, int batchSize,
                                  const Asking& asking, std::vector<std::string>& notes) {
    const std::filesystem::path& run = asked.source.runFolder;
    const Dataset& dataset = split.data.dataset;
    const auto key =
        predictionsKey(asked.source.checkpoint, asked.identity, split.experiment, split.data, subset, asking.stop);
    if (!key)
        return key.error();
    if (auto kept = findPredictions(run, *key, dataset, subset))
        return std::move(*kept);
    Result<JudgedImages> images = judged(asked, split, dataset.indices(subset), batchSize, asking);
    if (!images)
        return images;
    if (const auto written = keepPredictions(run, *key, dataset, *images); !written)
        notes.push_back("The predictions could not be kept for the next time: " + written.error().message);
    return images;
}

} // namespace sightline::engine
