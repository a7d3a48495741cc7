// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include "engine/explain/SplitPass.h"
#include "network/Passes.h"

namespace sightline::engine {

namespace {
constexpr int kBatch = 32;

/// One row an image; means over the places where it has any.
torch::Tensor asRows(const torch::Tensor& features) {
    return features.dim() == 4 ? features.mean({2, 3}) : features.flatten(1);
}
} // namespace

Result<Features> answer(const Asked& asked, const FeaturesQuestion& question, const Asking& asking) {
    const Result<RunSplit> split = openSplit(asked, question.split, question.dataPath, asking);
    if (!split)
        return split.error();
    Features found;
    found.split = nameOf(split->subset);
    found.layer = featureNode(asked.module().spec());
    if (found.layer.empty())
        return badInput("The network " + asked.module().spec().name +
                        " has no layer before its classifier, so it has no features.");
    std::vector<std::string> skipped;
    torch::NoGradGuard noGradients;
    std::vector<torch::Tensor> features, logits;
    const auto passed =
        passThrough(asked, *split, split->data.dataset.indices(split->subset), kBatch, asking, skipped,
                    [&](const torch::Tensor& images, std::span<const std::uint32_t> samples) -> Result<void> {
                        std::map<std::string, torch::Tensor> tapped{{found.layer, {}}};
                        logits.push_back(asked.module().infer(images, &tapped)[0]);
                        features.push_back(asRows(tapped.at(found.layer)).to(torch::kFloat));
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
    found.values = toArray(torch::cat(features));
    found.logits = toArray(torch::cat(logits));
    return found;
}

} // namespace sightline::engine
