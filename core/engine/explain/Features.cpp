// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include "engine/explain/FeaturePass.h"
#include "engine/explain/SplitPass.h"

namespace sightline::engine {

namespace {
constexpr int kBatch = 32;

/// [n, S + D]: those of the stages, then those the classifier reads.
FloatArray valuesOf(const FeaturesOfImages& seen) {
    return toArray(torch::cat({seen.stages, seen.features}, 1));
}

Features ofImage(const Asked& asked, const std::string& layer, const Image& image) {
    const auto seen =
        featuresOf(asked.module(), layer, preparedInput(asked.model(), preparedImage(asked.model(), image)));
    Features found;
    found.layer = layer;
    found.values = valuesOf(seen);
    found.logits = toArray(seen.logits);
    return found;
}
} // namespace

Result<Features> answer(const Asked& asked, const FeaturesQuestion& question, const Asking& asking) {
    const Result<std::string> layer = featureLayer(asked.module());
    if (!layer)
        return layer.error();
    torch::NoGradGuard noGradients;
    if (question.image)
        return ofImage(asked, *layer, *question.image);
    const Result<RunSplit> split = openSplit(asked, question.split, question.dataPath, asking);
    if (!split)
        return split.error();
    Features found;
    found.split = nameOf(split->subset);
    found.layer = *layer;
    std::vector<std::string> skipped;
    std::vector<torch::Tensor> stages, features, logits;
    const auto passed =
        passThrough(asked, *split, split->data.dataset.indices(split->subset), kBatch, asking, skipped,
                    [&](const torch::Tensor& images, std::span<const std::uint32_t> samples) -> Result<void> {
                        FeaturesOfImages seen = featuresOf(asked.module(), found.layer, images);
                        stages.push_back(std::move(seen.stages));
                        features.push_back(std::move(seen.features));
                        logits.push_back(std::move(seen.logits));
                        for (const std::uint32_t sample : samples) {
                            found.samples.push_back(sample);
                            found.paths.push_back(split->data.dataset.samples[sample].path);
                            found.truth.push_back(split->data.dataset.samples[sample].label);
                        }
                        return {};
                    });
    if (!passed)
        return passed.error();
    if (features.empty())
        return badInput(
            "None of the " + found.split + " images in " + split->data.dataset.root.string() +
            (skipped.empty() ? " belongs to a class this run was trained on." : " can be read: " + skipped.front()));
    found.values = valuesOf({torch::cat(stages), torch::cat(features), {}});
    found.logits = toArray(torch::cat(logits));
    return found;
}

} // namespace sightline::engine
