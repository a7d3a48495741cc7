// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "augment/Augment.h"
#include "augment/BatchPart.h"
#include "augment/DecodedCache.h"
#include "data/Dataset.h"
#include "experiment/Experiment.h"

namespace sightline {

/// One batch, valid until BatchLoader::next() gives another one, or an epoch begins. Memory belongs to the loader's
/// ring.
struct Batch {
    std::span<const float> images; ///< [size, H, W, C] float32, normalised
    std::span<const std::int64_t> labels;
    std::span<const std::int64_t> otherLabels; ///< the partners' labels where samples are mixed, else empty
    std::span<const float> shares;             ///< of `labels` in the target; the rest is `otherLabels`'
    std::span<const std::uint32_t> samples;    ///< indices into Dataset::samples
    int size = 0;
    std::size_t number = 0; ///< place in the epoch's order, from 0
    int whole = 0;          ///< images of all parts, if each can be read
};

struct LoaderSettings {
    DataSettings data;
    AugmentationSettings augmentation; ///< defaults do nothing
    NormalizationSettings normalization;
    std::uint64_t seed = 42;
    int batchSize = 32;
    bool training = true;   ///< false: augmentation only where it says augment_validation
    bool shuffle = true;    ///< by (seed, epoch)
    bool balanced = false;  ///< with `shuffle`: each class equally often (augment/EpochOrder.h)
    int threads = 0;        ///< loader threads, 0 = automatic (augment/LoaderPace.h); changes nothing but speed
    CacheLimits cache = {}; ///< of decoded images, so that later epochs read and decode nothing
    std::shared_ptr<DecodedCache> decoded = nullptr; ///< one that other loaders of the same images use, too
    std::shared_ptr<const FittedNormalization> fitted =
        nullptr;         ///< where the normalisation needs it (augment/Fitting.h)
    BatchPart part = {}; ///< of each batch; with other processes' parts it is the batch of one process
};

/// As many as the CPUs can feed beside the compute threads: decoding a photo costs about as much as training a small
/// network with it, and a loader that has filled its ring sleeps. One on two CPUs, so that two compute; at most eight.
int loaderThreads(int cpus);

/// What the `data` block says about the cache; its file lies in the cache folder of the data home.
CacheLimits cacheLimits(const DataSettings& data, const std::filesystem::path& home);

/// Reads, augments and normalises batches ahead of the consumer, in a ring of preallocated batches. No ATen inside.
///
/// `startEpoch`, `next`, `setThreads` and `threads` are called from one consumer thread. The order and the bytes depend
/// on (seed, epoch) only. An unreadable image is skipped, counted and listed in `skipped()`; the epoch is then shorter
/// by it; a batch without images is left out, but given where it is a part: others may have images. What else breaks on
/// a loader thread (no memory) is thrown by next().
class BatchLoader {
public:
    /// `dataset` outlives the loader.
    BatchLoader(const Dataset& dataset, std::vector<std::uint32_t> indices, LoaderSettings settings);
    BatchLoader(const Dataset&& dataset, std::vector<std::uint32_t> indices, LoaderSettings settings) = delete;
    ~BatchLoader();
    BatchLoader(const BatchLoader&) = delete;
    BatchLoader& operator=(const BatchLoader&) = delete;

    /// Begins an epoch at a batch (0 = its start; resuming goes on in the middle).
    void startEpoch(std::uint64_t epoch, std::size_t firstBatch = 0);
    /// The next batch, or nullptr at the epoch's end and once `stop` is requested. Waits for loader threads.
    const Batch* next(const std::stop_token& stop = {});
    std::size_t batchesPerEpoch() const;
    /// Another number from now on, also in the middle of an epoch; 0 = automatic.
    void setThreads(int threads);
    int threads() const; ///< at the moment
    int channels() const;
    int outputHeight() const; ///< after a random crop
    int outputWidth() const;
    /// Seconds next() has waited for data since startEpoch.
    double secondsWaited() const;
    /// One sentence where decoded images could not be kept on the disk; else empty.
    std::string cacheNote() const;
    /// Images left out so far because they cannot be read: indices into Dataset::samples, with the reason.
    struct Skipped {
        std::uint32_t sample;
        std::string reason;
    };
    std::vector<Skipped> skipped() const;

private:
    struct Private;
    std::unique_ptr<Private> m;
};

/// The one function that makes a sample ready: the loader and the window's preview call it. `image` is at the data's
/// image size; `out` holds outputSize() x channels floats; `training` false leaves out what only training does.
/// Returns what was drawn.
Drawn prepareSample(const Image& image, const AugmentationSettings& augmentation, bool training, std::uint64_t seed,
                    std::uint64_t epoch, std::uint64_t index, const Normalizer& normalizer, float* out);

} // namespace sightline
