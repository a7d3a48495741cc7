// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/ModuleCopies.h"

#include <torch/torch.h>

#include <algorithm>

#include "engine/module/Initialization.h"

namespace sightline::engine {

namespace {

/// In stretches, so that Stop is heard where there are many values. Undefined where it was.
torch::Tensor copied(const torch::Tensor& values, torch::Dtype type, const std::stop_token& stop) {
    constexpr std::int64_t kAtOnce = std::int64_t{1} << 21;
    torch::NoGradGuard noGradients;
    torch::Tensor copy = torch::empty(values.sizes(), type);
    for (std::int64_t begin = 0; begin < values.numel(); begin += kAtOnce) {
        if (stop.stop_requested())
            return {};
        const std::int64_t count = std::min(kAtOnce, values.numel() - begin);
        copy.narrow(0, begin, count).copy_(values.narrow(0, begin, count));
    }
    return copy;
}

Result<std::shared_ptr<GraphModule>> copyOf(const GraphModule& module, torch::Dtype type, const std::stop_token& stop) {
    const torch::Tensor parameters = copied(module.parameters(), type, stop),
                        statistics = copied(module.statistics(), type, stop);
    if (!parameters.defined() || !statistics.defined())
        return cancelled();
    return GraphModule::over(module.spec(), parameters, statistics);
}

} // namespace

Result<std::shared_ptr<GraphModule>> drawnAgain(const GraphModule& module, const std::vector<bool>& chosen,
                                                std::uint64_t seed, const std::stop_token& stop) {
    const bool isAll = std::all_of(chosen.begin(), chosen.end(), [](bool one) { return one; });
    auto copy = isAll ? GraphModule::blank(module.spec()) : copyOf(module, torch::kFloat, stop);
    if (copy && !drawFresh(**copy, chosen, seed, stop))
        return cancelled();
    return copy;
}

Result<std::shared_ptr<GraphModule>> inDouble(const GraphModule& module, const std::stop_token& stop) {
    return copyOf(module, torch::kDouble, stop);
}

} // namespace sightline::engine
