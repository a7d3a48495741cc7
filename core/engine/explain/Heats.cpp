// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/Heats.h"

#include <torch/torch.h>

#include <algorithm>

#include "engine/explain/Cam.h"
#include "engine/explain/GradientMaps.h"
#include "engine/explain/HeatMapScore.h"
#include "engine/explain/Judging.h"
#include "engine/explain/PerturbationMaps.h"
#include "engine/explain/PredictedClass.h"

namespace sightline::engine {

namespace {

/// Grad-CAM++ and XGrad-CAM divide by sums of activations, which cancel where those can be negative.
bool isIllConditioned(HeatMapMethod method, const Node& node, const torch::Tensor& activations) {
    return (method == HeatMapMethod::GradCamPlusPlus || method == HeatMapMethod::XGradCam) &&
           node.op != Op::Activation && activations.min().item<float>() < 0;
}

/// Finer-CAM compares a class with others by itself.
Result<void> comparable(const HeatsAsked& asked, const Heats& heats) {
    if (asked.method != HeatMapMethod::FinerCam)
        return {};
    if (asked.logSoftmax)
        return badInput("The method finercam compares the classes' logits: do not ask for log-softmax, or choose "
                        "gradcam.");
    if (heats.logits.size(1) < 2)
        return badInput("The method finercam compares classes, and this network knows only one; choose gradcam.");
    for (const HeatMapTarget& target : heats.targets)
        if (target.negative >= 0)
            return badInput("The method finercam compares a class with those nearest to it: name one class "
                            "instead of " +
                            target.name + ", or choose gradcam.");
    return {};
}

/// Which images are wanted, and what is asked of them.
Result<void> chooseTargets(const HeatsAsked& asked, std::span<const int> truths, const Wanted& wanted, Heats& heats) {
    if (const Result<void> finite = finiteScores(heats.logits); !finite)
        return finite;
    const int count = static_cast<int>(heats.logits.size(1));
    for (std::size_t i = 0; i < truths.size(); ++i) {
        const int predicted = predictedBy(heats.logits[static_cast<std::int64_t>(i)]);
        if (wanted && !wanted(i, predicted))
            continue;
        auto target = parseHeatMapTarget(asked.target, asked.classes, count, predicted, truths[i]);
        if (!target)
            return target.error();
        heats.rows.push_back(static_cast<std::int64_t>(i));
        heats.targets.push_back(std::move(*target));
    }
    return comparable(asked, heats);
}

/// At a layer, from its activations and what the network made of them: Score-CAM aside, no more than one pass back.
Result<torch::Tensor> heatsAtLayer(const HeatsAsked& asked, const Heats& heats, const torch::Tensor& images,
                                   const torch::Tensor& cut, const torch::Tensor& logits, const Asking& asking) {
    const torch::Tensor rows = torch::tensor(heats.rows);
    const torch::Tensor activations = cut.detach().index_select(0, rows);
    if (asked.method == HeatMapMethod::ScoreCam)
        return scoreCam(asked, images.index_select(0, rows), activations, heats.targets, asking);
    if (isIllConditioned(asked.method, *asked.module.spec().find(asked.layer), activations))
        return badInput(std::string(nameOf(asked.method)) + " needs a layer after its activation, and '" + asked.layer +
                        "' has negative values; choose the activation that follows it, or gradcam.");
    torch::Tensor gradients;
    if (needsGradient(asked.method)) {
        const torch::Tensor chosen = logits.index_select(0, rows);
        const torch::Tensor scores = asked.method == HeatMapMethod::FinerCam
                                         ? finerScoresOf(chosen, heats.targets)
                                         : scoresOf(chosen, heats.targets, asked.logSoftmax);
        if (scores.requires_grad())
            gradients = torch::autograd::grad({scores.sum()}, {cut}, {}, {}, false, true)[0];
        if (!gradients.defined())
            return badInput("The network's output does not depend on the layer '" + asked.layer + "'; choose another.");
        gradients = gradients.index_select(0, rows);
    }
    torch::NoGradGuard noGradients;
    return camMaps(asked.method, activations, gradients);
}

/// LayerCAM at several layers of one pass. The images are leaves, so that all layers see the pass back.
Result<torch::Tensor> fusedHeats(const HeatsAsked& asked, const torch::Tensor& images, Heats& heats) {
    const std::vector<std::string> layers = fusedLayers(asked.module.spec(), asked.module.cost());
    if (layers.empty())
        return badInput("The network " + asked.module.spec().name +
                        " has no activation with height and width; choose another method.");
    heats.layer.clear();
    std::map<std::string, torch::Tensor> tapped;
    for (const std::string& layer : layers) {
        tapped.try_emplace(layer);
        heats.layer += (heats.layer.empty() ? "" : " + ") + layer;
    }
    const torch::Tensor leaf = images.detach().clone().requires_grad_(true);
    const torch::Tensor scores = scoresOf(asked.module.infer(leaf, &tapped)[0], heats.targets, asked.logSoftmax);
    std::vector<torch::Tensor> activations;
    for (const std::string& layer : layers)
        activations.push_back(tapped[layer]);
    const auto gradients = torch::autograd::grad({scores.sum()}, activations);
    torch::NoGradGuard noGradients;
    std::vector<torch::Tensor> maps;
    for (std::size_t i = 0; i < layers.size(); ++i)
        maps.push_back(camMaps(HeatMapMethod::LayerCam, activations[i].detach(), gradients[i]));
    return fusedMaps(maps, images.size(2), images.size(3));
}

/// Without a layer to choose.
Result<torch::Tensor> heatsOfImages(const HeatsAsked& asked, const torch::Tensor& images, Heats& heats,
                                    const Asking& asking) {
    const torch::Tensor rows = torch::tensor(heats.rows);
    const torch::Tensor chosen = images.index_select(0, rows);
    switch (asked.method) {
    case HeatMapMethod::LayerCamFused:
        return fusedHeats(asked, chosen, heats);
    case HeatMapMethod::Occlusion:
        return occlusion(asked, chosen, heats.logits.index_select(0, rows), heats.targets, asking);
    case HeatMapMethod::IntegratedGradients:
        return integratedGradients(asked, chosen, heats.targets, asking);
    case HeatMapMethod::SmoothGrad:
        return smoothGrad(asked, chosen, heats.targets, asking);
    default:
        return guidedBackprop(asked, chosen, heats.targets, asking);
    }
}

} // namespace

Result<Heats> heatsOf(const HeatsAsked& asked, const torch::Tensor& images, std::span<const int> truths,
                      const Asking& asking, const Wanted& wanted) {
    if (asking.isStopped())
        return cancelled();
    torch::AutoGradMode gradients(true);
    Heats heats;
    heats.layer = asked.layer;
    torch::Tensor cut, logits;
    if (hasLayer(asked.method)) {
        logits = asked.module.forwardFromCut(images, asked.layer, cut);
        if (!cut.defined() || !logits.defined())
            return badInput("The layer '" + asked.layer + "' comes after the network's output; choose an earlier one.");
    } else {
        torch::NoGradGuard noGradients;
        logits = asked.module.infer(images)[0];
    }
    heats.logits = logits.detach();
    if (const auto chosen = chooseTargets(asked, truths, wanted, heats); !chosen)
        return chosen.error();
    if (heats.rows.empty())
        return heats;
    auto raw = hasLayer(asked.method) ? heatsAtLayer(asked, heats, images, cut, logits, asking)
                                      : heatsOfImages(asked, images, heats, asking);
    if (!raw)
        return raw.error();
    heats.raw = std::move(*raw);
    return heats;
}

Result<std::vector<HeatMap>> heatMapsFrom(const HeatsAsked& asked, const Heats& heats, int height, int width) {
    torch::NoGradGuard noGradients;
    std::vector<HeatMap> maps(heats.rows.size());
    if (maps.empty())
        return maps;
    if (!torch::isfinite(heats.raw).all().item<bool>())
        return badInput("The heat map by " + std::string(nameOf(asked.method)) + " at '" + heats.layer +
                        "' holds values that are no numbers; choose another method or layer.");
    const torch::Tensor sized =
        asked.method == HeatMapMethod::Occlusion
            ? spreadOverPatches(heats.raw, height, width)
            : torch::upsample_bilinear2d(heats.raw.unsqueeze(1), {height, width}, false).squeeze(1);
    for (std::size_t i = 0; i < maps.size(); ++i) {
        HeatMap& map = maps[i];
        const auto row = static_cast<std::int64_t>(i);
        map.classes = asked.classes;
        map.probabilities = probabilitiesOf(heats.logits[heats.rows[i]]);
        map.predicted = predictedBy(heats.logits[heats.rows[i]]);
        map.confidence = static_cast<double>(map.probabilities[static_cast<std::size_t>(map.predicted)]);
        map.target = heats.targets[i].name;
        map.method = nameOf(asked.method);
        map.layer = heats.layer;
        map.isSigned = isSigned(asked.method);
        map.mapHeight = static_cast<int>(heats.raw.size(1));
        map.mapWidth = static_cast<int>(heats.raw.size(2));
        map.rawMap = toArray(heats.raw[row]);
        map.maximum = sized[row].abs().max().item<double>();
        map.saturated = map.maximum <= 0;
        map.map = toArray(map.saturated ? sized[row] : sized[row] / map.maximum);
    }
    return maps;
}

std::int64_t imagesInAPass(const GraphModule& module) {
    constexpr std::int64_t kMultiplyAdds = 2'000'000'000;
    constexpr int kMost = 32;
    const std::int64_t fitting = kMultiplyAdds / std::max<std::int64_t>(1, module.cost().multiplyAdds);
    return std::clamp<std::int64_t>(fitting, 1, imagesAtOnce(module, kMost));
}

} // namespace sightline::engine
