// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/SyncBatchNorm.h"

#include <torch/torch.h>

namespace sightline::engine {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

std::vector<std::int64_t> allButChannels(const torch::Tensor& x) {
    return x.dim() == 4 ? std::vector<std::int64_t>{0, 2, 3} : std::vector<std::int64_t>{0};
}

/// [C] beside x.
torch::Tensor beside(const torch::Tensor& x, const torch::Tensor& values) {
    return x.dim() == 4 ? values.view({1, -1, 1, 1}) : values.view({1, -1});
}

/// Of each channel over all processes, float64; `count` values make them.
struct ChannelMoments {
    torch::Tensor mean, variance;
    double count = 0;
};

/// Sums of float64: what is lost by the difference of squares lies below what float32 knows.
ChannelMoments momentsOf(const torch::Tensor& x, const BatchNormSums& sums) {
    const auto [variance, mean] = torch::var_mean(x, allButChannels(x), false);
    const torch::Tensor ownMean = mean.to(torch::kDouble), ownVariance = variance.to(torch::kDouble);
    const double own = sums.counts ? static_cast<double>(x.numel() / x.size(1)) : 0;
    torch::Tensor all =
        torch::cat({ownMean * own, (ownVariance + ownMean * ownMean) * own, torch::full({1}, own, torch::kDouble)});
    sums.sum(all);
    const double count = all[-1].item<double>();
    if (count == 0) // a batch without images: nobody learns from it
        return {ownMean, ownVariance, 0};
    const std::vector<torch::Tensor> parts = all.narrow(0, 0, 2 * x.size(1)).chunk(2);
    const torch::Tensor whole = parts[0] / count;
    return {whole, (parts[1] / count - whole * whole).clamp_min(0), count};
}

class SyncBatchNorm : public torch::autograd::Function<SyncBatchNorm> {
public:
    static Variable forward(AutogradContext* context, const Variable& x, const Variable& weight, const Variable& bias,
                            const BatchNormTensors* norm, const BatchNormSums* sums) {
        const ChannelMoments moments = momentsOf(x.to(torch::kFloat), *sums);
        if (moments.count > 1) { // the unbiased variance of a single value does not exist
            norm->runningMean.mul_(1 - norm->momentum).add_(moments.mean * norm->momentum);
            norm->runningVar.mul_(1 - norm->momentum)
                .add_(moments.variance * (norm->momentum * moments.count / (moments.count - 1)));
        }
        const torch::Tensor mean = moments.mean.to(torch::kFloat), variance = moments.variance.to(torch::kFloat);
        context->save_for_backward({x, weight, mean, (moments.variance + norm->epsilon).rsqrt().to(torch::kFloat)});
        context->saved_data["count"] = std::max(moments.count, 1.0);
        context->saved_data["sums"] = reinterpret_cast<std::int64_t>(sums);
        return torch::batch_norm(x, weight, bias, mean, variance, false, 0, norm->epsilon, false);
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const torch::Tensor &x = saved[0], &weight = saved[1], &inverse = saved[3];
        const auto& sums = *reinterpret_cast<const BatchNormSums*>(context->saved_data["sums"].toInt());
        const double count = context->saved_data["count"].toDouble();
        const torch::Tensor from = gradients[0].to(torch::kFloat),
                            normed = (x.to(torch::kFloat) - beside(x, saved[2])) * beside(x, inverse);
        const torch::Tensor ofBias = from.sum(allButChannels(x)), ofWeight = (from * normed).sum(allButChannels(x));
        torch::Tensor all = torch::cat({ofBias, ofWeight}).to(torch::kDouble);
        sums.sum(all);
        const std::vector<torch::Tensor> means = (all / count).to(torch::kFloat).chunk(2);
        const torch::Tensor to =
            sums.counts ? (from - beside(x, means[0]) - normed * beside(x, means[1])) * beside(x, weight * inverse)
                        : torch::zeros_like(from);
        return {to.to(x.scalar_type()), ofWeight, ofBias, Variable(), Variable()};
    }
};

} // namespace

torch::Tensor syncBatchNormed(const torch::Tensor& x, const BatchNormTensors& norm, const BatchNormSums& sums) {
    return SyncBatchNorm::apply(x, norm.weight, norm.bias, &norm, &sums);
}

} // namespace sightline::engine
