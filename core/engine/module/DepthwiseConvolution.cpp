// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/DepthwiseConvolution.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <vector>

#include "engine/module/ChannelsLast.h"
#include "engine/module/DepthwiseKernels.h"

namespace sightline::engine {

const DepthwiseLoopsOfTypes& depthwiseLoops(InstructionSet set) {
    switch (set) {
    case InstructionSet::Avx512:
        return depthwiseLoopsAvx512();
    case InstructionSet::Avx2:
        return depthwiseLoopsAvx2();
    case InstructionSet::Portable:
        break;
    }
    return depthwiseLoopsPortable();
}

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr std::int64_t kMostTaps = 16; ///< of a side of the kernel

const DepthwiseLoopsOfTypes& bestLoops() {
    static const InstructionSet best = instructionSets().back();
    return depthwiseLoops(best);
}

WindowShape shapeOf(const torch::Tensor& x, const torch::Tensor& weight, const DepthwiseSettings& settings) {
    WindowShape shape;
    shape.images = x.size(0);
    shape.channels = x.size(1);
    for (int axis = 0; axis < 2; ++axis) {
        const auto at = static_cast<std::size_t>(axis);
        shape.input[axis] = x.size(2 + axis);
        shape.kernel[axis] = weight.size(2 + axis);
        shape.stride[axis] = settings.stride[at];
        shape.dilation[axis] = settings.dilation[at];
        shape.before[axis] = settings.padding[2 * at];
        const std::int64_t padded = shape.input[axis] + settings.padding[2 * at] + settings.padding[2 * at + 1];
        shape.output[axis] = (padded - shape.dilation[axis] * (shape.kernel[axis] - 1) - 1) / shape.stride[axis] + 1;
    }
    return shape;
}

/// [C, 1, h, w] as the loops want it: [h, w, C].
torch::Tensor tapsFirst(const torch::Tensor& weight) {
    return weight.squeeze(1).permute({1, 2, 0}).contiguous();
}

/// What all rows of the output add to the gradient of the weights [h, w, C]: a part for each thread, in their order.
torch::Tensor gradientOfWeights(const WindowShape& shape, const torch::Tensor& x, const torch::Tensor& gradient) {
    const std::int64_t rows = shape.images * shape.output[0],
                       parts = std::clamp<std::int64_t>(at::get_num_threads(), 1, rows);
    const torch::Tensor sums = torch::zeros({parts, shape.kernel[0], shape.kernel[1], shape.channels}, torch::kFloat);
    const std::int64_t values = sums.numel() / parts;
    withLoops(bestLoops(), x, [&](const auto& loops, auto one) {
        using Stored = decltype(one);
        at::parallel_for(0, parts, 1, [&](std::int64_t from, std::int64_t to) {
            for (std::int64_t part = from; part < to; ++part)
                loops.weights(shape, valuesOf<Stored>(x), valuesOf<Stored>(gradient),
                              valuesOf<float>(sums) + part * values, rows * part / parts, rows * (part + 1) / parts);
        });
    });
    return sums.sum(0);
}

/// One node of autograd's graph.
class Depthwise : public torch::autograd::Function<Depthwise> {
public:
    static Variable forward(AutogradContext* context, const Variable& x, const Variable& weight,
                            const c10::optional<Variable>& bias, const DepthwiseSettings* settings) {
        const WindowShape shape = shapeOf(x, weight, *settings);
        const torch::Tensor taps = tapsFirst(weight);
        torch::Tensor y = torch::empty({shape.images, shape.channels, shape.output[0], shape.output[1]}, x.options(),
                                       at::MemoryFormat::ChannelsLast);
        withLoops(bestLoops(), x, [&](const auto& loops, auto one) {
            using Stored = decltype(one);
            at::parallel_for(0, shape.images * shape.output[0], 1, [&](std::int64_t from, std::int64_t to) {
                loops.forward(shape, valuesOf<Stored>(x), valuesOf<float>(taps),
                              bias ? valuesOf<float>(*bias) : nullptr, valuesOf<Stored>(y), from, to);
            });
        });
        context->save_for_backward({x, weight});
        context->saved_data["hasBias"] = bias.has_value();
        const auto keep = [&](const char* name, const auto& values) {
            context->saved_data[name] = std::vector<std::int64_t>(values.begin(), values.end());
        };
        keep("stride", settings->stride);
        keep("dilation", settings->dilation);
        keep("padding", settings->padding);
        return y;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const torch::Tensor &x = saved[0], &weight = saved[1];
        DepthwiseSettings settings;
        const auto kept = [&](const char* name, auto& values) {
            const std::vector<std::int64_t> list = context->saved_data[name].toIntVector();
            std::copy(list.begin(), list.end(), values.begin());
        };
        kept("stride", settings.stride);
        kept("dilation", settings.dilation);
        kept("padding", settings.padding);
        const WindowShape shape = shapeOf(x, weight, settings);
        const torch::Tensor gradient = gradients[0].to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast);
        const torch::Tensor taps = tapsFirst(weight);
        torch::Tensor toX = torch::empty(x.sizes(), x.options(), at::MemoryFormat::ChannelsLast);
        withLoops(bestLoops(), x, [&](const auto& loops, auto one) {
            using Stored = decltype(one);
            at::parallel_for(0, shape.images * shape.input[0], 1, [&](std::int64_t from, std::int64_t to) {
                loops.backward(shape, valuesOf<Stored>(gradient), valuesOf<float>(taps), valuesOf<Stored>(toX), from,
                               to);
            });
        });
        const torch::Tensor ofWeight = gradientOfWeights(shape, x, gradient).permute({2, 0, 1}).unsqueeze(1),
                            ofBias = context->saved_data["hasBias"].toBool()
                                         ? gradient.sum({0, 2, 3}, false, torch::kFloat)
                                         : torch::Tensor();
        return {toX, torch::empty_like(weight).copy_(ofWeight), ofBias, Variable()};
    }
};

} // namespace

bool takesDepthwise(const torch::Tensor& x, const torch::Tensor& weight) {
    return isChannelsLast(x) && weight.size(0) == x.size(1) && weight.size(1) == 1 && weight.size(2) <= kMostTaps &&
           weight.size(3) <= kMostTaps && weight.scalar_type() == torch::kFloat;
}

torch::Tensor depthwiseConvolution(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                                   const DepthwiseSettings& settings) {
    return Depthwise::apply(x, weight, bias.defined() ? c10::make_optional(bias) : c10::nullopt, &settings);
}

} // namespace sightline::engine
