// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/GradientMaps.h"

#include <torch/torch.h>

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <numbers>
#include <utility>

#include "engine/explain/HeatMapScore.h"
#include "engine/module/ModuleCopies.h"
#include "network/Attributes.h"

namespace sightline::engine {

namespace {

constexpr int kSteps = 50, kDraws = 25;
constexpr int kUses = 16; ///< of a draw and its opposite, at most
constexpr double kNoise = 0.15;

struct Quadrature {
    std::vector<double> points, weights; ///< of 0...1
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
        quadrature.points.push_back((x + 1) / 2);
        quadrature.weights.push_back(1 / ((1 - x * x) * slope * slope));
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

/// The same image by image of some, as many in a pass as `atOnce`: `near(begin, count)` gives some of the `count`
/// inputs, `take(begin, gradients)` gets theirs. False where it was stopped.
template <typename Near, typename Take>
bool eachGradient(const HeatsAsked& asked, const HeatMapTarget& target, std::int64_t count, std::int64_t atOnce,
                  const Asking& asking, Near near, Take take) {
    for (std::int64_t begin = 0; begin < count; begin += atOnce) {
        if (asking.isStopped())
            return false;
        const std::int64_t some = std::min(atOnce, count - begin);
        take(begin, gradientsAt(asked, near(begin, some), target));
    }
    return true;
}

/// What each draw of noise is used as: white noise moved or mirrored is white noise.
torch::Tensor placed(const torch::Tensor& noise, int use) {
    const torch::Tensor moved =
        torch::roll(noise, {(use & 1) != 0 ? noise.size(2) / 2 : 0, (use & 2) != 0 ? noise.size(3) / 2 : 0}, {2, 3});
    const torch::Tensor mirrored = (use & 4) != 0 ? moved.flip({3}) : moved;
    return (use & 8) != 0 ? mirrored.flip({2}) : mirrored;
}

/// A mean of gradients, and how far it may still be from that of any number of draws.
class SmoothMean {
public:
    /// `pairs` [n, H, W]: each the mean of a draw's and of its opposite's.
    void add(const torch::Tensor& pairs) {
        const torch::Tensor exact = pairs.to(torch::kDouble);
        const torch::Tensor sum = exact.sum(0);
        m_sum = m_sum.defined() ? m_sum + sum : sum;
        m_squares += (exact * exact).sum().item<double>();
        m_count += pairs.size(0);
    }
    torch::Tensor mean() const { return m_sum / static_cast<double>(m_count); }
    /// The variance of what chance adds to the mean, as a share of what is there without it, is small.
    bool isSettled() const {
        constexpr double kChance = 0.025;
        const torch::Tensor found = mean();
        const double places = static_cast<double>(found.numel()), count = static_cast<double>(m_count);
        const double spread = m_squares / count - (found * found).sum().item<double>();
        const double chance = spread / places / (count - 1);
        return chance <= kChance * std::max(0.0, found.var(false).item<double>() - chance);
    }

private:
    torch::Tensor m_sum; ///< [H, W]
    double m_squares = 0;
    std::int64_t m_count = 0;
};

} // namespace

Result<torch::Tensor> integratedGradients(const HeatsAsked& asked, const torch::Tensor& images,
                                          const std::vector<HeatMapTarget>& targets, const Asking& asking) {
    static const Quadrature quadrature = gaussLegendre(kSteps);
    const torch::Tensor points = torch::tensor(quadrature.points, torch::kDouble).view({-1, 1, 1, 1}),
                        weights = torch::tensor(quadrature.weights, torch::kDouble).view({-1, 1, 1, 1});
    // A gradient jumps where a ReLU changes sides, and at 50 points of a large network rounding to float decides some.
    const auto exact = inDouble(asked.module, asking.stop);
    if (!exact)
        return exact.error();
    const HeatsAsked exactly{**exact,     asked.classes,    asked.method, asked.target,
                             asked.layer, asked.logSoftmax, asked.seed};
    const std::int64_t atOnce = std::max<std::int64_t>(1, imagesInAPass(asked.module) / 4);
    std::vector<torch::Tensor> maps;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const torch::Tensor image = images[static_cast<std::int64_t>(i)].to(torch::kDouble);
        torch::Tensor sum = torch::zeros_like(image);
        const bool done = eachGradient(
            exactly, targets[i], kSteps, atOnce, asking,
            [&](std::int64_t begin, std::int64_t count) { return points.narrow(0, begin, count) * image.unsqueeze(0); },
            [&](std::int64_t begin, const torch::Tensor& gradients) {
                sum += (gradients * weights.narrow(0, begin, gradients.size(0))).sum(0);
                asking.tell(i * kSteps + static_cast<std::size_t>(begin + gradients.size(0)), targets.size() * kSteps);
            });
        if (!done)
            return cancelled();
        maps.push_back((sum * image).sum(0).to(torch::kFloat));
    }
    return torch::stack(maps);
}

Result<torch::Tensor> smoothGrad(const HeatsAsked& asked, const torch::Tensor& images,
                                 const std::vector<HeatMapTarget>& targets, const Asking& asking) {
    constexpr std::size_t kGradients = std::size_t{2} * kDraws * kUses; // at most
    const std::int64_t atOnce = 2 * std::max<std::int64_t>(1, imagesInAPass(asked.module) / 2);
    std::vector<torch::Tensor> maps;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const torch::Tensor image = images[static_cast<std::int64_t>(i)];
        const double deviation = kNoise * (image.max() - image.min()).item<double>();
        at::Generator draws = at::detail::createCPUGenerator(asked.seed);
        const torch::Tensor noise = torch::randn({kDraws, image.size(0), image.size(1), image.size(2)}, draws);
        SmoothMean mean;
        int use = 0;
        for (; use < kUses && (use == 0 || !mean.isSettled()); ++use) {
            // Every draw is followed by its opposite, so that what is linear in the noise cancels (antithetic
            // variates).
            const torch::Tensor drawn = placed(noise, use);
            const torch::Tensor pairs = torch::stack({drawn, -drawn}, 1).flatten(0, 1) * deviation;
            const std::size_t before = i * kGradients + static_cast<std::size_t>(use) * 2 * kDraws;
            const bool done = eachGradient(
                asked, targets[i], pairs.size(0), atOnce, asking,
                [&](std::int64_t begin, std::int64_t count) {
                    return image.unsqueeze(0) + pairs.narrow(0, begin, count);
                },
                [&](std::int64_t begin, const torch::Tensor& gradients) {
                    mean.add(gradients.sum(1).view({-1, 2, image.size(1), image.size(2)}).mean(1));
                    asking.tell(before + static_cast<std::size_t>(begin + gradients.size(0)),
                                targets.size() * kGradients);
                });
            if (!done)
                return cancelled();
        }
        if (use < kUses)
            asking.tell((i + 1) * kGradients, targets.size() * kGradients);
        maps.push_back(mean.mean().to(torch::kFloat));
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
