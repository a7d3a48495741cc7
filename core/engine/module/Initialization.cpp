// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/Initialization.h"

#include <torch/torch.h>

#include <cmath>

#include "engine/module/GraphModule.h"
#include "network/Attributes.h"
#include "support/Random.h"

namespace sightline::engine {

namespace {

FreshValues constant(double value) {
    return {FreshValues::Kind::Constant, value};
}
FreshValues uniform(double bound) {
    return {FreshValues::Kind::Uniform, bound};
}
FreshValues normal(double deviation, double cut = 0) {
    return {FreshValues::Kind::Normal, deviation, cut};
}

/// Fills a view of the network's buffer; a pure function of (values, seed, tensor). False where it was stopped.
bool draw(torch::Tensor view, const FreshValues& values, std::uint64_t seed, std::size_t tensor,
          const std::stop_token& stop) {
    constexpr std::int64_t kBetweenLooks = 8192;
    if (values.kind == FreshValues::Kind::Constant) {
        view.fill_(values.scale);
        return true;
    }
    CounterRandom random(seed, RandomPurpose::Weights, 0, tensor);
    // In C order; that weights lie channels-last does not matter to independent draws.
    torch::Tensor flat = view.is_contiguous() ? view : torch::empty(view.sizes(), torch::kFloat);
    float* numbers = flat.data_ptr<float>();
    for (std::int64_t i = 0; i < flat.numel(); ++i) {
        if (i % kBetweenLooks == 0 && stop.stop_requested())
            return false;
        double value =
            values.kind == FreshValues::Kind::Uniform ? random.uniform(-values.scale, values.scale) : random.normal();
        while (values.cut > 0 && std::abs(value) > values.cut)
            value = random.normal();
        numbers[i] = static_cast<float>(values.kind == FreshValues::Kind::Uniform ? value : values.scale * value);
    }
    if (!view.is_contiguous())
        view.copy_(flat);
    return true;
}

} // namespace

FreshValues freshValues(Initializer initializer, const Node& node, bool isWeight, const Shape& weightShape,
                        bool makesScores) {
    if (node.op == Op::BatchNorm || node.op == Op::LayerNorm)
        return constant(isWeight ? 1 : 0);
    if (node.op == Op::ChannelScale)
        return constant(numberAttribute(node, "initial", 1e-6));
    const double receptive = weightShape.size() == 4 ? static_cast<double>(weightShape[2] * weightShape[3]) : 1.0;
    const double fanIn = receptive * static_cast<double>(weightShape[1]),
                 fanOut = receptive * static_cast<double>(weightShape[0]); // torch's, whatever the groups
    const double torchBound = 1 / std::sqrt(fanIn);
    const bool dense = node.op == Op::Dense;
    switch (initializer) {
    case Initializer::GlorotUniform:
        return isWeight ? uniform(std::sqrt(6 / (fanIn + fanOut))) : constant(0);
    case Initializer::TorchDefault:
        return uniform(torchBound);
    case Initializer::KaimingNormalFanOut:
        return dense ? uniform(torchBound) : isWeight ? normal(std::sqrt(2 / fanOut)) : constant(0);
    case Initializer::KaimingNormalFanIn:
        return !isWeight ? constant(0) : dense ? uniform(torchBound) : normal(std::sqrt(2 / fanIn));
    case Initializer::KaimingNormalSmallDense:
        return !isWeight ? constant(0) : normal(dense ? 0.01 : std::sqrt(2 / fanOut));
    case Initializer::KaimingNormalUniformDense:
        return !isWeight ? constant(0) : dense ? uniform(1 / std::sqrt(fanOut)) : normal(std::sqrt(2 / fanOut));
    case Initializer::GroupNormalUniformDense:
        return !isWeight ? constant(0)
               : dense   ? uniform(1 / std::sqrt(fanOut))
                         : normal(std::sqrt(2 / fanOut * static_cast<double>(wholeAttribute(node, "groups", 1))));
    case Initializer::TruncatedNormal002:
        return isWeight ? normal(0.02, 2) : constant(0);
    case Initializer::KaimingUniform: // a ReLU behind the scores, as SqueezeNet has it, would leave classes dead that
                                      // begin below 0
        if (makesScores)
            return isWeight ? normal(0.01) : constant(1);
        return isWeight ? uniform(std::sqrt(6 / fanIn)) : constant(0);
    }
    return constant(0);
}

bool drawFresh(const GraphModule& module, const std::vector<bool>& chosen, std::uint64_t seed,
               const std::stop_token& stop) {
    torch::NoGradGuard noGradients;
    const GraphSpec& spec = module.spec();
    const std::vector<bool> classifier = classifierNodes(spec);
    const auto& entries = module.entries();
    std::vector<Shape> weights(spec.nodes.size());
    for (const GraphModule::Entry& entry : entries)
        if (entry.spec.name.ends_with(".weight"))
            weights[entry.node] = entry.spec.shape;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const GraphModule::Entry& entry = entries[i];
        if (!chosen[entry.node])
            continue;
        const bool startsAtOne = entry.spec.name.ends_with(".weight") || entry.spec.name.ends_with(".running_var");
        const FreshValues values = freshValues(spec.initializer, spec.nodes[entry.node], startsAtOne,
                                               weights[entry.node], classifier[entry.node]);
        if (!draw(entry.view, values, seed, i, stop))
            return false;
    }
    return true;
}

} // namespace sightline::engine
