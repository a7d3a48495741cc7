// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/HeatMapScore.h"

#include <torch/torch.h>

#include <algorithm>
#include <limits>

#include "engine/explain/GradientMaps.h"

namespace sightline::engine {

namespace {

constexpr std::int64_t kNearestClasses = 3;

torch::Tensor column(std::span<const HeatMapTarget> targets, int HeatMapTarget::*which) {
    torch::Tensor numbers = torch::empty({static_cast<std::int64_t>(targets.size()), 1}, torch::kLong);
    for (std::size_t i = 0; i < targets.size(); ++i)
        numbers.data_ptr<std::int64_t>()[i] = targets[i].*which;
    return numbers;
}

} // namespace

Result<std::string> heatMapLayer(const GraphModule& module, HeatMapMethod method, const std::string& asked) {
    const GraphSpec& spec = module.spec();
    if (method == HeatMapMethod::GuidedBackprop)
        if (const auto guided = mayBeGuided(spec); !guided)
            return guided.error();
    if (!hasLayer(method))
        return asked.empty() ? Result<std::string>("input")
                             : badInput("The method " + std::string(nameOf(method)) + " takes no layer: do not name '" +
                                        asked + "', or choose gradcam.");
    const std::string layer = asked.empty() ? defaultHeatMapNode(spec) : asked;
    if (layer.empty())
        return badInput("The network " + spec.name +
                        " has no convolution to explain; choose a layer with height and width.");
    const auto place =
        std::find_if(spec.nodes.begin(), spec.nodes.end(), [&](const Node& node) { return node.id == layer; });
    if (place == spec.nodes.end())
        return badInput("The network " + spec.name + " has no layer '" + layer + "'; `model summary` lists them.");
    if (module.cost().nodes[static_cast<std::size_t>(place - spec.nodes.begin())].output.size() != 3)
        return badInput("The layer '" + layer +
                        "' has no height and width, so it gives no map; choose one before the pooling or flattening.");
    return layer;
}

torch::Tensor scoresOf(const torch::Tensor& logits, std::span<const HeatMapTarget> targets, bool logSoftmax) {
    const torch::Tensor values = logSoftmax ? torch::log_softmax(logits, 1) : logits;
    const torch::Tensor positive = values.gather(1, column(targets, &HeatMapTarget::positive)).squeeze(1);
    const torch::Tensor against = column(targets, &HeatMapTarget::negative);
    if (against.max().item<std::int64_t>() < 0)
        return positive;
    const torch::Tensor negative = values.gather(1, against.clamp_min(0)).squeeze(1);
    return positive - torch::where(against.squeeze(1) < 0, torch::zeros_like(negative), negative);
}

torch::Tensor finerScoresOf(const torch::Tensor& logits, std::span<const HeatMapTarget> targets) {
    const torch::Tensor target = column(targets, &HeatMapTarget::positive);
    const torch::Tensor own = logits.gather(1, target);
    const torch::Tensor distance =
        (logits.detach() - own.detach()).abs().scatter(1, target, std::numeric_limits<float>::infinity());
    const std::int64_t compared = std::min(kNearestClasses, logits.size(1) - 1);
    const torch::Tensor others = logits.gather(1, std::get<1>(distance.topk(compared, 1, false)));
    return (torch::softmax(others, 1) * (own - others)).sum(1); // p / sum p is their own softmax
}

} // namespace sightline::engine
