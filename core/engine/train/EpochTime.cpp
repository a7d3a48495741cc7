// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/EpochTime.h"

#include <torch/torch.h>

#include <chrono>

#include "augment/BatchLoader.h"
#include "engine/module/LoadedModel.h"
#include "engine/train/Compute.h"
#include "network/Freezing.h"
#include "support/Files.h"

namespace sightline::engine {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

torch::Tensor imagesOf(const Batch& batch, const BatchLoader& loader) {
    return torch::from_blob(const_cast<float*>(batch.images.data()), {batch.size, loader.outputHeight(), loader.outputWidth(), loader.channels()}, torch::kFloat);
}

torch::Tensor labelsOf(const Batch& batch) { return torch::from_blob(const_cast<std::int64_t*>(batch.labels.data()), {batch.size}, torch::kLong); }

/// Seconds one batch takes, measured over whole batches for about `seconds` after `warmUp` of them; begins anew where the images end.
template <typename Step>
Result<double> secondsPerBatch(BatchLoader& loader, int warmUp, double seconds, const std::stop_token& stop, Step step) {
    loader.startEpoch(0);
    auto start = Clock::now();
    int done = 0, endings = 0;
    for (;;) {
        if (stop.stop_requested())
            return cancelled();
        const Batch* batch = loader.next();
        if (!batch) {
            if (++endings > 1 && done == 0)
                return badInput("None of the images can be read.");
            loader.startEpoch(static_cast<std::uint64_t>(endings));
            continue;
        }
        step(*batch);
        if (++done == warmUp)
            start = Clock::now();
        if (done > warmUp && secondsSince(start) >= seconds)
            return secondsSince(start) / (done - warmUp);
    }
}

Result<EpochTime> measured(const EpochTimeRequest& request, const std::stop_token& stop) {
    const Experiment& experiment = request.experiment;
    const Dataset& dataset = *request.dataset;
    prepareComputeThread(experiment.training.threads);
    const Result<GraphSpec> graph = graphFor(experiment, static_cast<int>(dataset.classes.size()));
    if (!graph)
        return graph.error();
    Result<std::shared_ptr<GraphModule>> module = GraphModule::make(*graph, experiment.seed);
    if (!module)
        return module.error();
    (*module)->enableTraining(freezePlan(*graph, experiment.model.freeze, experiment.training.fineTune, 1).frozen);
    OptimizerState state{torch::zeros_like((*module)->parameters()), torch::zeros_like((*module)->parameters())};
    StepSettings settings{experiment.training.optimizer, experiment.training.loss, {}, usesBf16(experiment.training.precision, *graph)};

    LoaderSettings reading{experiment.data, experiment.augmentation, experiment.normalization, experiment.seed, experiment.training.batchSize};
    reading.cacheBytes = availableMemoryBytes() / 4;
    BatchLoader training(dataset, dataset.indices(Subset::Train), reading);
    const Result<double> step = secondsPerBatch(training, 2, request.seconds, stop, [&](const Batch& batch) {
        trainStep(**module, state, settings, {imagesOf(batch, training), {}}, labelsOf(batch), 1e-6);
    });
    if (!step)
        return step.error();
    EpochTime time;
    time.secondsPerEpoch = *step * static_cast<double>(training.batchesPerEpoch());
    time.imagesPerSecond = experiment.training.batchSize / *step;
    if (std::vector<std::uint32_t> indices = dataset.indices(Subset::Validation); !indices.empty()) {
        reading.training = reading.shuffle = false;
        BatchLoader validation(dataset, std::move(indices), reading);
        const Result<double> judged = secondsPerBatch(validation, 1, request.seconds / 4, stop, [&](const Batch& batch) {
            validationStep(**module, settings, {imagesOf(batch, validation), {}}, labelsOf(batch));
        });
        if (!judged)
            return judged.error();
        time.secondsPerEpoch += *judged * static_cast<double>(validation.batchesPerEpoch());
    }
    return time;
}

} // namespace

Result<EpochTime> measureEpoch(const EpochTimeRequest& request, std::stop_token stop) {
    try {
        if (!request.dataset)
            return badInput("There are no images to measure with; open a folder first.");
        if (const std::vector<Problem> found = problems(request.experiment, *request.dataset); !found.empty())
            return badInput("The experiment cannot be measured: " + joined(found) + ".");
        return measured(request, stop);
    } catch (const std::bad_alloc&) {
        return Error{"There was not enough memory; choose a smaller batch or image size."};
    } catch (const std::exception& error) {
        const std::string reason = error.what();
        return Error{"The measurement failed: " + reason.substr(0, reason.find('\n'))};
    }
}

} // namespace sightline::engine
