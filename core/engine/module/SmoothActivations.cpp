// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/SmoothActivations.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

namespace sightline::engine {

const ActivationLoops& activationLoops(InstructionSet set, SmoothActivation activation) {
    switch (set) {
    case InstructionSet::Avx512:
        return activationLoopsAvx512(activation);
    case InstructionSet::Avx2:
        return activationLoopsAvx2(activation);
    case InstructionSet::Portable:
        break;
    }
    return activationLoopsPortable(activation);
}

namespace {

constexpr std::int64_t kGrain = 1 << 14;

const ActivationLoops& bestLoops(SmoothActivation activation) {
    static const InstructionSet best = instructionSets().back();
    return activationLoops(best, activation);
}

Bf16Bits* bits(const torch::Tensor& tensor) {
    return reinterpret_cast<Bf16Bits*>(tensor.data_ptr<at::BFloat16>());
}

/// One node of autograd's graph; tensors are walked as they lie in memory.
class Smooth : public torch::autograd::Function<Smooth> {
public:
    static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                                 std::int64_t activation) {
        context->save_for_backward({x});
        context->saved_data["activation"] = activation;
        const ActivationLoops& loops = bestLoops(static_cast<SmoothActivation>(activation));
        torch::Tensor y = torch::empty_like(x);
        at::parallel_for(0, x.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
            if (x.scalar_type() == torch::kFloat)
                loops.forward(x.data_ptr<float>() + begin, y.data_ptr<float>() + begin, end - begin);
            else
                loops.forwardBf16(bits(x) + begin, bits(y) + begin, end - begin);
        });
        return y;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const torch::Tensor x = context->get_saved_variables()[0];
        const ActivationLoops& loops =
            bestLoops(static_cast<SmoothActivation>(context->saved_data["activation"].toInt()));
        torch::Tensor gradient = gradients[0];
        if (gradient.strides() != x.strides() || gradient.scalar_type() != x.scalar_type())
            gradient = torch::empty_like(x).copy_(gradient);
        torch::Tensor out = torch::empty_like(x);
        at::parallel_for(0, x.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
            if (x.scalar_type() == torch::kFloat)
                loops.backward(x.data_ptr<float>() + begin, gradient.data_ptr<float>() + begin,
                               out.data_ptr<float>() + begin, end - begin);
            else
                loops.backwardBf16(bits(x) + begin, bits(gradient) + begin, bits(out) + begin, end - begin);
        });
        return {out, torch::Tensor()};
    }
};

} // namespace

torch::Tensor smoothActivation(SmoothActivation activation, const torch::Tensor& x) {
    const bool ours = x.device().is_cpu() && x.layout() == torch::kStrided &&
                      (x.scalar_type() == torch::kFloat || x.scalar_type() == torch::kBFloat16) &&
                      x.is_non_overlapping_and_dense();
    if (ours)
        return Smooth::apply(x, static_cast<std::int64_t>(activation));
    return activation == SmoothActivation::Gelu ? torch::gelu(x) : torch::silu(x);
}

} // namespace sightline::engine
