// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "augment/Augment.h"
#include "engine/explain/HeatMapScore.h"
#include "engine/explain/Heats.h"
#include "engine/explain/SplitPass.h"

namespace sightline::engine {

namespace {

constexpr int kBatch = 32;

using Filter = HeatMapsQuestion::Filter;

bool isWanted(Filter filter, int truth, int predicted) {
    return filter == Filter::All || (truth == predicted) == (filter == Filter::Right);
}

/// What the network saw, for the eye: reading every image once more would take longer than the maps. Where the
/// normalisation cannot be taken back, the image is read again.
class Seen {
public:
    Seen(const Asked& asked, const RunSplit& split)
        : m_model(asked.model()), m_split(split),
          m_normalizer(m_model.normalization, m_model.module->spec().channels, m_model.fitted) {}

    /// `image` [C, H, W], normalised.
    Image operator()(const torch::Tensor& image, std::uint32_t sample) const {
        if (!m_normalizer.isAffine() || (image.size(0) != 1 && image.size(0) != 3))
            return readAgain(sample);
        const torch::Tensor values = image.contiguous();
        const auto channels = static_cast<int>(image.size(0));
        Image seen(static_cast<int>(image.size(1)), static_cast<int>(image.size(2)), channels);
        const std::size_t places = seen.pixels.size() / static_cast<std::size_t>(channels);
        for (int c = 0; c < channels; ++c) {
            const auto channel = static_cast<std::size_t>(c);
            const float* plane = values.data_ptr<float>() + channel * places;
            const float scale = 1 / m_normalizer.scale()[channel], offset = m_normalizer.offset()[channel];
            const auto to = static_cast<std::size_t>(m_normalizer.swapsChannels() ? 2 - c : c);
            for (std::size_t place = 0; place < places; ++place)
                seen.pixels[place * static_cast<std::size_t>(channels) + to] =
                    static_cast<std::uint8_t>(std::lround(std::clamp((plane[place] - offset) * scale, 0.0f, 255.0f)));
        }
        return seen;
    }

private:
    Image readAgain(std::uint32_t sample) const {
        const Dataset& dataset = m_split.data.dataset;
        const auto image = dataset.source->decoded(dataset.samples[sample], m_model.data.pixels);
        return image ? seenBy(m_model, preparedImage(m_model, *image)) : Image();
    }

    const LoadedModel& m_model;
    const RunSplit& m_split;
    Normalizer m_normalizer;
};

/// The pass forward and back to the layer that maps of one batch need: what they are measured against where nobody
/// takes them.
Result<void> passAlone(const HeatsAsked& what, const torch::Tensor& images) {
    torch::AutoGradMode gradients(true);
    torch::Tensor cut;
    const torch::Tensor logits = what.module.forwardFromCut(images, what.layer, cut);
    if (!cut.defined() || !logits.defined() || !logits.requires_grad())
        return badInput("The network's output does not depend on the layer '" + what.layer + "'; choose another.");
    torch::autograd::grad({std::get<0>(logits.max(1)).sum()}, {cut}, {}, {}, false, true);
    return {};
}

/// The maps of one batch, image by image.
Result<void> handOver(const HeatMapsQuestion& question, const HeatsAsked& what, const RunSplit& split, const Seen& seen,
                      const torch::Tensor& images, std::span<const std::uint32_t> samples, const Asking& asking,
                      HeatMapsOfSplit& all) {
    if (!question.each && hasLayer(question.method)) {
        all.images += samples.size();
        return passAlone(what, images);
    }
    std::vector<int> truths;
    for (const std::uint32_t sample : samples)
        truths.push_back(split.data.dataset.samples[sample].label);
    const auto heats = heatsOf(what, images, truths, {asking.stop}, [&](std::size_t image, int predicted) {
        return isWanted(question.filter, truths[image], predicted);
    });
    if (!heats)
        return heats.error();
    auto maps = heatMapsFrom(what, *heats, static_cast<int>(images.size(2)), static_cast<int>(images.size(3)));
    if (!maps)
        return maps.error();
    for (std::size_t i = 0; i < maps->size(); ++i) {
        const auto row = static_cast<std::size_t>(heats->rows[i]);
        SplitHeatMap one{split.data.dataset.samples[samples[row]].path, samples[row], truths[row],
                         std::move((*maps)[i])};
        ++all.images;
        all.empty += one.map.saturated ? 1 : 0;
        one.map.input = seen(images[heats->rows[i]], one.sample);
        if (question.each)
            if (const auto taken = question.each(std::move(one)); !taken)
                return taken;
    }
    return {};
}

} // namespace

Result<HeatMapsOfSplit> answer(const Asked& asked, const HeatMapsQuestion& question, const Asking& asking) {
    const auto layer = heatMapLayer(asked.module(), question.method, question.layer);
    if (!layer)
        return layer.error();
    const Result<RunSplit> split = openSplit(asked, question.split, question.dataPath, asking);
    if (!split)
        return split.error();
    const HeatsAsked what{asked.module(), asked.model().classes, question.method, question.target,
                          *layer,         question.logSoftmax,   question.seed};
    const Seen seen(asked, *split);
    HeatMapsOfSplit all;
    all.split = nameOf(split->subset);
    const auto passed =
        passThrough(asked, *split, someOfEach(split->data.dataset, split->subset, question.mostPerClass), kBatch,
                    asking, all.skipped, [&](const torch::Tensor& images, std::span<const std::uint32_t> some) {
                        return handOver(question, what, *split, seen, images, some, asking, all);
                    });
    if (!passed)
        return passed.error();
    return all;
}

} // namespace sightline::engine
