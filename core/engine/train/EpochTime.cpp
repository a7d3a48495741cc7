// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/EpochTime.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include "augment/Reading.h"
#include "engine/module/ComputeThreads.h"
#include "engine/module/LoadedModel.h"
#include "engine/train/TrainLoop.h"
#include "metrics/Metrics.h"
#include "network/Freezing.h"

namespace sightline::engine {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// How long the batches of an epoch take: the first waits for the loader to begin, the others find theirs ready.
struct Pace {
    double first = 0, other = 0; ///< seconds of a batch
    double end = 0;              ///< seconds after the last
    double batchSize = 1;

    double epoch(std::size_t images) const {
        return first + std::max(0.0, static_cast<double>(images) / batchSize - 1) * other + end;
    }
};

/// What is measured: one epoch after another of some batches. Each call of `next` is one batch of the epoch that
/// `begin` began, `end` what comes after the last.
struct Course {
    std::function<void(int epoch)> begin;     ///< from 1
    std::function<std::optional<int>()> next; ///< images of the batch; nothing at the end of the epoch
    std::function<void()> end = [] {};
};

/// One epoch, while `seen(position, images, seconds)` of each batch wants more.
template <typename Seen>
Result<void> pass(const Course& course, int epoch, const std::stop_token& stop, Seen seen) {
    auto before = Clock::now();
    course.begin(epoch);
    int position = 0;
    while (const std::optional<int> images = course.next()) {
        if (stop.stop_requested())
            return cancelled();
        const auto now = Clock::now();
        if (!seen(position++, *images, std::chrono::duration<double>(now - before).count()))
            return {};
        before = now;
    }
    return position == 0 ? Result<void>(badInput("None of the images can be read.")) : Result<void>();
}

/// Measures epochs for about `seconds`.
Result<Pace> paceOf(const Course& course, double seconds, const std::stop_token& stop) {
    // The first steps allocate and choose kernels.
    if (Result<void> warm =
            pass(course, 1, stop, [&](int position, int, double took) { return position == 0 && took < seconds / 2; });
        !warm)
        return warm.error();
    RunningMean firsts, others, ends, sizes;
    const auto start = Clock::now();
    const auto enough = [&] { return secondsSince(start) >= seconds && (firsts.weight() > 1 || others.weight() > 0); };
    for (int epoch = 2; !enough(); ++epoch) {
        Result<void> measured = pass(course, epoch, stop, [&](int position, int images, double took) {
            (position == 0 ? firsts : others).add(took, 1);
            sizes.add(images, 1);
            return !enough();
        });
        if (!measured)
            return measured.error();
        const auto last = Clock::now();
        course.end();
        ends.add(secondsSince(last), 1);
    }
    return Pace{firsts.mean(), others.weight() > 0 ? others.mean() : firsts.mean(), ends.mean(), sizes.mean()};
}

constexpr std::size_t kBatches = 8; ///< looked at

/// Enough images for a few batches, from all over the set; all of them where they are few.
std::vector<std::uint32_t> someOf(const std::vector<std::uint32_t>& indices, int batchSize) {
    const std::size_t wanted = kBatches * static_cast<std::size_t>(batchSize);
    if (indices.size() <= wanted)
        return indices;
    std::vector<std::uint32_t> some;
    for (std::size_t i = 0; i < wanted; ++i)
        some.push_back(indices[i * indices.size() / wanted]);
    return some;
}

/// Takes the place of a fit over all images: the same work with other numbers.
std::shared_ptr<const FittedNormalization> standInFor(const Experiment& experiment) {
    const NormalizationSettings& settings = experiment.normalization;
    if (!settings.needsFit())
        return {};
    const auto channels = static_cast<std::size_t>(experiment.data.channels());
    auto fitted = std::make_shared<FittedNormalization>();
    fitted->mean.assign(channels, 0);
    fitted->deviation.assign(channels, 1);
    if (settings.zcaWhitening) {
        const std::size_t values = channels * static_cast<std::size_t>(experiment.data.imageHeight) *
                                   static_cast<std::size_t>(experiment.data.imageWidth);
        fitted->whitening.assign(values * values, 0);
    }
    return fitted;
}

/// A copy of the experiment's network in training, and what it is fed.
class Measurement {
public:
    Measurement(const EpochTimeRequest& request, std::stop_token stop)
        : m_request(request), m_stop(std::move(stop)), m_dataset(*request.dataset) {}

    Result<EpochTime> run() {
        if (const Result<void> built = build(); !built)
            return built.error();
        const std::vector<std::uint32_t> training = m_dataset.indices(Subset::Train);
        std::vector<std::uint32_t> validation = m_dataset.indices(Subset::Validation);
        std::erase_if(validation, [&](std::uint32_t index) { return m_dataset.samples[index].label < 0; });
        const LoaderSettings judging = asJudging(m_reading);
        EpochTime time;
        std::unique_ptr<Feed> learns, judges;
        if (m_request.experiment.training.cacheFeatures) {
            const Result<double> image =
                computeFeatures(*imageFeed(m_dataset, someOf(training, m_reading.batchSize), judging));
            if (!image)
                return image.error();
            time.secondsOnce = *image * static_cast<double>(training.size() + validation.size());
            learns = featureFeed(m_dataset, m_features, m_reading);
            if (!validation.empty())
                judges = featureFeed(m_dataset, m_features, judging);
        } else {
            learns = readyFeed(m_dataset, training, m_reading, m_stop);
            if (!validation.empty())
                judges = readyFeed(m_dataset, validation, judging, m_stop);
        }
        const Result<Pace> step = paceOf(trainingCourse(*learns), m_request.seconds, m_stop);
        if (!step)
            return step.error();
        time.imagesPerSecond = step->batchSize / step->other;
        time.secondsPerEpoch = step->epoch(training.size());
        if (judges) {
            const Result<Pace> judged = paceOf(judgingCourse(*judges), m_request.seconds / 4, m_stop);
            if (!judged)
                return judged.error();
            time.secondsPerEpoch += judged->epoch(validation.size());
        }
        return time;
    }

private:
    /// The trainer's own loop, at a rate that hardly moves the weights.
    void enterEpoch(int epoch, Feed* training, Feed* validation) {
        m_state.epoch = epoch;
        m_state.batch = 0;
        m_loop.emplace(TrainParts{*m_module, m_moments, m_step, training, validation, m_request.experiment.seed},
                       m_state);
    }
    static std::optional<int> sizeOf(const std::optional<LoopBatch>& batch) {
        return batch ? std::optional(batch->size) : std::nullopt;
    }
    Course trainingCourse(Feed& feed) {
        return {[this, &feed](int epoch) { enterEpoch(epoch, &feed, nullptr); },
                [this] { return sizeOf(m_loop->train(1e-6)); },
                [this] { static_cast<void>(m_module->isFinite()); }}; // as the trainer looks through the weights
    }
    Course judgingCourse(Feed& feed) {
        return {[this, &feed](int epoch) { enterEpoch(epoch, nullptr, &feed); },
                [this] { return sizeOf(m_loop->validate()); }};
    }

    Result<void> build() {
        const Experiment& experiment = m_request.experiment;
        m_compute.emplace(experiment.training.threads);
        const Result<GraphSpec> graph = graphFor(experiment, static_cast<int>(m_dataset.classes.size()));
        if (!graph)
            return graph.error();
        Result<std::shared_ptr<GraphModule>> module = GraphModule::make(*graph, experiment.seed);
        if (!module)
            return module.error();
        m_module = *module;
        m_module->enableTraining(freezePlan(*graph, experiment.model.freeze, experiment.training.fineTune, 1).frozen);
        m_moments = Moments::zeros(m_module->parameters());
        m_step = {experiment.training.optimizer,
                  experiment.training.loss,
                  {},
                  usesBf16(experiment.training.precision, *graph)};
        m_reading = readingFor(experiment, standInFor(experiment), Reading::Training);
        return {};
    }

    /// Fills m_features with what the frozen part makes of a few batches; gives the seconds an image took.
    Result<double> computeFeatures(Feed& images) {
        std::vector<std::vector<torch::Tensor>> made;
        const auto next = [&]() -> std::optional<int> {
            const std::optional<FeedBatch> batch = images.next();
            if (!batch)
                return {};
            Bf16Autocast autocast(m_step.bf16);
            std::vector<torch::Tensor> features = m_module->features(batch->input.images.permute({0, 3, 1, 2}));
            if (made.size() < kBatches)
                made.push_back(std::move(features));
            return batch->size;
        };
        const Result<Pace> pace = paceOf({[&](int) { images.startEpoch(0); }, next}, m_request.seconds / 2, m_stop);
        if (!pace)
            return pace.error();
        for (std::size_t f = 0; f < made.front().size(); ++f) {
            std::vector<torch::Tensor> batches;
            for (const std::vector<torch::Tensor>& batch : made)
                batches.push_back(batch[f].to(torch::kFloat).contiguous());
            m_features.values.push_back(torch::cat(batches));
        }
        const std::vector<std::uint32_t> indices = m_dataset.indices(Subset::Train);
        const auto rows = static_cast<std::size_t>(m_features.values.front().size(0));
        for (std::size_t row = 0; row < rows; ++row)
            m_features.indices.push_back(indices[row % indices.size()]);
        m_features.present.assign(rows, 1);
        return pace->other / pace->batchSize;
    }

    const EpochTimeRequest& m_request;
    std::stop_token m_stop;
    const Dataset& m_dataset;
    std::optional<ComputeThreads> m_compute;
    std::shared_ptr<GraphModule> m_module;
    Moments m_moments;
    StepSettings m_step;
    TrainState m_state;
    LoaderSettings m_reading;
    Features m_features;
    std::optional<TrainLoop> m_loop;
};

} // namespace

bool staysDecoded(const Dataset& dataset, const DataSettings& data) {
    const std::uint64_t bytes = std::uint64_t{dataset.samples.size()} * static_cast<std::uint64_t>(data.imageHeight) *
                                static_cast<std::uint64_t>(data.imageWidth) *
                                static_cast<std::uint64_t>(data.channels());
    const CacheLimits limits = cacheLimits(data, {});
    return bytes <= limits.memoryBytes + limits.fileBytes;
}

std::unique_ptr<Feed> readyFeed(const Dataset& dataset, const std::vector<std::uint32_t>& indices,
                                LoaderSettings settings, const std::stop_token& stop) {
    if (!staysDecoded(dataset, settings.data))
        settings.cache.memoryBytes = 0;
    std::unique_ptr<Feed> feed = imageFeed(dataset, someOf(indices, settings.batchSize), settings);
    if (settings.cache.memoryBytes > 0) {
        feed->startEpoch(0);
        while (!stop.stop_requested() && feed->next()) {
        }
    }
    return feed;
}

Result<EpochTime> measureEpoch(const EpochTimeRequest& request, std::stop_token stop) {
    try {
        if (!request.dataset)
            return badInput("There are no images to measure with; open a folder first.");
        if (const std::vector<Problem> found = problems(request.experiment, *request.dataset); !found.empty())
            return badInput("The experiment cannot be measured: " + joined(found) + ".");
        return Measurement(request, std::move(stop)).run();
    } catch (const std::bad_alloc&) {
        return Error{"There was not enough memory; choose a smaller batch or image size."};
    } catch (const std::exception& error) {
        const std::string reason = error.what();
        return Error{"The measurement failed: " + reason.substr(0, reason.find('\n'))};
    }
}

} // namespace sightline::engine
