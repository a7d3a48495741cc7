// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/Operations.h"

#include <torch/torch.h>

#include <algorithm>
#include <limits>

#include "engine/module/MaxPooling.h"
#include "engine/module/SmoothActivations.h"
#include "network/Attributes.h"

namespace sightline::engine {

bool isSymmetric(const Padding& padding) {
    return padding.top == padding.bottom && padding.left == padding.right;
}

torch::Tensor padded(const torch::Tensor& x, const Padding& padding, double value) {
    return torch::constant_pad_nd(x, {padding.left, padding.right, padding.top, padding.bottom}, value);
}

torch::Tensor activated(const Node& node, const torch::Tensor& x, bool training, bool mayReuse) {
    const std::string kind = textAttribute(node, "kind", "relu");
    torch::Tensor y = x;
    if (kind == "relu")
        return mayReuse ? y.relu_() : torch::relu(x);
    if (kind == "relu6" && x.scalar_type() == torch::kBFloat16)
        return torch::clamp(x, 0, 6); // LibTorch 1.13 has no bfloat16 backward for hardtanh
    if (kind == "relu6")
        return mayReuse ? torch::hardtanh_(y, 0, 6) : torch::hardtanh(x, 0, 6);
    if (kind == "leaky_relu")
        return torch::leaky_relu(x, numberAttribute(node, "slope", 0.01));
    if (kind == "sigmoid")
        return torch::sigmoid(x);
    if (kind == "tanh")
        return torch::tanh(x);
    if (kind == "silu")
        return training ? smoothActivation(SmoothActivation::Silu, x) : torch::silu(x);
    if (kind == "gelu")
        return training ? smoothActivation(SmoothActivation::Gelu, x) : torch::gelu(x);
    if (kind == "hardswish")
        return torch::hardswish(x);
    return torch::hardsigmoid(x);
}

namespace {

MaxPoolSettings maxPoolOf(const Node& node, const torch::Tensor& x) {
    const auto kernel = pairAttribute(node, "kernel", {1, 1});
    const Padding padding = resolvedPadding(node, static_cast<int>(x.size(2)), static_cast<int>(x.size(3))).value();
    return {kernel, pairAttribute(node, "stride", kernel), {padding.top, padding.bottom, padding.left, padding.right}};
}

} // namespace

torch::Tensor cutAndPooled(const Node& node, const torch::Tensor& x) {
    const MaxPoolSettings settings = maxPoolOf(node, x);
    return takesMaxPool(x, settings) ? maxPooled(x, true, settings) : pooled(node, torch::relu(x), true);
}

torch::Tensor pooled(const Node& node, const torch::Tensor& x, bool training) {
    if (node.op == Op::MaxPool && training) {
        const MaxPoolSettings settings = maxPoolOf(node, x);
        if (takesMaxPool(x, settings))
            return maxPooled(x, false, settings);
    }
    const auto kernel = pairAttribute(node, "kernel", {1, 1});
    const auto stride = pairAttribute(node, "stride", kernel);
    const Padding padding = resolvedPadding(node, static_cast<int>(x.size(2)), static_cast<int>(x.size(3))).value();
    const bool plain = isSymmetric(padding) && padding.top * 2 <= kernel[0] && padding.left * 2 <= kernel[1];
    if (node.op == Op::MaxPool) {
        if (plain)
            return torch::max_pool2d(x, kernel, stride, {padding.top, padding.left});
        return torch::max_pool2d(padded(x, padding, -std::numeric_limits<double>::infinity()), kernel, stride);
    }
    if (plain)
        return torch::avg_pool2d(x, kernel, stride, {padding.top, padding.left}, false, false);
    // Sum over real pixels by their number, also where the padding is lopsided (TensorFlow's rule).
    const torch::Tensor ones = torch::ones({1, 1, x.size(2), x.size(3)}, x.options());
    const torch::Tensor count = torch::avg_pool2d(padded(ones, padding, 0), kernel, stride);
    return torch::avg_pool2d(padded(x, padding, 0), kernel, stride) / count;
}

torch::Tensor resizedLikeKeras(const torch::Tensor& x, std::int64_t height, std::int64_t width) {
    const std::int64_t cropHeight = std::min(x.size(2), x.size(3) * height / width),
                       cropWidth = std::min(x.size(3), x.size(2) * width / height);
    const torch::Tensor middle =
        x.narrow(2, (x.size(2) - cropHeight) / 2, cropHeight).narrow(3, (x.size(3) - cropWidth) / 2, cropWidth);
    return torch::upsample_bilinear2d(middle.contiguous(at::MemoryFormat::ChannelsLast), {height, width}, false);
}

torch::Tensor localResponseNormed(const Node& node, const torch::Tensor& x) {
    const std::int64_t size = wholeAttribute(node, "size", 5);
    const double beta = numberAttribute(node, "beta", 0.75);
    const torch::Tensor exact = x.scalar_type() == torch::kBFloat16 ? x.to(torch::kFloat) : x;
    const torch::Tensor squares = (exact * exact).permute({0, 2, 3, 1});
    const torch::Tensor rows =
        torch::constant_pad_nd(squares.reshape({-1, 1, x.size(1)}), {size / 2, (size - 1) / 2}, 0);
    const torch::Tensor mean = torch::avg_pool1d(rows, {size}, {1})
                                   .view({-1, squares.size(1), squares.size(2), squares.size(3)})
                                   .permute({0, 3, 1, 2});
    const torch::Tensor scale = mean * numberAttribute(node, "alpha", 1e-4) + numberAttribute(node, "k", 1);
    return (exact * (beta == 0.5 ? scale.rsqrt() : scale.pow(-beta))).to(x.scalar_type());
}

torch::Tensor dropped(const torch::Tensor& x, double rate, const torch::Generator& draws) {
    if (rate <= 0 || x.numel() == 0)
        return x;
    if (rate >= 1)
        return x * 0;
    return x * torch::empty_like(x).bernoulli_(1 - rate, draws).div_(1 - rate);
}

torch::Tensor contrasted(const torch::Tensor& x, double factor, const torch::Generator& draws) {
    const torch::Tensor mean = x.mean({2, 3}, true);
    const torch::Tensor factors = torch::rand({x.size(0), 1, 1, 1}, draws, x.options()) * (2 * factor) + (1 - factor);
    return ((x - mean) * factors + mean).clamp(0, 255);
}

} // namespace sightline::engine
