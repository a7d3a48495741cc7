// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/Initialization.h"

#include <torch/torch.h>

#include <cmath>

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

void draw(torch::Tensor view, const FreshValues& values, std::uint64_t seed, std::size_t tensor) {
    torch::NoGradGuard noGrad;
    if (values.kind == FreshValues::Kind::Constant) {
        view.fill_(values.scale);
        return;
    }
    CounterRandom random(seed, RandomPurpose::Weights, 0, tensor);
    torch::Tensor flat =
        torch::empty(view.sizes(), torch::kFloat); // channels-last order does not matter to independent draws
    float* numbers = flat.data_ptr<float>();
    for (std::int64_t i = 0; i < flat.numel(); ++i) {
        double value =
            values.kind == FreshValues::Kind::Uniform ? random.uniform(-values.scale, values.scale) : random.normal();
        while (values.cut > 0 && std::abs(value) > values.cut)
            value = random.normal();
        numbers[i] = static_cast<float>(values.kind == FreshValues::Kind::Uniform ? value : values.scale * value);
    }
    view.copy_(flat);
}

} // namespace sightline::engine
