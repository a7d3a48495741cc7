// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/Cam.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace sightline {

namespace {

/// Projection of one image's activations [K, u, v] on the first right singular vector of [places, channels], column
/// means taken off. Found from the smaller Gram matrix, in double; the sign is free, so the larger side is made
/// positive (SPEC 4.2).
at::Tensor eigenMap(const at::Tensor& activation) {
    const std::int64_t channels = activation.size(0);
    at::Tensor rows = activation.reshape({channels, -1}).t().to(at::kDouble);
    rows = rows - rows.mean(0, true);
    at::Tensor projection;
    if (rows.size(0) <= channels) {
        const auto [values, vectors] = at::linalg_eigh(at::matmul(rows, rows.t()));
        projection = vectors.select(1, -1) * values.select(0, -1).clamp_min(0).sqrt();
    } else {
        const auto vectors = std::get<1>(at::linalg_eigh(at::matmul(rows.t(), rows)));
        projection = at::matmul(rows, vectors.select(1, -1));
    }
    if (projection.min().abs().item<double>() > projection.max().abs().item<double>())
        projection = -projection;
    return projection.to(at::kFloat).reshape({activation.size(1), activation.size(2)});
}

at::Tensor eigenMaps(const at::Tensor& activations) {
    std::vector<at::Tensor> maps;
    for (const at::Tensor& activation : activations.unbind())
        maps.push_back(eigenMap(activation));
    return at::stack(maps);
}

at::Tensor weighted(const at::Tensor& weights, const at::Tensor& activations) {
    return (weights.unsqueeze(2).unsqueeze(3) * activations).sum(1);
}

/// An activation, or several side by side, as the blocks of Inception end.
bool isActivation(const GraphSpec& spec, const Node& node) {
    return node.op == Op::Activation ||
           (node.op == Op::Concat && std::all_of(node.inputs.begin(), node.inputs.end(), [&](const std::string& input) {
                return spec.find(input)->op == Op::Activation;
            }));
}

} // namespace

bool needsGradient(HeatMapMethod method) {
    return method != HeatMapMethod::EigenCam;
}

at::Tensor camMaps(HeatMapMethod method, const at::Tensor& activations, const at::Tensor& gradients) {
    switch (method) {
    case HeatMapMethod::HiResCam:
        return (gradients * activations).sum(1).relu();
    case HeatMapMethod::LayerCam:
        return (gradients.relu() * activations).sum(1).relu();
    case HeatMapMethod::XGradCam:
        return weighted((gradients * activations).sum({2, 3}) / (activations.sum({2, 3}) + 1e-7), activations).relu();
    case HeatMapMethod::GradCamPlusPlus: {
        const at::Tensor square = gradients * gradients;
        const at::Tensor sums = activations.sum({2, 3}, true);
        at::Tensor alpha = square / (2 * square + sums * square * gradients + 1e-6);
        alpha = at::where(gradients != 0, alpha, at::zeros_like(alpha));
        return weighted((alpha * gradients.relu()).sum({2, 3}), activations).relu();
    }
    case HeatMapMethod::EigenCam:
        return eigenMaps(activations).relu();
    default:
        return weighted(gradients.mean({2, 3}), activations).relu();
    }
}

std::vector<std::string> stageEnds(const GraphSpec& spec, const GraphCost& cost, std::size_t most) {
    const std::string end = defaultHeatMapNode(spec);
    if (end.empty())
        return {};
    const std::vector<bool> reached = nodesBefore(spec, end);
    std::vector<std::string> layers;
    Shape smallest; // what comes next, on the way back, is larger
    for (std::size_t i = spec.nodes.size(); i-- > 0 && layers.size() < most;) {
        const Shape& shape = cost.nodes[i].output;
        if (!reached[i] || shape.size() != 3)
            continue;
        if (smallest.empty()) // the end itself
            smallest = {shape[0], shape[1], shape[2] - 1};
        if (!isActivation(spec, spec.nodes[i]) || shape[1] < smallest[1] || shape[2] < smallest[2] ||
            (shape[1] == smallest[1] && shape[2] == smallest[2]))
            continue;
        layers.push_back(spec.nodes[i].id);
        smallest = shape;
    }
    return layers;
}

std::vector<std::string> fusedLayers(const GraphSpec& spec, const GraphCost& cost) {
    return stageEnds(spec, cost, 3);
}

at::Tensor fusedMaps(const std::vector<at::Tensor>& maps, std::int64_t height, std::int64_t width) {
    at::Tensor fused;
    for (const at::Tensor& map : maps) {
        const at::Tensor highest = map.amax({1, 2}, true);
        const at::Tensor share = at::where(highest > 0, map / highest, at::zeros_like(map));
        const at::Tensor sized =
            at::upsample_bilinear2d(at::tanh(2 * share).unsqueeze(1), {height, width}, false).squeeze(1);
        fused = fused.defined() ? at::maximum(fused, sized) : sized;
    }
    return fused;
}

} // namespace sightline
