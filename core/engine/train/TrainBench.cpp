// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/CPUGeneratorImpl.h>
#include <torch/torch.h>

#include <chrono>

#include "engine/module/ComputeThreads.h"
#include "engine/module/LoadedModel.h"
#include "engine/train/TrainLoop.h"
#include "engine/train/Trainer.h"
#include "support/Files.h"

namespace sightline::engine {

namespace {

/// One batch of noise, again and again.
class NoiseFeed : public Feed {
public:
    explicit NoiseFeed(const TrainBenchRequest& request) {
        const torch::Generator draws = at::detail::createCPUGenerator(1);
        m_batch.input.images = torch::rand({request.batch, request.height, request.width, request.channels}, draws);
        m_batch.targets.labels = torch::randint(request.classes, {request.batch}, draws, torch::kLong);
        m_batch.size = request.batch;
    }
    void startEpoch(std::uint64_t, int) override {}
    std::optional<FeedBatch> next() override { return m_batch; }
    std::size_t batchesPerEpoch() const override { return 1; }
    const std::vector<std::uint32_t>& images() const override { return m_images; }

private:
    FeedBatch m_batch;
    std::vector<std::uint32_t> m_images;
};

} // namespace

Result<TrainBench> benchTrain(const TrainBenchRequest& request) {
    using Clock = std::chrono::steady_clock;
    try {
        const ComputeThreads threads(request.threads);
        const Result<GraphSpec> graph = graphByName(request.model, request.height, request.width, request.channels,
                                                    request.classes, request.options);
        if (!graph)
            return graph.error();
        Result<std::shared_ptr<GraphModule>> module = GraphModule::make(*graph, 1);
        if (!module)
            return module.error();
        for (const Output& output : graph->outputs) {
            if (const std::int64_t scores = outputShape(*graph, (*module)->cost(), output)[0];
                scores != request.classes)
                return badInput("The output " + shown(output.name) + " of " + request.model + " gives " +
                                std::to_string(scores) + " scores; use --classes " + std::to_string(scores) + ".");
        }
        (*module)->enableTraining();
        Moments moments = Moments::zeros((*module)->parameters());
        StepSettings settings;
        settings.bf16 = usesBf16(request.precision, *graph);
        NoiseFeed noise(request);
        TrainState state;
        TrainLoop loop({**module, moments, settings, &noise}, state);
        for (int i = 0; i < 3; ++i)
            loop.train(1e-4);
        const auto start = Clock::now();
        double seconds = 0;
        int steps = 0;
        while (seconds < request.seconds || steps < 3) {
            loop.train(1e-4);
            ++steps;
            seconds = std::chrono::duration<double>(Clock::now() - start).count();
        }
        return TrainBench{static_cast<double>(steps) * request.batch / seconds, peakResidentBytes(),
                          settings.bf16 ? "bf16" : "fp32"};
    } catch (const std::exception& error) {
        std::string reason = error.what();
        return Error{"The benchmark failed: " + reason.substr(0, reason.find('\n'))};
    }
}

} // namespace sightline::engine
