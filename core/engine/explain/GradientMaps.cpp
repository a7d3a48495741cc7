// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/GradientMaps.h"

#include <torch/torch.h>

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <numbers>
#include <utility>

#include "engine/explain/HeatMapScore.h"
#include "network/Attributes.h"

namespace sightline::engine {

namespace {

constexpr int kSteps = 50, kDraws = 25;
constexpr double kNoise = 0.15;

struct Quadrature {
    std::vector<float> points, weights; ///< of 0...1
};

/// Gauss and Legendre's: the roots of the polynomial of degree n by Newton's steps, moved from -1...1 to 0...1.
Quadrature gaussLegendre(int n) {
    Quadrature quadrature;
    for (int i = n; i > 0; --i) {
        double x = std::cos(std::numbers::pi * (i - 0.25) / (n + 0.5)), slope = 1;
        for (int round = 0; round < 8; ++round) {
            double before = 1, value = x;
            for (int k = 2; k <= n; ++k)
                before = std::exchange(value, ((2 * k - 1) * x * value - (k - 1) * before) / k);
            slope = n * (x * value - before) / (x * x - 1);
            x -= value / slope;
        }
        quadrature.points.push_back(static_cast<float>((x + 1) / 2));
        quadrature.weights.push_back(static_cast<float>(1 / ((1 - x * x) * slope * slope)));
    }
    return quadrature;
}

/// The gradient of the score at each of `inputs` [b, C, H, W].
torch::Tensor gradientsAt(const HeatsAsked& asked, const torch::Tensor& inputs, const HeatMapTarget& target) {
    torch::AutoGradMode gradients(true);
    const torch::Tensor leaf = inputs.detach().contiguous(at::MemoryFormat::ChannelsLast).requires_grad_(true);
    const std::vector<HeatMapTarget> targets(static_cast<std::size_t>(leaf.size(0)), target);
    const torch::Tensor scores = scoresOf(asked.module.infer(leaf)[0], targets, asked.logSoftmax);
    return torch::autograd::grad({scores.sum()}, {leaf})[0];
}

/// The sum of the gradients at `count` inputs near one image, as many in a pass as fit; `near(begin, count)` gives
/// some of them, `weights` [count] what each counts.
template <typename Near>
Result<torch::Tensor> summedGradients(const HeatsAsked& asked, const torch::Tensor& image, const HeatMapTarget& target,
                                      const torch::Tensor& weights, const Asking& asking, std::size_t before,
                                      std::size_t total, Near near) {
    torch::Tensor sum = torch::zeros_like(image);
    const std::int64_t count = weights.size(0), atOnce = imagesInAPass(asked.module);
    for (std::int64_t begin = 0; begin < count; begin += atOnce) {
        if (asking.isStopped())
            return cancelled();
        const std::int64_t some = std::min(atOnce, count - begin);
        const torch::Tensor gradients = gradientsAt(asked, near(begin, some), target);
        sum += (gradients * weights.narrow(0, begin, some).view({-1, 1, 1, 1})).sum(0);
        asking.tell(before + static_cast<std::size_t>(begin + some), total);
    }
    return sum;
}

} // namespace

Result<torch::Tensor> integratedGradients(const HeatsAsked& asked, const torch::Tensor& images,
                                          const std::vector<HeatMapTarget>& targets, const Asking& asking) {
    static const Quadrature quadrature = gaussLegendre(kSteps);
    const torch::Tensor points = torch::tensor(quadrature.points), weights = torch::tensor(quadrature.weights);
    std::vector<torch::Tensor> maps;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const torch::Tensor image = images[static_cast<std::int64_t>(i)];
        const auto sum =
            summedGradients(asked, image, targets[i], weights, asking, i * kSteps, targets.size() * kSteps,
                            [&](std::int64_t begin, std::int64_t count) {
                                return points.narrow(0, begin, count).view({-1, 1, 1, 1}) * image.unsqueeze(0);
                            });
        if (!sum)
            return sum.error();
        maps.push_back((*sum * image).sum(0));
    }
    return torch::stack(maps);
}

Result<torch::Tensor> smoothGrad(const HeatsAsked& asked, const torch::Tensor& images,
                                 const std::vector<HeatMapTarget>& targets, const Asking& asking) {
    constexpr int kGradients = 2 * kDraws; // of each draw and its opposite
    const torch::Tensor weights = torch::full({kGradients}, 1.0 / kGradients);
    std::vector<torch::Tensor> maps;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const torch::Tensor image = images[static_cast<std::int64_t>(i)];
        const double deviation = kNoise * (image.max() - image.min()).item<double>();
        // Every draw is followed by its opposite, so that what is linear in the noise cancels (antithetic variates).
        at::Generator draws = at::detail::createCPUGenerator(asked.seed);
        const torch::Tensor noise = torch::randn({kDraws, image.size(0), image.size(1), image.size(2)}, draws);
        const torch::Tensor pairs = torch::stack({noise, -noise}, 1).flatten(0, 1) * deviation;
        const auto sum = summedGradients(
            asked, image, targets[i], weights, asking, i * kGradients, targets.size() * kGradients,
            [&](std::int64_t begin, std::int64_t count) { return image.unsqueeze(0) + pairs.narrow(0, begin, count); });
        if (!sum)
            return sum.error();
        maps.push_back(sum->sum(0));
    }
    return torch::stack(maps);
}

Result<torch::Tensor> guidedBackprop(const HeatsAsked& asked, const torch::Tensor& images,
                                     const std::vector<HeatMapTarget>& targets, const Asking& asking) {
    torch::AutoGradMode gradients(true);
    std::map<std::string, torch::Tensor> activations;
    for (const Node& node : asked.module.spec().nodes)
        if (node.op == Op::Activation)
            activations.try_emplace(node.id);
    std::vector<torch::Tensor> maps;
    const std::int64_t count = images.size(0), atOnce = imagesInAPass(asked.module);
    for (std::int64_t begin = 0; begin < count; begin += atOnce) {
        if (asking.isStopped())
            return cancelled();
        const std::int64_t some = std::min(atOnce, count - begin);
        const torch::Tensor leaf = images.narrow(0, begin, some).detach().clone().requires_grad_(true);
        const torch::Tensor logits = asked.module.infer(leaf, &activations)[0];
        for (auto& [id, activation] : activations)
            activation.register_hook([](const torch::Tensor& gradient) { return gradient.clamp_min(0); });
        const auto theirs = std::span(targets).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(some));
        const torch::Tensor scores = scoresOf(logits, theirs, asked.logSoftmax);
        maps.push_back(torch::autograd::grad({scores.sum()}, {leaf})[0].sum(1));
        asking.tell(static_cast<std::size_t>(begin + some), static_cast<std::size_t>(count));
    }
    return torch::cat(maps);
}

Result<void> mayBeGuided(const GraphSpec& spec) {
    const std::vector<bool> reached = nodesBefore(spec, spec.outputs.at(0).node);
    bool any = false;
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        const Node& node = spec.nodes[i];
        if (!reached[i] || node.op != Op::Activation)
            continue;
        const std::string kind = textAttribute(node, "kind", "relu");
        if (kind != "relu")
            return badInput("The method guided-backprop is defined for networks whose activations are all relu; '" +
                            node.id + "' of " + spec.name + " is " + kind + ". Choose smoothgrad.");
        any = true;
    }
    if (!any)
        return badInput("The method guided-backprop is defined for networks with relu, and " + spec.name +
                        " has none; choose smoothgrad.");
    return {};
}

} // namespace sightline::engine
