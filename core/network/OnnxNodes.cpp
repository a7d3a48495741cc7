// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/OnnxNodes.h"

#include <numbers>

#include "network/Attributes.h"

namespace sightline {

namespace {

bool has(const OnnxStep& step, const char* suffix) {
    return step.values.count(step.node.id + suffix) > 0;
}

std::string weight(OnnxStep& step, const char* suffix, const std::vector<std::int64_t>& shape) {
    const std::string name = step.node.id + suffix;
    return step.writer.weight(name, step.values.at(name), shape);
}

/// A factor or summand a channel, shaped to meet [N, C, H, W] or [N, C].
std::vector<std::int64_t> perChannel(const OnnxStep& step) {
    return step.output.size() == 3 ? std::vector<std::int64_t>{step.output[0], 1, 1}
                                   : std::vector<std::int64_t>{step.output[0]};
}

Result<std::string> convolution(OnnxStep& step) {
    const Node& node = step.node;
    OnnxWriter& writer = step.writer;
    const auto kernel = pairAttribute(node, "kernel", {1, 1}), stride = pairAttribute(node, "stride", {1, 1}),
               dilation = pairAttribute(node, "dilation", {1, 1});
    const std::int64_t groups = wholeAttribute(node, "groups", 1);
    const Result<Padding> padding =
        resolvedPadding(node, static_cast<int>(step.shapes[0][1]), static_cast<int>(step.shapes[0][2]));
    if (!padding)
        return padding.error();
    std::vector<std::string> inputs{
        step.inputs[0], weight(step, ".weight", {step.output[0], step.shapes[0][0] / groups, kernel[0], kernel[1]})};
    if (has(step, ".bias"))
        inputs.push_back(weight(step, ".bias", {step.output[0]}));
    const std::string y = writer.add("Conv", inputs);
    writer.attribute("kernel_shape", {kernel[0], kernel[1]});
    writer.attribute("strides", {stride[0], stride[1]});
    writer.attribute("dilations", {dilation[0], dilation[1]});
    writer.attribute("pads", {padding->top, padding->left, padding->bottom, padding->right});
    writer.attribute("group", groups);
    return y;
}

std::string dense(OnnxStep& step) {
    std::vector<std::string> inputs{step.inputs[0], weight(step, ".weight", {step.output[0], step.shapes[0][0]})};
    if (has(step, ".bias"))
        inputs.push_back(weight(step, ".bias", {step.output[0]}));
    const std::string y = step.writer.add("Gemm", inputs);
    step.writer.attribute("transB", std::int64_t{1});
    return y;
}

std::string batchNorm(OnnxStep& step) {
    const std::vector<std::int64_t> channels{step.output[0]};
    const std::vector<float> ones(static_cast<std::size_t>(step.output[0]), 1.0f);
    const std::string gamma =
        has(step, ".weight") ? weight(step, ".weight", channels) : step.writer.constant(ones, channels);
    const std::string y = step.writer.add("BatchNormalization", {step.inputs[0], gamma, weight(step, ".bias", channels),
                                                                 weight(step, ".running_mean", channels),
                                                                 weight(step, ".running_var", channels)});
    step.writer.attribute("epsilon", static_cast<float>(numberAttribute(step.node, "eps", 1e-5)));
    return y;
}

std::string channelMean(OnnxWriter& writer, const std::string& x) {
    const std::string mean = writer.add("ReduceMean", {x});
    writer.attribute("axes", std::vector<std::int64_t>{1});
    writer.attribute("keepdims", std::int64_t{1});
    return mean;
}

/// LayerNormalization came with opset 17; its definition over channels.
std::string layerNorm(OnnxStep& step) {
    OnnxWriter& writer = step.writer;
    const std::string centred = writer.add("Sub", {step.inputs[0], channelMean(writer, step.inputs[0])});
    const std::string variance = channelMean(writer, writer.add("Mul", {centred, centred}));
    const std::string deviation =
        writer.add("Sqrt", {writer.add("Add", {variance, writer.scalar(numberAttribute(step.node, "eps", 1e-6))})});
    const std::string scaled =
        writer.add("Mul", {writer.add("Div", {centred, deviation}), weight(step, ".weight", perChannel(step))});
    return writer.add("Add", {scaled, weight(step, ".bias", perChannel(step))});
}

std::string hardSigmoid(OnnxWriter& writer, const std::string& x) {
    const std::string y = writer.add("HardSigmoid", {x});
    writer.attribute("alpha", 1.0f / 6);
    writer.attribute("beta", 0.5f);
    return y;
}

Result<std::string> activation(OnnxStep& step) {
    OnnxWriter& writer = step.writer;
    const std::string kind = textAttribute(step.node, "kind", "relu");
    const std::string& x = step.inputs[0];
    if (kind == "relu")
        return writer.add("Relu", {x});
    if (kind == "relu6")
        return writer.add("Clip", {x, writer.scalar(0), writer.scalar(6)});
    if (kind == "leaky_relu") {
        std::string y = writer.add("LeakyRelu", {x});
        writer.attribute("alpha", static_cast<float>(numberAttribute(step.node, "slope", 0.01)));
        return y;
    }
    if (kind == "sigmoid")
        return writer.add("Sigmoid", {x});
    if (kind == "tanh")
        return writer.add("Tanh", {x});
    if (kind == "silu")
        return writer.add("Mul", {x, writer.add("Sigmoid", {x})});
    if (kind == "gelu") { // x / 2 (1 + erf(x / sqrt 2))
        const std::string erf = writer.add("Erf", {writer.add("Mul", {x, writer.scalar(1 / std::numbers::sqrt2)})});
        return writer.add("Mul",
                          {writer.add("Mul", {x, writer.scalar(0.5)}), writer.add("Add", {erf, writer.scalar(1)})});
    }
    if (kind == "hardswish") // an operator of its own from opset 14 on
        return writer.add("Mul", {x, hardSigmoid(writer, x)});
    if (kind == "hardsigmoid")
        return hardSigmoid(writer, x);
    return badInput(step.node.id + " (activation): '" + kind + "' cannot be exported to ONNX yet.");
}

std::string sum(OnnxStep& step) {
    std::vector<std::string> terms = step.inputs;
    if (const auto scales = step.node.attributes.find("scales"); scales != step.node.attributes.end()) {
        for (std::size_t i = 0; i < terms.size(); ++i) {
            if (const double scale = (*scales)[i].get<double>(); scale != 1)
                terms[i] = step.writer.add("Mul", {terms[i], step.writer.scalar(scale)});
        }
    }
    std::string total = terms[0];
    for (std::size_t i = 1; i < terms.size(); ++i)
        total = step.writer.add("Add", {total, terms[i]});
    return total;
}

std::string product(OnnxStep& step) {
    std::string factor = step.inputs[1];
    if (step.shapes[0].size() == 3 && step.shapes[1].size() == 1)
        factor = step.writer.add("Unsqueeze", {factor, step.writer.numbers({2, 3})});
    return step.writer.add("Mul", {step.inputs[0], factor});
}

/// x / (k + alpha / size * sum of squares over `size` channels)^beta. ONNX's LRN looks further ahead than torch's for
/// an even size, so there the sum is a 1 x 1 convolution of the squares by a band matrix.
std::string localResponseNorm(OnnxStep& step) {
    OnnxWriter& writer = step.writer;
    const std::int64_t size = wholeAttribute(step.node, "size", 5), channels = step.output[0];
    const double alpha = numberAttribute(step.node, "alpha", 1e-4), beta = numberAttribute(step.node, "beta", 0.75),
                 k = numberAttribute(step.node, "k", 1);
    if (size % 2 == 1) {
        std::string y = writer.add("LRN", {step.inputs[0]});
        writer.attribute("alpha", static_cast<float>(alpha));
        writer.attribute("beta", static_cast<float>(beta));
        writer.attribute("bias", static_cast<float>(k));
        writer.attribute("size", size);
        return y;
    }
    std::vector<float> band(static_cast<std::size_t>(channels * channels), 0.0f);
    for (std::int64_t c = 0; c < channels; ++c) {
        for (std::int64_t other = std::max<std::int64_t>(c - size / 2, 0);
             other <= std::min(c + (size - 1) / 2, channels - 1); ++other)
            band[static_cast<std::size_t>(c * channels + other)] =
                static_cast<float>(alpha / static_cast<double>(size));
    }
    const std::string squares = writer.add("Mul", {step.inputs[0], step.inputs[0]});
    const std::string sums = writer.add("Conv", {squares, writer.constant(band, {channels, channels, 1, 1})});
    const std::string divisor = writer.add("Pow", {writer.add("Add", {sums, writer.scalar(k)}), writer.scalar(beta)});
    return writer.add("Div", {step.inputs[0], divisor});
}

std::string rescaled(OnnxStep& step) {
    const std::string scaled =
        step.writer.add("Mul", {step.inputs[0], step.writer.scalar(numberAttribute(step.node, "scale", 1))});
    return step.writer.add("Add", {scaled, step.writer.scalar(numberAttribute(step.node, "offset", 0))});
}

std::string onAxisOne(OnnxStep& step, const char* op) {
    std::string y = step.writer.add(op, step.inputs);
    step.writer.attribute("axis", std::int64_t{1});
    return y;
}

std::string globalMean(OnnxStep& step) {
    std::string y = step.writer.add("ReduceMean", step.inputs);
    step.writer.attribute("axes", std::vector<std::int64_t>{2, 3});
    step.writer.attribute("keepdims", std::int64_t{0});
    return y;
}

} // namespace

Result<std::string> writeOnnxNode(OnnxStep& step) {
    switch (step.node.op) {
    case Op::Conv2d:
        return convolution(step);
    case Op::BatchNorm:
        return batchNorm(step);
    case Op::LayerNorm:
        return layerNorm(step);
    case Op::Activation:
        return activation(step);
    case Op::MaxPool:
    case Op::AvgPool:
        return writeOnnxPool(step);
    case Op::GlobalAvgPool:
        return globalMean(step);
    case Op::AdaptiveAvgPool:
        return writeOnnxAdaptivePool(step);
    case Op::Flatten:
        return onAxisOne(step, "Flatten");
    case Op::Dense:
        return dense(step);
    case Op::Add:
        return sum(step);
    case Op::Multiply:
        return product(step);
    case Op::Concat:
        return onAxisOne(step, "Concat");
    case Op::LocalResponseNorm:
        return localResponseNorm(step);
    case Op::ChannelScale:
        return step.writer.add("Mul", {step.inputs[0], weight(step, ".weight", perChannel(step))});
    case Op::RandomCrop:
        return writeOnnxResize(step);
    case Op::Rescale:
        return rescaled(step);
    case Op::Input:
    case Op::Dropout:
    case Op::RandomContrast:
        break;
    }
    return step.inputs[0];
}

} // namespace sightline
