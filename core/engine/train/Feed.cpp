// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Feed.h"

#include <torch/torch.h>

#include <numeric>

#include "augment/EpochOrder.h"

namespace sightline::engine {

namespace {

class ImageFeed : public Feed {
public:
    ImageFeed(const Dataset& dataset, std::vector<std::uint32_t> indices, const LoaderSettings& settings)
        : m_images(indices), m_loader(dataset, std::move(indices), settings) {}

    void startEpoch(std::uint64_t epoch, int firstBatch) override {
        m_loader.startEpoch(epoch, static_cast<std::size_t>(firstBatch));
    }
    std::optional<FeedBatch> next() override {
        const Batch* batch = m_loader.next();
        if (!batch)
            return {};
        FeedBatch made;
        made.size = batch->size;
        made.input.images = imagesOf(*batch, m_loader);
        made.targets = targetsOf(*batch);
        made.samples = batch->samples;
        made.number = static_cast<int>(batch->number);
        made.whole = batch->whole;
        return made;
    }
    std::size_t batchesPerEpoch() const override { return m_loader.batchesPerEpoch(); }
    double secondsWaited() const override { return m_loader.secondsWaited(); }
    int loaderThreads() const override { return m_loader.threads(); }
    void setLoaderThreads(int threads) override { m_loader.setThreads(threads); }
    std::vector<SkippedImage> skipped() const override {
        std::vector<SkippedImage> images;
        for (const BatchLoader::Skipped& image : m_loader.skipped())
            images.push_back({image.sample, image.reason});
        return images;
    }
    const std::vector<std::uint32_t>& images() const override { return m_images; }
    std::string note() const override { return m_loader.cacheNote(); }

private:
    std::vector<std::uint32_t> m_images;
    BatchLoader m_loader;
};

class FeatureFeed : public Feed {
public:
    FeatureFeed(const Dataset& dataset, Features features, const LoaderSettings& settings)
        : m_features(std::move(features)), m_settings(settings) {
        for (const std::uint32_t index : m_features.indices)
            m_labels.push_back(dataset.samples[index].label);
    }

    void startEpoch(std::uint64_t epoch, int firstBatch) override {
        m_order.resize(m_labels.size());
        std::iota(m_order.begin(), m_order.end(), std::uint32_t{0});
        if (m_settings.shuffle) // as BatchLoader does
            m_order = m_settings.balanced
                          ? balancedOrder({m_labels.begin(), m_labels.end()}, m_settings.seed, epoch).places
                          : shuffledOrder(m_order.size(), m_settings.seed, epoch).places;
        m_nextBatch = static_cast<std::size_t>(firstBatch);
    }

    std::optional<FeedBatch> next() override {
        const auto batchSize = static_cast<std::size_t>(m_settings.batchSize);
        for (; m_nextBatch < batchesPerEpoch(); ++m_nextBatch) {
            std::vector<std::int64_t> rows, labels;
            m_samples.clear();
            const std::size_t begin = m_nextBatch * batchSize,
                              whole = std::min(m_order.size(), begin + batchSize) - begin;
            const BatchPart::Range part = m_settings.part.among(whole);
            for (const std::uint32_t place : std::span(m_order).subspan(begin + part.begin, part.end - part.begin)) {
                if (!m_features.present[place])
                    continue;
                rows.push_back(place);
                labels.push_back(m_labels[place]);
                m_samples.push_back(m_features.indices[place]);
            }
            if (rows.empty() && m_settings.part.isWhole())
                continue;
            const torch::Tensor chosen = torch::tensor(rows, torch::kLong);
            FeedBatch made;
            made.size = static_cast<int>(rows.size());
            made.targets.labels = torch::tensor(labels, torch::kLong);
            made.samples = m_samples;
            made.number = static_cast<int>(m_nextBatch++);
            made.whole = static_cast<int>(whole);
            for (const torch::Tensor& values : m_features.values) {
                const torch::Tensor taken = values.index_select(0, chosen);
                made.input.features.push_back(taken.dim() == 4 ? taken.contiguous(at::MemoryFormat::ChannelsLast)
                                                               : taken);
            }
            return made;
        }
        return {};
    }
    std::size_t batchesPerEpoch() const override {
        const auto size = static_cast<std::size_t>(m_settings.batchSize);
        return (m_labels.size() + size - 1) / size;
    }
    std::vector<SkippedImage> skipped() const override { return m_features.skipped; }
    const std::vector<std::uint32_t>& images() const override { return m_features.indices; }

private:
    Features m_features;
    LoaderSettings m_settings;
    std::vector<std::int64_t> m_labels;
    std::vector<std::uint32_t> m_order;
    std::vector<std::uint32_t> m_samples; ///< of the last batch
    std::size_t m_nextBatch = 0;
};

} // namespace

torch::Tensor imagesOf(const Batch& batch, const BatchLoader& loader) {
    return torch::from_blob(
        const_cast<float*>(batch.images.data()), // torch has no view of constant memory; nothing writes to it
        {batch.size, loader.outputHeight(), loader.outputWidth(), loader.channels()}, torch::kFloat);
}

Targets targetsOf(const Batch& batch) {
    Targets targets{torch::from_blob(const_cast<std::int64_t*>(batch.labels.data()), {batch.size}, torch::kLong)};
    if (!batch.shares.empty()) {
        targets.others =
            torch::from_blob(const_cast<std::int64_t*>(batch.otherLabels.data()), {batch.size}, torch::kLong);
        targets.shares = torch::from_blob(const_cast<float*>(batch.shares.data()), {batch.size}, torch::kFloat);
    }
    return targets;
}

std::unique_ptr<Feed> imageFeed(const Dataset& dataset, std::vector<std::uint32_t> indices,
                                const LoaderSettings& settings) {
    return std::make_unique<ImageFeed>(dataset, std::move(indices), settings);
}

std::unique_ptr<Feed> featureFeed(const Dataset& dataset, Features features, const LoaderSettings& settings) {
    return std::make_unique<FeatureFeed>(dataset, std::move(features), settings);
}

} // namespace sightline::engine
