// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <tuple>

#include "engine/explain/Door.h"
#include "engine/explain/HeatMapScore.h"
#include "engine/explain/Heats.h"
#include "engine/module/ComputeThreads.h"

namespace sightline::engine {

namespace {

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// Median milliseconds of `work`, after warming up; fewer rounds where one takes long.
template <typename Work>
double measured(Work work) {
    constexpr int kWarmUp = 3, kRounds = 18;
    constexpr double kEnough = 10'000;
    std::vector<double> times;
    double all = 0;
    for (int round = 0; round < kRounds && (times.empty() || all < kEnough); ++round) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        const double took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
        all += took;
        if (round >= kWarmUp)
            times.push_back(took);
    }
    return median(std::move(times));
}

Result<ExplainBench> benchmarked(const ExplainBenchRequest& request) {
    const ComputeThreads threads(request.threads);
    const auto graph =
        graphByName(request.model, request.height, request.width, request.channels, request.classes, request.options);
    if (!graph)
        return graph.error();
    auto module = GraphModule::make(*graph, 1);
    if (!module)
        return module.error();
    const auto layer = heatMapLayer(**module, request.method, {});
    if (!layer)
        return layer.error();
    const torch::Tensor input =
        torch::rand({1, request.channels, request.height, request.width}).contiguous(at::MemoryFormat::ChannelsLast);
    const std::vector<std::string> noNames;
    const HeatsAsked asked{**module, noNames, request.method, "predicted", *layer};
    const int truth = -1;
    const auto explained = [&]() -> Result<std::vector<HeatMap>> {
        const auto heats = heatsOf(asked, input, std::span(&truth, 1), {});
        return heats ? heatMapsFrom(asked, *heats, request.height, request.width) : heats.error();
    };
    if (const auto maps = explained(); !maps)
        return maps.error();
    ExplainBench bench;
    bench.forwardMilliseconds = measured([&] {
        torch::NoGradGuard noGradients;
        (*module)->infer(input);
    });
    bench.milliseconds = measured([&] { std::ignore = explained(); });
    return bench;
}

} // namespace

Result<ExplainBench> benchExplain(const ExplainBenchRequest& request) {
    try {
        return benchmarked(request);
    } catch (const std::exception& exception) {
        return Error{"The measurement failed: " + std::string(exception.what())};
    }
}

} // namespace sightline::engine
