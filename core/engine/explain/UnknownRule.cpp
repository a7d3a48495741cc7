// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/explain/FeaturePass.h"
#include "engine/explain/SplitPass.h"
#include "store/RunImport.h"
#include "store/RunPredictions.h"
#include "store/UnknownRuleFile.h"

namespace sightline::engine {

namespace {

constexpr int kBatch = 32;
constexpr std::size_t kLearned = 2000, kLearnedOfEach = 10; ///< training images: in all, but of each class at least
constexpr std::size_t kJudged = 2000;                       ///< validation images, about
constexpr std::size_t kMostValues = std::size_t{1} << 24;   ///< features in memory

/// Images of a subset, so many in all, spread evenly over each class.
std::vector<std::uint32_t> chosen(const Dataset& dataset, Subset subset, std::size_t most, std::size_t ofEach) {
    const std::size_t classes = std::max<std::size_t>(1, dataset.classes.size());
    return someOfEach(dataset, subset, std::max(ofEach, (most + classes - 1) / classes));
}

/// A pass over training images, then one over validation images, with one progress for both.
class Fitting {
public:
    Fitting(const Asked& asked, const RunSplit& split, const std::string& layer, const Asking& asking)
        : m_asked(asked), m_split(split), m_layer(layer), m_asking(asking) {
        const Dataset& dataset = split.data.dataset;
        const std::size_t width = std::max<std::size_t>(1, stagesWidth(asked.module(), layer));
        m_learned = chosen(dataset, Subset::Train, std::min(kLearned, kMostValues / width), kLearnedOfEach);
        m_judged = chosen(dataset, Subset::Validation, kJudged, 1);
    }

    Result<UnknownRule> rule() const {
        std::vector<torch::Tensor> features;
        std::vector<int> truth;
        const auto learned = pass(m_learned, 0, [&](const FeaturesOfImages& seen, int label, std::size_t row) {
            features.push_back(seen.stages[static_cast<std::int64_t>(row)]);
            truth.push_back(label);
        });
        if (!learned)
            return learned.error();
        auto clouds = classClouds(features.empty() ? FloatArray{{0, 1}, {}} : toArray(torch::stack(features)), truth,
                                  m_asked.model().classes.size());
        if (!clouds)
            return clouds.error();
        UnknownRule rule{m_layer, std::move(*clouds), {}};
        const NearestClass nearest(rule.clouds);
        const auto judged = pass(m_judged, m_learned.size(), [&](const FeaturesOfImages& seen, int, std::size_t row) {
            rule.known.push_back(
                {energyOf(rowOf(seen.logits, row)), static_cast<float>(nearest.distance(rowOf(seen.stages, row)))});
        });
        if (!judged)
            return judged.error();
        for (const UnknownSigns& signs : rule.known)
            if (!std::isfinite(signs.energy) || !std::isfinite(signs.distance))
                return badInput("The network's scores are not numbers; its weights are damaged.");
        return rule;
    }

private:
    template <typename Each>
    Result<void> pass(const std::vector<std::uint32_t>& images, std::size_t before, const Each& each) const {
        std::vector<std::string> skipped; // said where the split is evaluated
        const Asking asking{m_asking.stop, [&](std::size_t done, std::size_t) {
                                m_asking.tell(before + done, m_learned.size() + m_judged.size());
                            }};
        return passThrough(m_asked, m_split, images, kBatch, asking, skipped,
                           [&](const torch::Tensor& inputs, std::span<const std::uint32_t> samples) -> Result<void> {
                               const FeaturesOfImages seen = featuresOf(m_asked.module(), m_layer, inputs);
                               for (std::size_t i = 0; i < samples.size(); ++i)
                                   each(seen, m_split.data.dataset.samples[samples[i]].label, i);
                               return {};
                           });
    }

    const Asked& m_asked;
    const RunSplit& m_split;
    const std::string& m_layer;
    const Asking& m_asking;
    std::vector<std::uint32_t> m_learned, m_judged;
};

} // namespace

Result<UnknownRule> answer(const Asked& asked, const UnknownRuleQuestion& question, const Asking& asking) {
    const std::filesystem::path& run = asked.source.runFolder;
    if (run.empty())
        return badInput("Without a run there are no validation images, so unknown images cannot be told.");
    const Result<Experiment> experiment = RunFolder(run).experiment();
    if (!experiment)
        return experiment.error();
    std::optional<RunSplit> split;
    const auto open = [&]() -> Result<void> {
        auto opened = openSplit(asked, nameOf(Subset::Validation), question.dataPath, asking);
        if (!opened)
            return opened.error();
        split = std::move(*opened);
        return {};
    };
    std::string identity = asked.identity;
    if (!knowsItsImages(run)) { // these themselves say which they are
        if (const auto opened = open(); !opened)
            return opened.error();
        for (const Subset subset : {Subset::Train, Subset::Validation}) {
            const auto images = predictionsKey(asked.source.checkpoint, asked.identity, split->experiment, split->data,
                                               subset, asking.stop);
            if (!images)
                return images.error();
            identity += ' ' + images->fingerprint;
        }
    }
    const auto key = unknownRuleKey(run, identity, *experiment);
    if (!key)
        return key.error();
    const std::filesystem::path file = unknownRuleFile(run, asked.source.checkpoint);
    if (auto kept = keptUnknownRule(file, *key))
        return std::move(*kept);
    const Result<std::string> layer = featureLayer(asked.module());
    if (!layer)
        return layer.error();
    if (!split)
        if (const auto opened = open(); !opened)
            return opened.error();
    torch::NoGradGuard noGradients;
    Result<UnknownRule> rule = Fitting(asked, *split, *layer, asking).rule();
    if (rule)
        static_cast<void>(keepUnknownRule(file, *key, *rule)); // a run folder that cannot be written does not matter
    return rule;
}

} // namespace sightline::engine
