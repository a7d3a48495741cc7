// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "data/ContentDigest.h"
#include "engine/explain/KeptExamples.h"
#include "engine/explain/Layer.h"
#include "engine/explain/SplitPass.h"
#include "store/FeatureCache.h"

namespace sightline::engine {

namespace {

constexpr std::size_t kKept = 25; ///< examples of a channel, if no more are asked for
constexpr int kMostExamples = 1000;

/// Everything that makes examples what they are: the weights, the layer, the images' contents and their classes.
Result<std::string> keyOf(const Asked& asked, const RunSplit& split, const std::vector<std::uint32_t>& indices,
                          const Layer& layer, const Asking& asking) {
    constexpr std::size_t kStretch = std::size_t{1} << 17; // digestOf() reads as many bytes whole
    constexpr std::string_view kVersion = "examples 1";
    Fingerprint key;
    key.add(kVersion);
    key.add(layer.id);
    for (const torch::Tensor& weights : {asked.module().parameters(), asked.module().statistics()}) {
        const std::string_view bytes(static_cast<const char*>(weights.data_ptr()), weights.nbytes());
        for (std::size_t at = 0; at < bytes.size(); at += kStretch)
            key.add(static_cast<std::int64_t>(digestOf(bytes.substr(at, kStretch)).hash));
    }
    for (const std::uint32_t index : indices)
        key.add(static_cast<std::int64_t>(split.data.dataset.samples[index].label));
    if (const Result<void> added = key.add(split.data.dataset, indices, asking.stop); !added)
        return added.error();
    return key.text();
}

/// What a pass over the images finds, channel by channel.
class Finder {
public:
    Finder(const Layer& layer, std::size_t classes, std::size_t kept)
        : m_layer(layer), m_kept(kept), m_sums(classes), m_counts(classes, 0),
          m_found(static_cast<std::size_t>(layer.channels())),
          m_highest(m_found.size(), -std::numeric_limits<float>::infinity()), m_damaged(m_found.size(), false) {}

    /// `values` [n, C, H, W] or [n, C]; `places` in the split.
    void add(const torch::Tensor& values, const std::vector<std::uint32_t>& places, const std::vector<int>& labels) {
        const torch::Tensor flat = values.reshape({values.size(0), values.size(1), -1});
        const auto [largest, where] = flat.max(2);
        const torch::Tensor high = largest.contiguous(), at = where.contiguous(), mean = flat.mean(2).contiguous();
        const std::size_t channels = m_found.size();
        const torch::Tensor finite = torch::isfinite(flat).all(2).all(0).contiguous();
        for (std::size_t c = 0; c < channels; ++c)
            m_damaged[c] = m_damaged[c] || !finite.data_ptr<bool>()[c];
        for (std::size_t i = 0; i < places.size(); ++i) {
            const float* highs = high.data_ptr<float>() + i * channels;
            const float* means = mean.data_ptr<float>() + i * channels;
            const std::int64_t* spots = at.data_ptr<std::int64_t>() + i * channels;
            std::vector<double>& sums = m_sums[static_cast<std::size_t>(labels[i])];
            sums.resize(channels, 0);
            ++m_counts[static_cast<std::size_t>(labels[i])];
            for (std::size_t c = 0; c < channels; ++c) {
                if (m_damaged[c])
                    continue;
                sums[c] += static_cast<double>(means[c]);
                m_highest[c] = std::max(m_highest[c], means[c]);
                consider(m_found[c], places[i], highs[c], spots[c]);
            }
            ++m_images;
        }
    }

    bool isDamaged(std::size_t channel) const { return m_damaged[channel]; }
    bool anyDamaged() const { return std::find(m_damaged.begin(), m_damaged.end(), true) != m_damaged.end(); }
    bool allDamaged() const { return std::find(m_damaged.begin(), m_damaged.end(), false) == m_damaged.end(); }

    /// A channel with values that are no numbers has no examples and means of 0.
    Examples found() && {
        for (std::size_t c = 0; c < m_found.size(); ++c) {
            if (!m_damaged[c])
                continue;
            m_found[c].clear();
            m_highest[c] = 0;
            for (std::vector<double>& sums : m_sums)
                if (!sums.empty())
                    sums[c] = 0;
        }
        Examples examples;
        examples.images = m_images;
        examples.height = m_layer.height();
        examples.width = m_layer.width();
        examples.channels = std::move(m_found);
        examples.highestMeans = std::move(m_highest);
        for (std::size_t i = 0; i < m_sums.size(); ++i) {
            std::vector<float>& means = examples.classMeans.emplace_back();
            for (const double sum : m_sums[i])
                means.push_back(static_cast<float>(sum / static_cast<double>(m_counts[i])));
        }
        return examples;
    }

private:
    /// Images come in the order of the split: of equal ones the first stays before the others.
    void consider(std::vector<Example>& list, std::uint32_t place, float value, std::int64_t spot) const {
        if (list.size() == m_kept && value <= list.back().value)
            return;
        const int width = std::max(1, m_layer.width());
        const Example example{{}, place, value, static_cast<int>(spot) / width, static_cast<int>(spot) % width};
        const auto after = std::upper_bound(list.begin(), list.end(), value,
                                            [](float one, const Example& other) { return one > other.value; });
        list.insert(after, example);
        if (list.size() > m_kept)
            list.pop_back();
    }

    const Layer& m_layer;
    std::size_t m_kept, m_images = 0;
    std::vector<std::vector<double>> m_sums; ///< [class][channel] of means
    std::vector<std::size_t> m_counts;
    std::vector<std::vector<Example>> m_found;
    std::vector<float> m_highest;
    std::vector<bool> m_damaged; ///< [channel]: gave values that are no numbers
};

/// What a pass over the images found.
struct Search {
    Examples examples;
    bool isWhole = true; ///< every value is a number
};

Result<Search> searched(const Asked& asked, const RunSplit& split, const std::vector<std::uint32_t>& indices,
                        const Layer& layer, std::size_t kept, int channel, const Asking& asking) {
    const auto& samples = split.data.dataset.samples;
    std::unordered_map<std::uint32_t, std::uint32_t> placeOf;
    for (std::size_t i = 0; i < indices.size(); ++i)
        placeOf[indices[i]] = static_cast<std::uint32_t>(i);
    const Result<Trunk> trunk = Trunk::of(asked.module(), layer);
    if (!trunk)
        return trunk.error();
    torch::NoGradGuard noGradients;
    Finder finder(layer, asked.model().classes.size(), kept);
    std::vector<std::string> skipped;
    const auto look = [&](const torch::Tensor& images, std::span<const std::uint32_t> batch) -> Result<void> {
        std::vector<std::uint32_t> places;
        std::vector<int> labels;
        for (const std::uint32_t sample : batch) {
            places.push_back(placeOf.at(sample));
            labels.push_back(samples[sample].label);
        }
        finder.add(trunk->values(images), places, labels);
        if (finder.allDamaged())
            return badInput("The layer '" + layer.id + "' gives values that are not numbers for " +
                            samples[batch.front()].path + "; the network's weights are damaged.");
        if (channel >= 0 && finder.isDamaged(static_cast<std::size_t>(channel)))
            return badInput("Channel " + std::to_string(channel) + " of the layer '" + layer.id +
                            "' gives values that are not numbers for " + samples[batch.front()].path +
                            "; its weights are damaged. The other channels can be asked.");
        return {};
    };
    if (const auto passed = passThrough(asked, split, indices, 32, asking, skipped, look); !passed)
        return passed.error();
    const bool isWhole = !finder.anyDamaged();
    Search search{std::move(finder).found(), isWhole};
    search.examples.skipped = std::move(skipped);
    return search;
}

/// As it is answered: so many, with their paths.
void finish(Examples& examples, const RunSplit& split, const std::vector<std::uint32_t>& indices, std::size_t top) {
    for (std::vector<Example>& list : examples.channels) {
        list.resize(std::min(list.size(), top));
        for (Example& example : list) {
            example.sample = indices[example.sample];
            example.path = split.data.dataset.samples[example.sample].path;
        }
    }
}

} // namespace

Result<Examples> answer(const Asked& asked, const ExamplesQuestion& question, const Asking& asking) {
    const Result<Layer> layer = namedLayer(asked.module(), question.layer);
    if (!layer)
        return layer.error();
    if (question.channel != -1)
        if (const Result<void> there = channelIn(*layer, question.channel); !there)
            return there.error();
    if (question.top < 1 || question.top > kMostExamples)
        return badInput("The number of examples must be 1 to 1000.");
    const Result<RunSplit> split = openSplit(asked, question.split, question.dataPath, asking);
    if (!split)
        return split.error();
    const std::vector<std::uint32_t> indices = split->data.dataset.indices(split->subset);
    const Result<std::string> key = keyOf(asked, *split, indices, *layer, asking);
    if (!key)
        return key.error();
    const auto top = static_cast<std::size_t>(question.top);
    const std::filesystem::path file =
        examplesFile(asked.source.runFolder, asked.source.checkpoint, nameOf(split->subset), layer->id);
    std::optional<Examples> examples = keptExamples(file, *key, indices.size());
    const bool suffices =
        examples && !examples->channels.empty() && examples->channels.front().size() >= std::min(top, examples->images);
    if (!suffices) {
        Result<Search> search =
            searched(asked, *split, indices, *layer, std::max(top, kKept), question.channel, asking);
        if (!search)
            return search.error();
        Examples& fresh = search->examples;
        if (fresh.images == 0)
            return badInput("None of the " + std::string(nameOf(split->subset)) + " images in " +
                            split->data.dataset.root.string() +
                            (fresh.skipped.empty() ? " belongs to a class this run was trained on."
                                                   : " can be judged: " + fresh.skipped.front()));
        if (search->isWhole)
            static_cast<void>(keepExamples(file, *key, fresh)); // a run folder that cannot be written does not matter
        examples = std::move(fresh);
    }
    examples->layer = layer->id;
    examples->split = nameOf(split->subset);
    examples->classes = asked.model().classes;
    finish(*examples, *split, indices, top);
    return std::move(*examples);
}

} // namespace sightline::engine
