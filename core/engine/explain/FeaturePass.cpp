// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/FeaturePass.h"

#include "network/Passes.h"

namespace sightline::engine {

Result<std::string> featureLayer(const GraphModule& module) {
    std::string layer = featureNode(module.spec());
    if (layer.empty())
        return badInput("The network " + module.spec().name +
                        " has no layer before its classifier, so it has no features.");
    return layer;
}

FeaturesOfImages featuresOf(const GraphModule& module, const std::string& layer, const torch::Tensor& images) {
    std::map<std::string, torch::Tensor> tapped{{layer, {}}};
    const torch::Tensor logits = module.infer(images, &tapped)[0];
    const torch::Tensor& values = tapped.at(layer);
    const torch::Tensor rows = values.dim() == 4 ? values.mean({2, 3}) : values.flatten(1);
    return {rows.to(torch::kFloat).contiguous(), logits.to(torch::kFloat).contiguous()};
}

std::span<const float> rowOf(const torch::Tensor& rows, std::size_t row) {
    const auto width = static_cast<std::size_t>(rows.size(1));
    return {rows.data_ptr<float>() + row * width, width};
}

} // namespace sightline::engine
