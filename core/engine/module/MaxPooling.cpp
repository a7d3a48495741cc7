// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/MaxPooling.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <vector>

#include "engine/module/ChannelsLast.h"
#include "engine/module/PoolKernels.h"

namespace sightline::engine {

const PoolLoopsOfTypes& poolLoops(InstructionSet set) {
    switch (set) {
    case InstructionSet::Avx512:
        return poolLoopsAvx512();
    case InstructionSet::Avx2:
        return poolLoopsAvx2();
    case InstructionSet::Portable:
        break;
    }
    return poolLoopsPortable();
}

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr std::int64_t kLongestSide = 15; ///< its square is below kNoPlace

const PoolLoopsOfTypes& bestLoops() {
    static const InstructionSet best = instructionSets().back();
    return poolLoops(best);
}

WindowShape shapeOf(torch::IntArrayRef x, const MaxPoolSettings& settings) {
    WindowShape shape;
    shape.images = x[0];
    shape.channels = x[1];
    for (int axis = 0; axis < 2; ++axis) {
        const auto at = static_cast<std::size_t>(axis);
        shape.input[axis] = x[2 + at];
        shape.kernel[axis] = settings.kernel[at];
        shape.stride[axis] = settings.stride[at];
        shape.dilation[axis] = 1;
        shape.before[axis] = settings.padding[2 * at];
        shape.output[axis] =
            (shape.input[axis] + settings.padding[2 * at] + settings.padding[2 * at + 1] - shape.kernel[axis]) /
                shape.stride[axis] +
            1;
    }
    return shape;
}

/// One node of autograd's graph.
class MaxPool : public torch::autograd::Function<MaxPool> {
public:
    static Variable forward(AutogradContext* context, const Variable& x, bool cut, const MaxPoolSettings* settings) {
        const WindowShape shape = shapeOf(x.sizes(), *settings);
        const std::vector<std::int64_t> sizes{shape.images, shape.channels, shape.output[0], shape.output[1]};
        torch::Tensor y = torch::empty(sizes, x.options(), at::MemoryFormat::ChannelsLast);
        const torch::Tensor places = torch::empty(sizes, torch::kByte, at::MemoryFormat::ChannelsLast);
        withLoops(bestLoops(), x, [&](const auto& loops, auto one) {
            using Stored = decltype(one);
            at::parallel_for(0, shape.images * shape.output[0], 1, [&](std::int64_t from, std::int64_t to) {
                loops.forward(shape, cut, valuesOf<Stored>(x), valuesOf<Stored>(y), valuesOf<std::uint8_t>(places),
                              from, to);
            });
        });
        context->save_for_backward({places});
        const auto keep = [&](const char* name, torch::IntArrayRef values) {
            context->saved_data[name] = values.vec();
        };
        keep("x", x.sizes());
        keep("kernel", settings->kernel);
        keep("stride", settings->stride);
        keep("padding", settings->padding);
        return y;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const torch::Tensor places = context->get_saved_variables()[0];
        const auto kept = [&](const char* name) { return context->saved_data[name].toIntVector(); };
        const std::vector<std::int64_t> kernel = kept("kernel"), stride = kept("stride"), padding = kept("padding"),
                                        sizes = kept("x");
        const WindowShape shape = shapeOf(
            sizes, {{kernel[0], kernel[1]}, {stride[0], stride[1]}, {padding[0], padding[1], padding[2], padding[3]}});
        const torch::Tensor gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
        torch::Tensor toX = torch::empty(sizes, gradient.options(), at::MemoryFormat::ChannelsLast);
        withLoops(bestLoops(), gradient, [&](const auto& loops, auto one) {
            using Stored = decltype(one);
            at::parallel_for(0, shape.images * shape.input[0], 1, [&](std::int64_t from, std::int64_t to) {
                loops.backward(shape, valuesOf<Stored>(gradient), valuesOf<std::uint8_t>(places), valuesOf<Stored>(toX),
                               from, to);
            });
        });
        return {toX, Variable(), Variable()};
    }
};

} // namespace

bool takesMaxPool(const torch::Tensor& x, const MaxPoolSettings& settings) {
    if (!isChannelsLast(x))
        return false;
    for (std::size_t axis = 0; axis < 2; ++axis) {
        const std::int64_t kernel = settings.kernel[axis];
        if (kernel > kLongestSide || settings.padding[2 * axis] >= kernel || settings.padding[2 * axis + 1] >= kernel ||
            x.size(static_cast<std::int64_t>(2 + axis)) + settings.padding[2 * axis] < kernel)
            return false;
    }
    return true;
}

torch::Tensor maxPooled(const torch::Tensor& x, bool cut, const MaxPoolSettings& settings) {
    return MaxPool::apply(x, cut, &settings);
}

} // namespace sightline::engine
