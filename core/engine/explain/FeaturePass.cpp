// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/FeaturePass.h"

#include <algorithm>

#include "engine/explain/Cam.h"
#include "network/Passes.h"

namespace sightline::engine {

namespace {

/// The ends of all stages: how an image of another kind differs shows in colors, edges and textures, which early stages
/// see. What a network says of its classes at the end is the energy's.
std::vector<std::string> stagesOf(const GraphModule& module) {
    return stageEnds(module.spec(), module.cost(), module.spec().nodes.size());
}

/// Activations spread the wider the larger they are; roots make them spread alike.
torch::Tensor signedRoot(const torch::Tensor& values) {
    return values.sign() * values.abs().sqrt();
}

} // namespace

Result<std::string> featureLayer(const GraphModule& module) {
    std::string layer = featureNode(module.spec());
    if (layer.empty())
        return badInput("The network " + module.spec().name +
                        " has no layer before its classifier, so it has no features.");
    return layer;
}

std::size_t stagesWidth(const GraphModule& module, const std::string& layer) {
    const GraphSpec& spec = module.spec();
    const std::vector<std::string> ends = stagesOf(module);
    std::size_t width = 0, before = 0;
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        const auto channels = static_cast<std::size_t>(module.cost().nodes[i].output.at(0));
        if (spec.nodes[i].id == layer)
            before = channels;
        if (std::find(ends.begin(), ends.end(), spec.nodes[i].id) != ends.end())
            width += 2 * channels;
    }
    return ends.empty() ? before : width;
}

FeaturesOfImages featuresOf(const GraphModule& module, const std::string& layer, const torch::Tensor& images) {
    const std::vector<std::string> ends = stagesOf(module);
    std::map<std::string, torch::Tensor> tapped{{layer, {}}};
    for (const std::string& end : ends)
        tapped.try_emplace(end);
    const torch::Tensor logits = module.infer(images, &tapped)[0];
    const torch::Tensor& values = tapped.at(layer);
    const torch::Tensor rows = values.dim() == 4 ? values.mean({2, 3}) : values.flatten(1);
    std::vector<torch::Tensor> stages;
    for (const std::string& end : ends) {
        const torch::Tensor places = tapped.at(end).to(torch::kFloat).flatten(2);
        stages.push_back(signedRoot(places.mean(2)));
        stages.push_back(places.std(2, false).sqrt());
    }
    const torch::Tensor features = rows.to(torch::kFloat).contiguous();
    return {stages.empty() ? features : torch::cat(stages, 1).contiguous(), features,
            logits.to(torch::kFloat).contiguous()};
}

std::span<const float> rowOf(const torch::Tensor& rows, std::size_t row) {
    const auto width = static_cast<std::size_t>(rows.size(1));
    return {rows.data_ptr<float>() + row * width, width};
}

} // namespace sightline::engine
