// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <limits>

#include "network/OnnxReading.h"

namespace sightline {

namespace {

/// An activation keeps what its input's axes mean.
Result<OnnxValue> activated(OnnxReading& reading, const onnx::NodeProto& node, const std::string& kind,
                            Json attributes = Json::object()) {
    const Result<OnnxValue> x = reading.feature(node, 0);
    if (!x)
        return x;
    attributes["kind"] = kind;
    Result<OnnxValue> made =
        reading.add(node, reading.freshId(node), Op::Activation, std::move(attributes), {x->node}, x->axes);
    if (made) {
        made->isLastHeight = x->isLastHeight;
        made->flattened = x->flattened;
    }
    return made;
}

/// A bound of a Clip: an attribute of older operator sets, an input of newer ones.
Result<double> bound(const OnnxReading& reading, const onnx::NodeProto& node, const char* name, int input,
                     double otherwise) {
    const Result<const OnnxTensor*> given = reading.given(node, input);
    if (!given)
        return given.error();
    if (*given && (*given)->count() == 1)
        return (*given)->at(0);
    return onnxNumber(node, name, otherwise);
}

Result<OnnxValue> clip(OnnxReading& reading, const onnx::NodeProto& node) {
    constexpr double kNone = std::numeric_limits<float>::max();
    const Result<double> least = bound(reading, node, "min", 1, -kNone), most = bound(reading, node, "max", 2, kNone);
    if (!least || !most)
        return least ? most.error() : least.error();
    if (*least == 0 && *most == 6)
        return activated(reading, node, "relu6");
    if (*least == 0 && *most >= kNone)
        return activated(reading, node, "relu");
    return onnxFault(node, "it clips to other bounds than 0 and 6.");
}

/// clip(alpha x + beta, 0, 1); torch's has alpha 1/6 and beta 1/2, others are a rescale before it.
Result<OnnxValue> hardSigmoid(OnnxReading& reading, const onnx::NodeProto& node) {
    const double alpha = onnxNumber(node, "alpha", 0.2f), beta = onnxNumber(node, "beta", 0.5);
    if (std::abs(alpha - 1.0 / 6) < 1e-6 && beta == 0.5)
        return activated(reading, node, "hardsigmoid");
    const Result<OnnxValue> x = reading.feature(node, 0);
    if (!x)
        return x;
    const Result<OnnxValue> scaled = reading.add(node, reading.freshId(node), Op::Rescale,
                                                 {{"scale", 6 * alpha}, {"offset", 6 * beta - 3}}, {x->node}, x->axes);
    if (!scaled)
        return scaled;
    return reading.add(node, reading.freshId(node), Op::Activation, {{"kind", "hardsigmoid"}}, {scaled->node}, x->axes);
}

Result<OnnxValue> parametric(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<const OnnxTensor*> slope = reading.given(node, 1);
    if (!slope)
        return slope.error();
    if (!*slope || (*slope)->count() != 1)
        return onnxFault(node, "it has a slope a channel; one for all is understood.");
    return activated(reading, node, "leaky_relu", {{"slope", (*slope)->at(0)}});
}

/// Probabilities at the end: the network gives what they are made of.
Result<OnnxValue> softmax(OnnxReading& reading, const onnx::NodeProto& node) {
    Result<OnnxValue> x = reading.feature(node, 0);
    if (!x)
        return x;
    const auto rank = static_cast<std::int64_t>(x->axes.size());
    const std::int64_t axis = onnxWhole(node, "axis", rank - 1); // before opset 13 it was 1, the same of a vector
    if (x->axes != kVectorAxes || (axis != -1 && axis != 1))
        return onnxFault(node, "a softmax is understood over the class scores only.");
    x->isSoftmax = true;
    return x;
}

} // namespace

std::optional<Result<OnnxValue>> readOnnxActivation(OnnxReading& reading, const onnx::NodeProto& node) {
    const std::string& op = node.op_type();
    if (op == "Relu")
        return activated(reading, node, "relu");
    if (op == "Sigmoid")
        return activated(reading, node, "sigmoid");
    if (op == "Tanh")
        return activated(reading, node, "tanh");
    if (op == "HardSwish")
        return activated(reading, node, "hardswish");
    if (op == "LeakyRelu")
        return activated(reading, node, "leaky_relu", {{"slope", onnxNumber(node, "alpha", 0.01)}});
    if (op == "Swish" && onnxNumber(node, "alpha", 1) == 1)
        return activated(reading, node, "silu");
    if (op == "Gelu" && onnxText(node, "approximate", "none") == "none")
        return activated(reading, node, "gelu");
    if (op == "Clip")
        return clip(reading, node);
    if (op == "HardSigmoid")
        return hardSigmoid(reading, node);
    if (op == "PRelu")
        return parametric(reading, node);
    if (op == "Softmax" || op == "LogSoftmax")
        return softmax(reading, node);
    return {};
}

} // namespace sightline
