// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/BatchLoader.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <new>
#include <numeric>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "augment/EpochOrder.h"
#include "augment/LoaderPace.h"
#include "augment/Mixing.h"
#include "support/Files.h"

namespace sightline {

Drawn prepareSample(const Image& image, const AugmentationSettings& augmentation, bool training, std::uint64_t seed,
                    std::uint64_t epoch, std::uint64_t index, const Normalizer& normalizer, float* out) {
    if (training || augmentation.augmentValidation) {
        const Drawn drawn = draw(augmentation, image.height, image.width, seed, epoch, index);
        applyFast(augmentation, drawn, image, normalizer, out);
        return drawn;
    }
    if (outputSize(augmentation, image.height, image.width) == std::array{image.height, image.width}) {
        applyFast(AugmentationSettings{}, Drawn{}, image, normalizer, out);
        return {};
    }
    const FloatImage plain = atInference(augmentation, image);
    std::copy(plain.pixels.begin(), plain.pixels.end(), out);
    normalizer.apply(out, plain.pixels.size() / static_cast<std::size_t>(plain.channels), plain.channels);
    return {};
}

namespace {

using Clock = std::chrono::steady_clock;

double secondsBetween(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

struct Slot {
    std::vector<float> images;
    std::vector<std::int64_t> labels, otherLabels;
    std::vector<float> shares;
    std::vector<std::uint32_t> samples;
    Batch batch;
};

} // namespace

int loaderThreads(int cpus) {
    return std::clamp(cpus / 2, 1, 8);
}

CacheLimits cacheLimits(const DataSettings& data, const std::filesystem::path& home) {
    constexpr std::uint64_t kMegabyte = std::uint64_t{1} << 20;
    CacheLimits limits;
    limits.memoryBytes = data.cacheMemoryMegabytes < 0
                             ? availableMemoryBytes() / 4
                             : static_cast<std::uint64_t>(data.cacheMemoryMegabytes) * kMegabyte;
    limits.folder = home / "cache";
    limits.fileBytes = static_cast<std::uint64_t>(std::max(0, data.cacheDiskMegabytes)) * kMegabyte;
    return limits;
}

struct BatchLoader::Private {
    Private(const Dataset& data, std::vector<std::uint32_t> chosen, LoaderSettings loader)
        : dataset(data), indices(std::move(chosen)), settings(std::move(loader)),
          normalizer(settings.normalization, settings.data.channels(), settings.fitted),
          cache(settings.decoded ? settings.decoded
                                 : std::make_shared<DecodedCache>(dataset.samples.size(), settings.cache)) {
        const auto size = outputSize(settings.augmentation, settings.data.imageHeight, settings.data.imageWidth);
        height = size[0];
        width = size[1];
        sampleSize = static_cast<std::size_t>(height) * static_cast<std::size_t>(width) *
                     static_cast<std::size_t>(settings.data.channels());
        settings.batchSize = std::max(1, settings.batchSize);
    }

    std::unique_ptr<Slot> makeSlot() const {
        auto slot = std::make_unique<Slot>();
        const std::size_t size = settings.part.most(static_cast<std::size_t>(settings.batchSize));
        slot->images.resize(sampleSize * size);
        slot->labels.resize(size);
        slot->otherLabels.resize(mixes() ? size : 0);
        slot->shares.resize(slot->otherLabels.size());
        slot->samples.resize(size);
        return slot;
    }

    EpochOrder orderOf(std::uint64_t number) const {
        if (!settings.shuffle) {
            EpochOrder still;
            still.places.resize(indices.size());
            std::iota(still.places.begin(), still.places.end(), std::uint32_t{0});
            return still;
        }
        if (!settings.balanced)
            return shuffledOrder(indices.size(), settings.seed, number);
        std::vector<int> labels;
        for (const std::uint32_t sample : indices)
            labels.push_back(dataset.samples[sample].label);
        return balancedOrder(labels, settings.seed, number);
    }

    bool mixes() const { return settings.training && settings.augmentation.mixes(); }

    std::size_t batches() const {
        const auto size = static_cast<std::size_t>(settings.batchSize);
        return (indices.size() + size - 1) / size;
    }

    /// What `work` gives; where a library throws in it, nothing, and the sample is one that cannot be used.
    template <typename Work>
    auto guarded(std::uint32_t sample, Work work) -> decltype(work()) {
        try {
            return work();
        } catch (const std::bad_alloc&) {
            throw;
        } catch (const std::exception& error) {
            skip(sample, dataset.samples[sample].path + " cannot be prepared: " + error.what());
            return {};
        }
    }

    /// The image at the data's size; null where it cannot be read (listed once).
    std::shared_ptr<const Image> load(std::uint32_t sample) {
        return guarded(sample, [&] { return loadUnguarded(sample); });
    }
    std::shared_ptr<const Image> loadUnguarded(std::uint32_t sample) {
        if (auto image = cache->find(sample))
            return image;
        Result<Image> image = loadSample(dataset, dataset.samples[sample], settings.data);
        if (!image) {
            skip(sample, image.error().message);
            return nullptr;
        }
        auto shared = std::make_shared<const Image>(std::move(*image));
        cache->keep(sample, shared);
        return shared;
    }

    void skip(std::uint32_t sample, const std::string& reason) {
        const std::lock_guard lock(mutex);
        if (std::none_of(skipped.begin(), skipped.end(), [&](const Skipped& known) { return known.sample == sample; }))
            skipped.push_back({sample, reason});
    }

    /// Whether place `at` of the slot now holds the sample.
    bool place(Slot& slot, std::size_t at, std::uint32_t sample, std::uint32_t repeat, std::uint64_t currentEpoch) {
        const std::shared_ptr<const Image> image = load(sample);
        return image && guarded(sample, [&] {
                   float* out = slot.images.data() + at * sampleSize;
                   if (mixes()) {
                       const TrainingSample mixed = prepareTrainingSample(
                           *image, [this](std::uint32_t other) { return load(other); }, indices, settings.augmentation,
                           settings.seed, currentEpoch, drawIndex(sample, repeat), normalizer, out);
                       slot.shares[at] = static_cast<float>(mixed.mixture.share);
                       slot.otherLabels[at] =
                           dataset.samples[mixed.mixture.kind == Mixture::Kind::None ? sample : mixed.partner].label;
                   } else
                       prepareSample(*image, settings.augmentation, settings.training, settings.seed, currentEpoch,
                                     drawIndex(sample, repeat), normalizer, out);
                   slot.labels[at] = dataset.samples[sample].label;
                   slot.samples[at] = sample;
                   return true;
               });
    }

    /// Stopped, the loader is about to go: nobody will look at the rest.
    void fill(Slot& slot, std::size_t number, std::uint64_t currentEpoch, const EpochOrder& currentOrder,
              const std::stop_token& stop) {
        const auto batchSize = static_cast<std::size_t>(settings.batchSize);
        const std::size_t begin = number * batchSize,
                          whole = std::min(currentOrder.places.size(), begin + batchSize) - begin;
        const BatchPart::Range part = settings.part.among(whole);
        std::size_t count = 0;
        for (std::size_t position = begin + part.begin; position < begin + part.end && !stop.stop_requested();
             ++position)
            count += place(slot, count, indices[currentOrder.places[position]],
                           currentOrder.repeats.empty() ? 0 : currentOrder.repeats[position], currentEpoch)
                         ? 1
                         : 0;
        slot.batch.size = static_cast<int>(count);
        slot.batch.number = number;
        slot.batch.whole = static_cast<int>(whole);
        slot.batch.images = {slot.images.data(), count * sampleSize};
        slot.batch.labels = {slot.labels.data(), count};
        slot.batch.otherLabels = {slot.otherLabels.data(), mixes() ? count : 0};
        slot.batch.shares = {slot.shares.data(), mixes() ? count : 0};
        slot.batch.samples = {slot.samples.data(), count};
    }

    /// Whether the thread of this number may fill a slot now. A batch goes to the consumer at once, so that one slot
    /// stays for it.
    bool mayFill(int number) const {
        return number < active && !free.empty() && nextToFill < batches() && nextToFill + 1 < nextToHand + slots.size();
    }

    void work(const std::stop_token& stop, int thread) {
        std::unique_lock lock(mutex);
        while (changed.wait(lock, stop, [&] { return mayFill(thread); }) && !stop.stop_requested()) {
            Slot& slot = *free.back();
            free.pop_back();
            const std::size_t number = nextToFill++;
            const std::uint64_t currentEpoch = epoch;
            const auto currentOrder = order;
            ++busy;
            lock.unlock();
            std::exception_ptr thrown;
            try {
                fill(slot, number, currentEpoch, *currentOrder, stop);
            } catch (...) {
                thrown = std::current_exception();
            }
            lock.lock();
            if (thrown && !broken)
                broken = thrown;
            --busy;
            filled[number] = &slot;
            changed.notify_all();
        }
    }

    /// The next batch that has an image in it, or a part of one; null at the end of the epoch and once it is stopped.
    Slot* take(const std::stop_token& stop) {
        double waitedHere = 0;
        {
            std::unique_lock lock(mutex);
            do {
                if (stop.stop_requested() || nextToHand >= batches())
                    return nullptr; // the last one may still be looked at
                if (Slot* const done = std::exchange(handed, nullptr)) {
                    free.push_back(done);
                    changed.notify_all();
                }
                if (!filled.contains(nextToHand)) {
                    const Clock::time_point start = Clock::now();
                    const bool came = changed.wait(lock, stop, [this] { return filled.contains(nextToHand); });
                    waitedHere += secondsBetween(start, Clock::now());
                    if (!came)
                        return nullptr;
                }
                if (broken)
                    std::rethrow_exception(broken);
                handed = filled.extract(nextToHand++).mapped();
            } while (handed->batch.size == 0 && settings.part.isWhole());
            waited += waitedHere;
        }
        keepPace(waitedHere);
        return handed;
    }

    /// So many threads from now on; the others sleep. May throw, and has then changed nothing that matters.
    void use(int count) {
        const auto wanted = static_cast<std::size_t>(count);
        while (slots.size() < std::min(wanted, batches()) + 3) {
            std::unique_ptr<Slot> slot = makeSlot();
            const std::lock_guard lock(mutex);
            free.reserve(slots.size() + 1);
            slots.push_back(std::move(slot));
            free.push_back(slots.back().get());
        }
        while (threads.size() < wanted)
            threads.emplace_back(
                [this, number = static_cast<int>(threads.size())](const std::stop_token& stop) { work(stop, number); });
        {
            const std::lock_guard lock(mutex);
            active = count;
        }
        changed.notify_all();
    }

    void setThreads(int count) {
        const int cpus = availableCpus();
        use(count > 0 ? count : std::clamp(active, loaderThreads(cpus), LoaderPace::kMost));
        pace.reset();
        if (count <= 0)
            pace.emplace(cpus, active);
    }

    /// A batch goes to the consumer, who has waited for it.
    void keepPace(double secondsWaited) {
        const Clock::time_point now = Clock::now();
        const double seconds = secondsBetween(std::exchange(handedAt, now), now);
        if (!std::exchange(isFirst, false) && pace && pace->batchCame(secondsWaited, seconds)) {
            try {
                use(pace->threads());
            } catch (const std::bad_alloc&) {
                pace.reset(); // those there are do
            } catch (const std::system_error&) {
                pace.reset();
            }
        }
    }

    const Dataset& dataset;
    std::vector<std::uint32_t> indices;
    LoaderSettings settings;
    Normalizer normalizer;
    std::shared_ptr<DecodedCache> cache;
    int height = 0, width = 0;
    std::size_t sampleSize = 0;

    mutable std::mutex mutex;
    std::condition_variable_any changed;
    std::vector<std::unique_ptr<Slot>> slots;
    std::vector<Slot*> free;
    std::map<std::size_t, Slot*> filled; ///< by the batch's number
    std::shared_ptr<const EpochOrder> order;
    std::uint64_t epoch = 0;
    std::size_t nextToFill = 0; ///< batch number
    std::size_t nextToHand = 0;
    int busy = 0;           ///< threads filling a slot
    int active = 0;         ///< threads that may
    Slot* handed = nullptr; ///< with the consumer
    std::vector<Skipped> skipped;
    std::exception_ptr broken; ///< what a loader thread could not go on from
    double waited = 0;
    // The consumer's own:
    std::optional<LoaderPace> pace; ///< where the number of threads is automatic
    Clock::time_point handedAt{};
    bool isFirst = true;               ///< of an epoch: the batch that waits for the threads to begin
    std::vector<std::jthread> threads; ///< last: joined before anything they use is gone
};

BatchLoader::BatchLoader(const Dataset& dataset, std::vector<std::uint32_t> indices, LoaderSettings settings)
    : m(std::make_unique<Private>(dataset, std::move(indices), std::move(settings))) {
    m->nextToFill = m->batches(); // nothing to do before startEpoch()
    m->setThreads(m->settings.threads);
}

BatchLoader::~BatchLoader() = default;

void BatchLoader::startEpoch(std::uint64_t epoch, std::size_t firstBatch) {
    auto order = std::make_shared<EpochOrder>(m->orderOf(epoch));
    std::unique_lock lock(m->mutex);
    m->nextToFill = m->batches();
    m->changed.wait(lock, [this] { return m->busy == 0; });
    m->filled.clear();
    m->free.clear();
    for (const std::unique_ptr<Slot>& slot : m->slots)
        m->free.push_back(slot.get());
    m->handed = nullptr;
    m->isFirst = true;
    m->broken = nullptr;
    m->order = std::move(order);
    m->epoch = epoch;
    m->nextToFill = m->nextToHand = std::min(firstBatch, m->batches());
    m->waited = 0;
    m->changed.notify_all();
}

const Batch* BatchLoader::next(const std::stop_token& stop) {
    const Slot* const slot = m->take(stop);
    return slot ? &slot->batch : nullptr;
}

void BatchLoader::setThreads(int threads) {
    m->setThreads(threads);
}

int BatchLoader::threads() const {
    return m->active;
}

std::size_t BatchLoader::batchesPerEpoch() const {
    return m->batches();
}
int BatchLoader::channels() const {
    return m->settings.data.channels();
}
int BatchLoader::outputHeight() const {
    return m->height;
}
int BatchLoader::outputWidth() const {
    return m->width;
}

double BatchLoader::secondsWaited() const {
    std::lock_guard lock(m->mutex);
    return m->waited;
}

std::string BatchLoader::cacheNote() const {
    return m->cache->note();
}

std::vector<BatchLoader::Skipped> BatchLoader::skipped() const {
    std::lock_guard lock(m->mutex);
    return m->skipped;
}

} // namespace sightline
