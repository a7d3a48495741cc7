// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "network/Attributes.h"
#include "network/OnnxReading.h"

namespace sightline {

namespace {

/// A constant that meets a feature: one number, or one a channel. Nothing where it has more.
std::optional<std::vector<float>> perChannel(const OnnxReading& reading, const OnnxTensor& constant,
                                             const OnnxValue& value) {
    if (constant.isWhole || constant.count() == 0)
        return {};
    if (constant.count() == 1)
        return constant.reals;
    const auto channels = reading.shape(value.node)[0];
    if (value.isLastHeight || constant.dims.size() > value.axes.size() ||
        constant.count() != static_cast<std::size_t>(channels))
        return {};
    const std::size_t before = value.axes.size() - constant.dims.size();
    for (std::size_t i = 0; i < constant.dims.size(); ++i)
        if (constant.dims[i] != 1 && value.axes[before + i] != 1)
            return {};
    return constant.reals;
}

bool areAll(const std::vector<float>& values, float wanted) {
    return std::all_of(values.begin(), values.end(), [&](float value) { return value == wanted; });
}

bool isConstant(const OnnxReading& reading, const onnx::NodeProto& node, int input) {
    return node.input_size() > input && reading.constant(node.input(input)) != nullptr;
}

/// x + c, x - c, c - x, x * c, x / c.
Result<OnnxValue> withConstant(OnnxReading& reading, const onnx::NodeProto& node) {
    const std::string& op = node.op_type();
    const int at = isConstant(reading, node, 1) ? 1 : 0;
    const Result<OnnxValue> x = reading.feature(node, 1 - at);
    if (!x)
        return x;
    const OnnxTensor& given = *reading.constant(node.input(at));
    std::optional<std::vector<float>> constant = perChannel(reading, given, *x);
    if (!constant || (op == "Div" && at == 0))
        return onnxFault(node, "its constant is neither one number nor one a channel.");
    std::vector<float> scale = {1}, offset = {0};
    if (op == "Mul" || op == "Div") {
        if (op == "Div")
            for (float& value : *constant)
                value = 1 / value;
        scale = std::move(*constant);
    } else {
        if (op == "Sub" && at == 1)
            for (float& value : *constant)
                value = -value;
        if (op == "Sub" && at == 0)
            scale = {-1};
        offset = std::move(*constant);
    }
    return scaledAndShifted(reading, node, node.input(1 - at), *x, scale, offset, given.name);
}

/// The features that a sum or product reads.
Result<std::vector<OnnxValue>> features(const OnnxReading& reading, const onnx::NodeProto& node) {
    std::vector<OnnxValue> all;
    for (int input = 0; input < node.input_size(); ++input) {
        Result<OnnxValue> one = reading.feature(node, input);
        if (!one)
            return one.error();
        all.push_back(std::move(*one));
    }
    return all;
}

bool isAlike(const OnnxValue& a, const OnnxValue& b) {
    return a.axes == b.axes && a.isLastHeight == b.isLastHeight && a.flattened == b.flattened;
}

Result<OnnxValue> sum(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<std::vector<OnnxValue>> terms = features(reading, node);
    if (!terms)
        return terms.error();
    std::vector<std::string> inputs;
    Json scales = Json::array();
    for (const OnnxValue& term : *terms) {
        if (!isAlike(term, terms->front()))
            return onnxFault(node, "it adds values of different shapes.");
        inputs.push_back(term.node);
        scales.push_back(node.op_type() == "Sub" && !scales.empty() ? -1 : 1);
    }
    if (inputs.size() == 1)
        return terms->front();
    Json attributes = node.op_type() == "Sub" ? Json{{"scales", scales}} : Json::object();
    Result<OnnxValue> made =
        reading.add(node, reading.freshId(node), Op::Add, std::move(attributes), inputs, terms->front().axes);
    if (made) {
        made->isLastHeight = terms->front().isLastHeight;
        made->flattened = terms->front().flattened;
    }
    return made;
}

/// x * sigmoid(x), x * hardsigmoid(x): what x is multiplied by, where that is all it is for.
std::optional<std::string> gatedBySelf(OnnxReading& reading, const OnnxValue& x, const OnnxValue& gate) {
    const Node& made = reading.node(gate.node);
    if (made.op != Op::Activation || made.inputs[0] != x.node || !isAlike(x, gate))
        return {};
    const std::string kind = textAttribute(made, "kind", "");
    if (kind == "sigmoid")
        return "silu";
    return kind == "hardsigmoid" ? std::optional<std::string>("hardswish") : std::nullopt;
}

/// Whether b is one factor a channel of the image a: [C] or [C, 1, 1] with its channels where a has them.
bool isGateOf(const OnnxReading& reading, const OnnxValue& a, const OnnxValue& b) {
    const Shape &image = reading.shape(a.node), &gate = reading.shape(b.node);
    if (image.size() != 3 || b.axes.size() != a.axes.size() || gate[0] != image[0])
        return false;
    for (std::size_t i = 0; i < a.axes.size(); ++i)
        if ((a.axes[i] == 1) != (b.axes[i] == 1))
            return false;
    return gate.size() == 1 || (gate[1] == 1 && gate[2] == 1);
}

Result<OnnxValue> product(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<std::vector<OnnxValue>> factors = features(reading, node);
    if (!factors)
        return factors.error();
    if (factors->size() != 2)
        return onnxFault(node, "it multiplies other than two values.");
    OnnxValue a = (*factors)[0], b = (*factors)[1];
    const std::string id = reading.freshId(node);
    for (int turn = 0; turn < 2; ++turn, std::swap(a, b)) {
        if (const std::optional<std::string> kind = gatedBySelf(reading, a, b))
            return reading.add(node, id, Op::Activation, {{"kind", *kind}}, {a.node}, a.axes);
    }
    const bool isSame = isAlike(a, b) && !a.isLastHeight && reading.shape(a.node) == reading.shape(b.node);
    if (!isSame && isGateOf(reading, b, a))
        std::swap(a, b);
    if (!isSame && !isGateOf(reading, a, b))
        return onnxFault(node, "it multiplies values of different shapes.");
    return reading.add(node, id, Op::Multiply, Json::object(), {a.node, b.node}, a.axes);
}

Result<OnnxValue> concatenation(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<std::vector<OnnxValue>> parts = features(reading, node);
    if (!parts)
        return parts.error();
    if (parts->empty())
        return onnxFault(node, "it joins nothing.");
    const auto rank = static_cast<std::int64_t>(parts->front().axes.size());
    std::int64_t axis = onnxWhole(node, "axis", 1);
    axis = axis < 0 ? axis + rank : axis;
    std::vector<std::string> inputs;
    for (const OnnxValue& part : *parts) {
        if (part.isLastHeight || part.axes != parts->front().axes || axis < 0 || axis >= rank ||
            part.axes[static_cast<std::size_t>(axis)] != 1)
            return onnxFault(node, "it joins other than channels.");
        inputs.push_back(part.node);
    }
    return reading.add(node, reading.freshId(node), Op::Concat, Json::object(), inputs, parts->front().axes);
}

std::vector<float> wide(std::vector<float> values, std::size_t count) {
    if (values.size() == 1)
        values.assign(count, values[0]);
    return values;
}

/// Whether nothing but the reader of `x` reads the node, under whatever names it goes on the way.
bool isOnlyReader(const OnnxReading& reading, std::string x, const OnnxValue& value) {
    while (reading.readers(x) == 1) {
        const onnx::NodeProto* by = reading.producer(x);
        const OnnxValue* from = by && by->input_size() > 0 ? reading.find(by->input(0)) : nullptr;
        if (!from || from->kind != OnnxValue::Kind::Feature || from->node != value.node)
            return true;
        x = by->input(0);
    }
    return false;
}

/// The node's own weights take part: those of a normalisation whole, of a convolution or dense layer the offset.
bool tookPart(OnnxReading& reading, Node& made, const std::vector<float>& scale, const std::vector<float>& offset) {
    const auto channels = static_cast<std::size_t>(reading.shape(made.id)[0]);
    const bool isNorm = made.op == Op::LayerNorm || made.op == Op::BatchNorm;
    const bool isLayer = (made.op == Op::Conv2d || made.op == Op::Dense) && areAll(scale, 1);
    if (!isNorm && !isLayer)
        return false;
    std::vector<float>& bias = reading.values[made.id + ".bias"];
    bias.resize(channels, 0.0f);
    if (isLayer)
        made.attributes["bias"] = true;
    for (std::size_t c = 0; c < channels; ++c) {
        const float factor = scale.size() == 1 ? scale[0] : scale[c];
        if (isNorm)
            reading.values[made.id + ".weight"][c] *= factor;
        bias[c] = bias[c] * factor + (offset.size() == 1 ? offset[0] : offset[c]);
    }
    return true;
}

/// An affine map a channel: a layer of its own.
Result<OnnxValue> affine(OnnxReading& reading, const onnx::NodeProto& node, const OnnxValue& value,
                         const std::vector<float>& scale, const std::vector<float>& offset,
                         const std::string& constantName) {
    const Shape& shape = reading.shape(value.node);
    const auto channels = static_cast<std::size_t>(shape[0]);
    const std::string id = reading.freshId(node, constantName);
    if (areAll(offset, 0)) {
        Result<OnnxValue> made = reading.add(node, id, Op::ChannelScale, Json::object(), {value.node}, value.axes);
        if (made)
            reading.values[id + ".weight"] = wide(scale, channels);
        return made;
    }
    if (shape.size() == 1) { // a batch-norm that has seen mean 0 and variance 1
        Result<OnnxValue> made = reading.add(node, id, Op::BatchNorm, {{"eps", 1e-12}}, {value.node}, value.axes);
        if (made) {
            reading.values[id + ".running_mean"].assign(channels, 0);
            reading.values[id + ".running_var"].assign(channels, 1);
        }
        reading.values[id + ".weight"] = wide(scale, channels);
        reading.values[id + ".bias"] = wide(offset, channels);
        return made;
    }
    Result<OnnxValue> made = reading.add(
        node, id, Op::Conv2d, {{"filters", shape[0]}, {"kernel", 1}, {"groups", shape[0]}}, {value.node}, value.axes);
    reading.values[id + ".weight"] = wide(scale, channels);
    reading.values[id + ".bias"] = wide(offset, channels);
    return made;
}

} // namespace

Result<OnnxValue> scaledAndShifted(OnnxReading& reading, const onnx::NodeProto& node, const std::string& x,
                                   const OnnxValue& value, const std::vector<float>& scale,
                                   const std::vector<float>& offset, const std::string& constantName) {
    if (areAll(scale, 1) && areAll(offset, 0))
        return value;
    Node& made = reading.node(value.node);
    const bool isOwn = isOnlyReader(reading, x, value);
    if (scale.size() == 1 && offset.size() == 1) {
        double before = 1, shift = 0;
        std::string from = value.node;
        if (isOwn && made.op == Op::Rescale) {
            before = numberAttribute(made, "scale", 1);
            shift = numberAttribute(made, "offset", 0);
            from = made.inputs[0];
        }
        const double factor = static_cast<double>(scale[0]);
        Result<OnnxValue> rescaled =
            reading.add(node, reading.freshId(node), Op::Rescale,
                        {{"scale", before * factor}, {"offset", shift * factor + static_cast<double>(offset[0])}},
                        {from}, value.axes);
        if (rescaled) {
            rescaled->isLastHeight = value.isLastHeight;
            rescaled->flattened = value.flattened;
        }
        return rescaled;
    }
    if (!isOwn || !tookPart(reading, made, scale, offset))
        return affine(reading, node, value, scale, offset, constantName);
    if (made.op == Op::LayerNorm && constantName.ends_with(".weight"))
        if (const std::string id = reading.freshId(node, constantName); id + ".weight" == constantName) {
            OnnxValue renamed = value;
            reading.rename(value.node, id);
            renamed.node = id;
            return renamed;
        }
    return value;
}

std::optional<Result<OnnxValue>> readOnnxArithmetic(OnnxReading& reading, const onnx::NodeProto& node) {
    const std::string& op = node.op_type();
    if (op == "Concat")
        return concatenation(reading, node);
    const bool isSum = op == "Add" || op == "Sub" || op == "Sum";
    if (!isSum && op != "Mul" && op != "Div")
        return {};
    if (node.input_size() == 2 && op != "Sum" && (isConstant(reading, node, 0) || isConstant(reading, node, 1)))
        return withConstant(reading, node);
    if (op == "Div")
        return onnxFault(node, "it divides by what is computed.");
    return isSum ? sum(reading, node) : product(reading, node);
}

} // namespace sightline
