// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/types.h>

#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "augment/BatchLoader.h"
#include "engine/train/Compute.h"
#include "engine/train/Ranks.h"
#include "engine/train/SkippedImages.h"

namespace sightline::engine {

/// A loader's batch as torch sees it, without a copy: [N, H, W, C], and what its outputs are compared with.
torch::Tensor imagesOf(const Batch& batch, const BatchLoader& loader);
Targets targetsOf(const Batch& batch);

/// What one step gets. Valid until Feed::next() gives another one, or an epoch begins.
struct FeedBatch {
    StepInput input;
    Targets targets;
    std::span<const std::uint32_t> samples; ///< indices into Dataset::samples
    int size = 0;
    int number = 0; ///< place in the epoch's order, from 0; a batch of which no image can be read is not given
    int whole = 0;  ///< images of the batch in all processes, if each can be read; a part may be empty (BatchPart)
};

/// Batches of an epoch, from images or from kept features, in the same order for the same (seed, epoch).
class Feed {
public:
    virtual ~Feed() = default;
    /// Begins an epoch (from 0) at a batch of its order.
    virtual void startEpoch(std::uint64_t epoch, int firstBatch = 0) = 0;
    virtual std::optional<FeedBatch> next() = 0;
    virtual std::size_t batchesPerEpoch() const = 0;
    virtual double secondsWaited() const { return 0; }
    virtual int loaderThreads() const { return 0; } ///< that read images at the moment
    virtual void setLoaderThreads(int) {}           ///< as BatchLoader::setThreads()
    virtual std::vector<SkippedImage> skipped() const { return {}; }
    /// The images it is made of: indices into Dataset::samples.
    virtual const std::vector<std::uint32_t>& images() const = 0;
    /// One sentence for the run's log after the first epoch; most often empty.
    virtual std::string note() const { return {}; }
};

/// Straight from a batch loader.
std::unique_ptr<Feed> imageFeed(const Dataset& dataset, std::vector<std::uint32_t> indices,
                                const LoaderSettings& settings);

/// The frozen part's features of some images, in the order of `indices`.
struct Features {
    std::vector<std::uint32_t> indices;
    std::vector<char> present;         ///< 0: the image cannot be read
    std::vector<torch::Tensor> values; ///< one a feature node, [images, ...], C order
    std::vector<SkippedImage> skipped;
    std::shared_ptr<const void> keepsAlive; ///< what `values` lies in
};
/// `settings` as for imageFeed: they give batch size, order and seed.
std::unique_ptr<Feed> featureFeed(const Dataset& dataset, Features features, const LoaderSettings& settings);

/// Features of the training and validation images: from the data home's cache where they are there, else computed and
/// kept. Of several processes each computes a part, and all get all.
struct FeatureSets {
    Features training, validation;
    std::string note; ///< one sentence for the run's log
};
Result<FeatureSets> featureSets(GraphModule& module, const Dataset& dataset, const LoaderSettings& settings, bool bf16,
                                const std::filesystem::path& home, std::stop_token stop, Ranks* ranks = nullptr);

} // namespace sightline::engine
