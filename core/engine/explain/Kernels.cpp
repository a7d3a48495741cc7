// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <algorithm>

#include "engine/explain/Answers.h"
#include "engine/explain/Layer.h"
#include "engine/explain/PixelInput.h"

namespace sightline::engine {

namespace {

/// Whether a node sees the image itself: nothing before it has weights.
bool seesTheImage(const GraphSpec& spec, const Node& node) {
    const std::vector<bool> before = nodesBefore(spec, node.id);
    for (std::size_t i = 0; i < spec.nodes.size(); ++i)
        if (before[i] && &spec.nodes[i] != &node && hasWeights(spec.nodes[i].op))
            return false;
    return true;
}

/// The convolution that is asked for, or the first one.
Result<Layer> convolutionOf(const GraphModule& module, const std::string& asked) {
    const auto& nodes = module.spec().nodes;
    const auto isFirst = [&](const Node& node) { return node.op == Op::Conv2d && seesTheImage(module.spec(), node); };
    if (asked.empty()) {
        const auto first = std::find_if(nodes.begin(), nodes.end(), isFirst);
        return first != nodes.end() ? namedLayer(module, first->id)
                                    : badInput("The network " + module.spec().name +
                                               " has no convolution of the image itself, so no kernels to show.");
    }
    Result<Layer> layer = namedLayer(module, asked);
    if (layer && !isFirst(nodes[layer->node]))
        return badInput("The layer '" + layer->id +
                        "' is no convolution of the image itself, so its kernels are no pictures; choose a first one.");
    return layer;
}

/// Gray or RGB from the weights [c, h, w] of one filter; several channels that are no colours become their mean.
Image pictureOf(const torch::Tensor& filter, bool isBlueFirst) {
    torch::Tensor weights = filter;
    if (weights.size(0) == 3)
        weights = isBlueFirst ? weights.flip({0}) : weights;
    else if (weights.size(0) != 1)
        weights = weights.mean(0, true);
    const torch::Tensor largest = weights.abs().max().clamp_min(1e-30);
    return imageOf((128 + 127 * weights / largest).unsqueeze(0));
}

} // namespace

Result<Kernels> answer(const Asked& asked, const KernelsQuestion& question, const Asking& asking) {
    const Result<Layer> layer = convolutionOf(asked.module(), question.layer);
    if (!layer)
        return layer.error();
    const auto& entries = asked.module().entries();
    const auto entry = std::find_if(entries.begin(), entries.end(), [&](const GraphModule::Entry& one) {
        return one.node == layer->node && one.spec.name == layer->id + ".weight";
    });
    torch::NoGradGuard noGradients;
    const torch::Tensor weights = entry->view.detach(); // [filters, channels, height, width]
    if (!torch::isfinite(weights).all().item<bool>())
        return badInput("The layer '" + layer->id + "' has weights that are not numbers; they are damaged.");
    const bool isBlueFirst =
        Normalizer(asked.model().normalization, asked.module().spec().channels, asked.model().fitted).swapsChannels();
    Kernels kernels{layer->id, {}};
    for (std::int64_t i = 0; i < weights.size(0); ++i) {
        if (asking.isStopped())
            return cancelled();
        kernels.pictures.push_back(pictureOf(weights[i], isBlueFirst));
    }
    return kernels;
}

} // namespace sightline::engine
