// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Check.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>

#include "engine/CheckProblems.h"
#include "engine/ProbeImages.h"
#include "engine/train/EpochTime.h"
#include "engine/train/GivenImages.h"
#include "engine/train/PrepareTraining.h"
#include "engine/train/RunDuration.h"
#include "engine/train/Trial.h"
#include "network/TrainingStages.h"
#include "support/Files.h"

namespace sightline::engine {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kFitted = 2048;        ///< images that a normalization is fitted to, here
constexpr double kOverfitSeconds = 30;       ///< at most
constexpr double kLoaderSeconds = 1.5;       ///< the loader alone
constexpr std::uint64_t kBytesASample = 200; ///< of the run's tables

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// From here on the peak is what is resident now, and what comes.
void forgetPeakMemory() {
    std::ofstream("/proc/self/clear_refs") << 5;
}

std::uint64_t freeDiskBytes(const std::filesystem::path& folder) {
    std::error_code code;
    const std::filesystem::space_info space = std::filesystem::space(existingFolder(folder), code);
    return code ? 0 : space.available;
}

/// Everything a run will do, once.
class Preflight {
public:
    Preflight(const TrainCheckRequest& request, std::stop_token stop, const std::function<void(double)>& progress)
        : m_request(request), m_stop(std::move(stop)), m_progress(progress) {}

    Result<TrainCheck> run() {
        forgetPeakMemory(); // what this process needed earlier is no need of this run
        m_resident = peakResidentBytes();
        m_check.freeBytes = availableMemoryBytes() + m_resident;
        m_facts.freeDiskBytes = freeDiskBytes(m_request.home);
        const TrialRequest trial{m_request.experiment, *m_request.dataset, m_request.home, kFitted};
        if (const Result<void> ready = prepareTrial(trial, m_stop, m_setup); !ready)
            return ready.error();
        m_facts.learningRate = namedRate(experiment());
        m_facts.freeze = experiment().model.freeze;
        m_facts.keepsFeatures = experiment().training.cacheFeatures;
        if (const auto found = probeProblems(experiment().training.probes, m_setup.dataset); !found.empty())
            return badInput("The experiment cannot be used: " + joined(found) + ".");
        m_check.diskBytes = diskBytes();
        m_facts.checkpointBytes = checkpointBytes();
        countDecoded();
        m_check.overfits.loss = std::numeric_limits<double>::quiet_NaN();
        if (fitsMemory())
            for (const auto part : {&Preflight::lookAtFirstBatch, &Preflight::overfit, &Preflight::measureLoader,
                                    &Preflight::measureTime})
                if (const Result<void> done = (this->*part)(); !done)
                    return done.error();
        m_check.peakBytes += m_facts.decodedBytes; // a trial keeps a few
        m_check.problems = checkProblems(m_check, m_facts);
        tell(1);
        return std::move(m_check);
    }

private:
    const Experiment& experiment() const { return m_setup.experiment; }
    GraphModule& module() { return *m_setup.module; }
    void tell(double share) const {
        if (m_progress)
            m_progress(share);
    }

    TrainingMemory estimate(const std::vector<TrainingStage>& stages) {
        const TrainingMemoryRequest request{experiment().training.batchSize, m_setup.step.bf16};
        return worstTrainingMemory(module().spec(), module().cost(), request, stages);
    }

    /// By an estimate: whoever tries what does not fit is ended by the system. A window holds more than the libraries.
    bool fitsMemory() {
        m_stages = trainingStages(module().spec(), experiment());
        const TrainingMemory needed = estimate(m_stages);
        const auto libraries = static_cast<std::uint64_t>(needed.libraries);
        m_check.peakBytes = static_cast<std::uint64_t>(needed.total()) - libraries + std::max(libraries, m_resident);
        m_facts.tried = m_check.peakBytes <= m_check.freeBytes;
        return m_facts.tried;
    }

    /// What the loaders of training and validation will keep, each of its own images.
    void countDecoded() {
        if (m_facts.keepsFeatures && !experiment().training.fineTune)
            return;
        const DataSettings& data = experiment().data;
        const CacheLimits limits = cacheLimits(data, m_request.home);
        const std::uint64_t image = static_cast<std::uint64_t>(data.imageHeight) *
                                    static_cast<std::uint64_t>(data.imageWidth) *
                                    static_cast<std::uint64_t>(data.channels());
        for (const std::size_t images : {m_setup.trainImages, m_setup.validationImages}) {
            const std::uint64_t bytes = images * image, inMemory = std::min<std::uint64_t>(bytes, limits.memoryBytes);
            m_facts.decodedBytes += inMemory;
            m_facts.decodedFileBytes += std::min(bytes - inMemory, limits.fileBytes);
        }
        m_facts.decodedFileBytes = std::min(m_facts.decodedFileBytes, m_facts.freeDiskBytes / 2); // they leave half
    }

    /// As the run will get it, and what the network says of it before its first step.
    Result<void> lookAtFirstBatch() {
        tell(0.05);
        const torch::Tensor parameters = module().parameters().detach().clone();
        const torch::Tensor statistics = module().statistics().clone();
        Trial trial(m_setup);
        const Result<LoopBatch> batch = trial.step(m_facts.learningRate, m_stop);
        if (!batch)
            return batch.error();
        m_rate = m_facts.learningRate * trial.rateFactor();
        Result<GivenBatch> given = givenBatch(*trial.loop().last(), m_setup.dataset, m_setup.reading);
        if (!given)
            return given.error();
        given->epoch = 1;
        m_check.batch = std::move(*given);
        noteUnreadable(trial.feed());
        m_setup.trainFeed.reset();
        const torch::NoGradGuard noGrad;
        module().parameters().copy_(parameters);
        module().statistics().copy_(statistics);
        return {};
    }

    void noteUnreadable(const Feed& feed) {
        const std::vector<SkippedImage> skipped = feed.skipped();
        m_facts.unreadable = std::max(m_facts.unreadable, static_cast<int>(skipped.size()));
        if (!skipped.empty())
            m_facts.firstUnreadable = skipped.front().reason;
    }

    /// The same batch again and again, with nothing that holds the network back.
    Result<void> overfit() {
        tell(0.1);
        LoaderSettings plain = m_setup.reading;
        plain.training = false;
        plain.augmentation.augmentValidation = false;
        const std::unique_ptr<Feed> feed = imageFeed(m_setup.dataset, m_setup.dataset.indices(Subset::Train), plain);
        feed->startEpoch(0);
        const std::optional<FeedBatch> batch = feed->next();
        if (!batch)
            return badInput("None of the training images can be read.");
        StepInput input = batch->input;
        if (m_facts.keepsFeatures) {
            const Bf16Autocast autocast(m_setup.step.bf16);
            input = {{}, module().features(input.images.permute({0, 3, 1, 2}))};
            for (torch::Tensor& values : input.features)
                values = values.to(torch::kFloat);
        }
        StepSettings settings = m_setup.step;
        settings.optimizer.weightDecay = 0;
        settings.loss.labelSmoothing = 0;
        settings.classWeights.clear();
        module().setDropout(0.0);
        return repeat(input, batch->targets, settings, batch->size);
    }

    Result<void> repeat(const StepInput& input, const Targets& targets, const StepSettings& settings, int size) {
        Moments moments = Moments::zeros(module().parameters());
        const Clock::time_point start = Clock::now();
        Clock::time_point warm = start;
        bool done = false;
        for (int step = 0; !done || secondsSince(start) < 1; ++step) { // a second, for the network's speed
            if (m_stop.stop_requested())
                return cancelled();
            const StepResult result = trainStep(module(), moments, settings, input, targets, m_rate, step + 1);
            if (step <= 1) // the first steps allocate and choose kernels
                warm = Clock::now();
            if (step == 0)
                m_facts.firstLoss = result.loss;
            const double seconds = secondsSince(step > 1 ? warm : start);
            m_check.networkImagesPerSecond = size * (step > 1 ? step - 1 : step + 1) / seconds;
            if (done)
                continue;
            m_check.overfits = {step, result.loss};
            m_facts.hadTime = step == kOverfitSteps || result.loss <= kOverfitted;
            done = m_facts.hadTime || !std::isfinite(result.loss) || secondsSince(start) > kOverfitSeconds;
            tell(0.1 + 0.5 * std::max(static_cast<double>(step) / kOverfitSteps,
                                      secondsSince(start) / (2 * kOverfitSeconds)));
        }
        return {};
    }

    /// The loader with nobody to wait for.
    Result<void> measureLoader() {
        tell(0.7);
        const std::vector<std::uint32_t> training = m_setup.dataset.indices(Subset::Train);
        LoaderSettings fresh = m_setup.reading;
        fresh.cache = {0, {}, 0};
        const Result<double> first = speedOf(*imageFeed(m_setup.dataset, training, fresh));
        if (!first)
            return first.error();
        m_check.loaderImagesPerSecond = *first;
        if (!staysDecoded(m_setup.dataset, experiment().data))
            return {};
        const Result<double> later = speedOf(*readyFeed(m_setup.dataset, training, m_setup.reading, m_stop));
        if (later)
            m_check.laterLoaderImagesPerSecond = *later;
        return later ? Result<void>() : later.error();
    }

    Result<double> speedOf(Feed& feed) {
        const Clock::time_point start = Clock::now();
        double images = 0;
        for (std::uint64_t epoch = 1; secondsSince(start) < kLoaderSeconds; ++epoch) {
            feed.startEpoch(epoch);
            for (auto batch = feed.next(); batch; batch = feed.next()) {
                if (m_stop.stop_requested())
                    return cancelled();
                images += batch->size;
                if (secondsSince(start) > kLoaderSeconds)
                    break;
            }
        }
        noteUnreadable(feed);
        return images / secondsSince(start);
    }

    /// What is thawed later comes on top of what the first stage was seen to take, also where it is not tried.
    Result<void> measureTime() {
        tell(0.8);
        const auto thawed =
            static_cast<std::uint64_t>(estimate(m_stages).total() - estimate({m_stages.front()}).total());
        const std::uint64_t before = peakResidentBytes();
        const MeasuredSpeeds speeds{m_check.networkImagesPerSecond, m_check.loaderImagesPerSecond,
                                    steadyLoaderSpeed(m_check)};
        const Result<RunCourse> course = courseOf(
            {m_setup, m_request.dataset, m_stages, speeds, secondsToWrite(m_request.home, checkpointBytes())}, m_stop);
        if (!course)
            return course.error();
        m_check.secondsTotal = secondsOf(*course);
        m_check.peakBytes = std::max(peakResidentBytes(), before + thawed);
        return {};
    }

    /// A checkpoint holds the weights and the two moments.
    std::uint64_t checkpointBytes() const {
        return 3 * bytesOf(m_setup.module->parameters()) + bytesOf(m_setup.module->statistics());
    }
    static std::uint64_t bytesOf(const torch::Tensor& values) { return 4 * static_cast<std::uint64_t>(values.numel()); }

    /// `last`, `previous` and `best` are there at the end.
    std::uint64_t diskBytes() const {
        const TrainingSettings& training = experiment().training;
        const std::uint64_t parameters = bytesOf(m_setup.module->parameters()),
                            statistics = bytesOf(m_setup.module->statistics());
        const bool judges = m_setup.dataset.count(Subset::Validation) > 0;
        std::uint64_t checkpoints = training.epochs > 1 ? 2 : 1;
        checkpoints += (training.checkpoint ? !training.checkpoint->monitor.empty() : judges) ? 1 : 0;
        if (training.checkpoint && training.checkpoint->keepEvery > 0)
            checkpoints += static_cast<std::uint64_t>(training.epochs / training.checkpoint->keepEvery);
        // Its best weights are kept in any case, as restoring them may be asked for later.
        const std::uint64_t weights = !training.earlyStopping ? 0 : training.earlyStopping->restoreBestWeights ? 2 : 1;
        return checkpoints * checkpointBytes() + weights * (parameters + statistics) +
               kBytesASample * m_setup.dataset.samples.size();
    }

    const TrainCheckRequest& m_request;
    std::stop_token m_stop;
    const std::function<void(double)>& m_progress;
    TrainSetup m_setup;
    TrainCheck m_check;
    CheckFacts m_facts;
    std::vector<TrainingStage> m_stages;
    double m_rate = 0;            ///< of the first epoch
    std::uint64_t m_resident = 0; ///< before anything of the run is there
};

} // namespace

Result<TrainCheck> check(const TrainCheckRequest& request, std::stop_token stop,
                         const std::function<void(double)>& progress) {
    if (!request.dataset)
        return badInput("There are no images to check with; open a folder first.");
    return tried("The check failed: ", [&] { return Preflight(request, std::move(stop), progress).run(); });
}

} // namespace sightline::engine
