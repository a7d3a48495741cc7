// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/EpochTime.h"

#include <torch/torch.h>

#include <chrono>

#include "engine/module/LoadedModel.h"
#include "engine/train/Compute.h"
#include "engine/train/Feed.h"
#include "network/Freezing.h"

namespace sightline::engine {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Seconds an image takes, measured over whole batches for about `seconds` after `warmUp` of them; begins anew where the images end.
template <typename Step>
Result<double> secondsPerImage(Feed& feed, int warmUp, double seconds, const std::stop_token& stop, Step step) {
    feed.startEpoch(0);
    auto start = Clock::now();
    std::int64_t images = 0;
    int done = 0, endings = 0;
    for (;;) {
        if (stop.stop_requested())
            return cancelled();
        const std::optional<FeedBatch> batch = feed.next();
        if (!batch) {
            if (++endings > 1 && done == 0)
                return badInput("None of the images can be read.");
            feed.startEpoch(static_cast<std::uint64_t>(endings));
            continue;
        }
        step(*batch);
        images += batch->size;
        if (++done == warmUp) {
            start = Clock::now();
            images = 0;
        }
        if (done > warmUp && secondsSince(start) >= seconds)
            return secondsSince(start) / static_cast<double>(images);
    }
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
        const std::size_t values = channels * static_cast<std::size_t>(experiment.data.imageHeight) * static_cast<std::size_t>(experiment.data.imageWidth);
        fitted->whitening.assign(values * values, 0);
    }
    return fitted;
}

/// A copy of the experiment's network in training, and what it is fed.
class Measurement {
public:
    Measurement(const EpochTimeRequest& request, std::stop_token stop) : m_request(request), m_stop(std::move(stop)), m_dataset(*request.dataset) {}

    Result<EpochTime> run() {
        if (const Result<void> built = build(); !built)
            return built.error();
        const std::vector<std::uint32_t> training = m_dataset.indices(Subset::Train);
        std::vector<std::uint32_t> validation = m_dataset.indices(Subset::Validation);
        std::erase_if(validation, [&](std::uint32_t index) { return m_dataset.samples[index].label < 0; });
        LoaderSettings judging = m_reading;
        judging.training = judging.shuffle = false;
        std::unique_ptr<Feed> learns = imageFeed(m_dataset, training, m_reading), judges = validation.empty() ? nullptr : imageFeed(m_dataset, validation, judging);
        EpochTime time;
        if (m_request.experiment.training.cacheFeatures) {
            Result<double> once = computeFeatures(*imageFeed(m_dataset, training, judging));
            if (!once)
                return once.error();
            time.secondsOnce = *once * static_cast<double>(training.size() + validation.size());
            learns = featureFeed(m_dataset, m_features, m_reading);
            if (judges)
                judges = featureFeed(m_dataset, m_features, judging);
        }
        const Result<double> step = secondsPerImage(*learns, 2, m_request.seconds, m_stop, [&](const FeedBatch& batch) { trainStep(*m_module, m_state, m_step, batch.input, batch.targets, 1e-6); });
        if (!step)
            return step.error();
        time.imagesPerSecond = 1 / *step;
        time.secondsPerEpoch = *step * static_cast<double>(training.size());
        if (judges) {
            const Result<double> judged = secondsPerImage(*judges, 1, m_request.seconds / 4, m_stop, [&](const FeedBatch& batch) { validationStep(*m_module, m_step, batch.input, batch.targets.labels); });
            if (!judged)
                return judged.error();
            time.secondsPerEpoch += *judged * static_cast<double>(validation.size());
        }
        return time;
    }

private:
    Result<void> build() {
        const Experiment& experiment = m_request.experiment;
        prepareComputeThread(experiment.training.threads);
        const Result<GraphSpec> graph = graphFor(experiment, static_cast<int>(m_dataset.classes.size()));
        if (!graph)
            return graph.error();
        Result<std::shared_ptr<GraphModule>> module = GraphModule::make(*graph, experiment.seed);
        if (!module)
            return module.error();
        m_module = *module;
        m_module->enableTraining(freezePlan(*graph, experiment.model.freeze, experiment.training.fineTune, 1).frozen);
        m_state = {torch::zeros_like(m_module->parameters()), torch::zeros_like(m_module->parameters())};
        m_step = {experiment.training.optimizer, experiment.training.loss, {}, usesBf16(experiment.training.precision, *graph)};
        m_reading = {experiment.data, experiment.augmentation, experiment.normalization, experiment.seed, experiment.training.batchSize};
        m_reading.fitted = standInFor(experiment);
        return {};
    }

    /// Fills m_features with what the frozen part makes of a few batches; gives the seconds an image took.
    Result<double> computeFeatures(Feed& images) {
        std::vector<std::vector<torch::Tensor>> made;
        const Result<double> seconds = secondsPerImage(images, 1, m_request.seconds / 2, m_stop, [&](const FeedBatch& batch) {
            Bf16Autocast autocast(m_step.bf16);
            made.push_back(m_module->features(batch.input.images.permute({0, 3, 1, 2})));
        });
        if (!seconds)
            return seconds;
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
        return seconds;
    }

    const EpochTimeRequest& m_request;
    std::stop_token m_stop;
    const Dataset& m_dataset;
    std::shared_ptr<GraphModule> m_module;
    OptimizerState m_state;
    StepSettings m_step;
    LoaderSettings m_reading;
    Features m_features;
};

} // namespace

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
