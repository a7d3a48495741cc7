// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "network/OnnxPools.h"
#include "network/OnnxReading.h"

namespace sightline {

namespace {

using NodePointer = const onnx::NodeProto*;

/// The one number an input is; nothing where it is something else.
std::optional<double> number(const OnnxReading& reading, const std::string& name) {
    const OnnxTensor* constant = reading.constant(name);
    return constant && constant->count() == 1 ? std::optional(constant->at(0)) : std::nullopt;
}

/// Of a node with two inputs, one of them a number: the other input, and the number.
struct Scaled {
    std::string x;
    double number = 0;
    int at = 0; ///< which input the number is
};
std::optional<Scaled> scaled(const OnnxReading& reading, NodePointer node) {
    for (int at = 0; node && node->input_size() == 2 && at < 2; ++at)
        if (const std::optional<double> value = number(reading, node->input(at)))
            return Scaled{node->input(1 - at), *value, at};
    return {};
}

std::string firstInput(const onnx::NodeProto& node) {
    return node.input_size() > 0 ? node.input(0) : "";
}

bool isNear(double value, double wanted) {
    return std::abs(value - wanted) < 1e-4 * std::abs(wanted);
}

/// x of 1 + erf(x / sqrt 2); empty where it is something else.
std::string gaussOf(const OnnxReading& reading, const std::string& name) {
    const std::optional<Scaled> sum = scaled(reading, reading.producer(name, "Add"));
    const NodePointer erf = sum && isNear(sum->number, 1) ? reading.producer(sum->x, "Erf") : nullptr;
    if (!erf || erf->input_size() != 1)
        return {};
    const std::string& inner = erf->input(0);
    const std::optional<Scaled> product = scaled(reading, reading.producer(inner, "Mul")),
                                quotient = scaled(reading, reading.producer(inner, "Div"));
    if (product && isNear(product->number, 1 / std::numbers::sqrt2))
        return product->x;
    return quotient && quotient->at == 1 && isNear(quotient->number, std::numbers::sqrt2) ? quotient->x : "";
}

/// What a product of products is made of.
struct Factors {
    double number = 1;
    std::vector<std::string> others;
};
void multiply(const OnnxReading& reading, const onnx::NodeProto& node, int depth, Factors& factors) {
    for (const std::string& input : node.input()) {
        const NodePointer inner = reading.producer(input, "Mul");
        if (const std::optional<double> value = number(reading, input))
            factors.number *= *value;
        else if (inner && depth < 3)
            multiply(reading, *inner, depth + 1, factors);
        else
            factors.others.push_back(input);
    }
}

/// x / 2 (1 + erf(x / sqrt 2)), its factors in any order.
std::optional<Result<OnnxValue>> gelu(OnnxReading& reading, const onnx::NodeProto& node) {
    Factors factors;
    multiply(reading, node, 0, factors);
    if (factors.others.size() != 2 || !isNear(factors.number, 0.5))
        return {};
    for (std::size_t i = 0; i < 2; ++i) {
        const OnnxValue* x = reading.find(factors.others[1 - i]);
        if (x && x->kind == OnnxValue::Kind::Feature && gaussOf(reading, factors.others[i]) == factors.others[1 - i])
            return reading.add(node, reading.freshId(node), Op::Activation, {{"kind", "gelu"}}, {x->node}, x->axes);
    }
    return {};
}

/// Whether the mean is taken over the channels of `value`.
bool isOverChannels(const OnnxReading& reading, const onnx::NodeProto& mean, const OnnxValue& value) {
    const auto axes = reading.wholes(mean, "axes", 1);
    if (!axes || !*axes || (*axes)->size() != 1 || onnxWhole(mean, "keepdims", 1) == 0)
        return false;
    const auto rank = static_cast<std::int64_t>(value.axes.size());
    const std::int64_t axis = (**axes)[0] < 0 ? (**axes)[0] + rank : (**axes)[0];
    return axis >= 0 && axis < rank && value.axes[static_cast<std::size_t>(axis)] == 1;
}

/// What is squared; empty where nothing is.
std::string squared(const OnnxReading& reading, const std::string& name) {
    if (const NodePointer product = reading.producer(name, "Mul"))
        return product->input_size() == 2 && product->input(0) == product->input(1) ? product->input(0) : "";
    const std::optional<Scaled> power = scaled(reading, reading.producer(name, "Pow"));
    return power && power->at == 1 && power->number == 2 ? power->x : "";
}

/// (x - mean) / sqrt(variance + eps) over channels; the factor and the offset that follow join its weights.
std::optional<Result<OnnxValue>> layerNorm(OnnxReading& reading, const onnx::NodeProto& node) {
    if (node.input_size() != 2)
        return {};
    const NodePointer centred = reading.producer(node.input(0), "Sub"), root = reading.producer(node.input(1), "Sqrt");
    if (!centred || !root || centred->input_size() != 2 || root->input_size() != 1)
        return {};
    const OnnxValue* x = reading.find(centred->input(0));
    const NodePointer mean = reading.producer(centred->input(1), "ReduceMean");
    const std::optional<Scaled> sum = scaled(reading, reading.producer(root->input(0), "Add"));
    const NodePointer variance = sum ? reading.producer(sum->x, "ReduceMean") : nullptr;
    if (!x || x->kind != OnnxValue::Kind::Feature || !mean || !variance || firstInput(*mean) != centred->input(0) ||
        squared(reading, firstInput(*variance)) != node.input(0) || !isOverChannels(reading, *mean, *x) ||
        !isOverChannels(reading, *variance, *x))
        return {};
    const std::string id = reading.freshId(node);
    const auto channels = static_cast<std::size_t>(reading.shape(x->node)[0]);
    Result<OnnxValue> made = reading.add(node, id, Op::LayerNorm, {{"eps", sum->number}}, {x->node}, x->axes);
    if (made) {
        reading.values[id + ".weight"].assign(channels, 1);
        reading.values[id + ".bias"].assign(channels, 0);
    }
    return made;
}

/// Rows and columns averaged by a matrix each, as writeOnnxAdaptivePool() writes it.
std::optional<Result<OnnxValue>> averagedByMatrices(OnnxReading& reading, const onnx::NodeProto& node) {
    const NodePointer inner = node.input_size() == 2 ? reading.producer(node.input(0), "MatMul") : nullptr;
    const OnnxTensor* across = inner ? reading.constant(node.input(1)) : nullptr;
    const OnnxTensor* down = inner && inner->input_size() == 2 ? reading.constant(inner->input(0)) : nullptr;
    const OnnxValue* x = down ? reading.find(inner->input(1)) : nullptr;
    if (!across || !x || x->kind != OnnxValue::Kind::Feature || x->axes != kImageAxes ||
        reading.shape(x->node).size() != 3 || down->dims.size() != 2 || across->dims.size() != 2)
        return {};
    const Shape shape = reading.shape(x->node);
    const std::int64_t rows = down->dims[0], columns = across->dims[1];
    if (down->dims[1] != shape[1] || across->dims[0] != shape[2] || rows < 1 || columns < 1 ||
        down->reals != averagingRows(shape[1], rows, false) || across->reals != averagingRows(shape[2], columns, true))
        return {};
    return reading.add(node, reading.freshId(node), Op::AdaptiveAvgPool, {{"size", {rows, columns}}}, {x->node},
                       kImageAxes);
}

/// Whether these are the places 0, 1, 2 ... of each image of a batch in one list of all, as PyTorch spells
/// as_strided: images * size + offsets [1, ...], which may be a sum. `dims`: extents of one image.
bool isEveryPlace(const OnnxReading& reading, std::string name, const Shape& dims) {
    std::int64_t size = 1;
    for (const std::int64_t extent : dims)
        size *= extent;
    constexpr std::int64_t kMostPlaces = std::int64_t{1} << 20;
    if (size > kMostPlaces)
        return false;
    std::vector<double> offsets(static_cast<std::size_t>(size), 0);
    for (NodePointer sum = reading.producer(name, "Add"); sum; sum = reading.producer(name, "Add")) {
        const OnnxTensor* offset = sum->input_size() == 2 ? reading.constant(sum->input(1)) : nullptr;
        Shape shape = offset ? offset->dims : Shape();
        if (!shape.empty())
            shape.erase(shape.begin());
        if (!offset || (offset->count() != 1 && shape != dims))
            return false;
        for (std::size_t i = 0; i < offsets.size(); ++i)
            offsets[i] += offset->at(offset->count() == 1 ? 0 : i);
        name = sum->input(0);
    }
    const NodePointer raised = reading.producer(name, "Unsqueeze");
    const std::optional<Scaled> product =
        scaled(reading, reading.producer(raised ? firstInput(*raised) : std::string(), "Mul"));
    const NodePointer images = product ? reading.producer(product->x, "Range") : nullptr;
    if (!images || images->input_size() != 3)
        return false;
    Shape behind(dims.size());
    std::iota(behind.begin(), behind.end(), std::int64_t{1});
    const auto axes = reading.wholes(*raised, "axes", 1);
    bool isEvery = axes && *axes == behind && number(reading, images->input(0)) == 0.0 &&
                   number(reading, images->input(1)) == static_cast<double>(kOnnxBatch) &&
                   number(reading, images->input(2)) == 1.0 && product->number == static_cast<double>(size);
    for (std::size_t i = 0; i < offsets.size(); ++i)
        isEvery = isEvery && offsets[i] == static_cast<double>(i);
    return isEvery;
}

/// All values of a batch as a list, and each picked again: nothing has changed.
std::optional<Result<OnnxValue>> pickedAgain(const OnnxReading& reading, const onnx::NodeProto& node) {
    const NodePointer list = node.input_size() == 2 ? reading.producer(node.input(0), "Reshape") : nullptr;
    const OnnxTensor* shape = list && list->input_size() == 2 ? reading.constant(list->input(1)) : nullptr;
    const OnnxValue* x = shape ? reading.find(list->input(0)) : nullptr;
    if (!x || x->kind != OnnxValue::Kind::Feature || x->isPadded || !shape->isWhole || shape->wholes != Shape{-1} ||
        onnxWhole(node, "axis", 0) != 0)
        return {};
    Shape dims = reading.dims(*x);
    dims.erase(dims.begin());
    return isEveryPlace(reading, node.input(1), dims) ? std::optional(Result<OnnxValue>(*x)) : std::nullopt;
}

/// max(x, 0) - slope max(-x, 0), as Keras spells a PReLU; the minus is in the constant.
std::optional<Result<OnnxValue>> parametricRelu(OnnxReading& reading, const onnx::NodeProto& node) {
    for (int place = 0; place < 4; ++place) { // of the sum's and of the product's parts
        const int side = place / 2, factor = place % 2;
        const NodePointer positive = node.input_size() == 2 ? reading.producer(node.input(side), "Relu") : nullptr;
        const NodePointer product = positive ? reading.producer(node.input(1 - side), "Mul") : nullptr;
        if (!product || product->input_size() != 2)
            continue;
        const OnnxTensor* slope = reading.constant(product->input(factor));
        const NodePointer negative = reading.producer(product->input(1 - factor), "Relu");
        const NodePointer turned = negative ? reading.producer(firstInput(*negative), "Neg") : nullptr;
        const OnnxValue* x = turned ? reading.find(firstInput(*turned)) : nullptr;
        if (!slope || slope->reals.empty() || !x || x->kind != OnnxValue::Kind::Feature || x->isPadded ||
            x->isSoftmax || x->isLastHeight || firstInput(*positive) != firstInput(*turned))
            continue;
        const float one = slope->reals.front();
        if (std::any_of(slope->reals.begin(), slope->reals.end(), [&](float value) { return value != one; }))
            return Result<OnnxValue>(onnxFault(node, "it ends a PReLU with a slope a channel; one for all is "
                                                     "understood."));
        return reading.add(node, reading.freshId(node), Op::Activation,
                           {{"kind", "leaky_relu"}, {"slope", -static_cast<double>(one)}}, {x->node}, x->axes);
    }
    return {};
}

} // namespace

std::optional<Result<OnnxValue>> readOnnxPattern(OnnxReading& reading, const onnx::NodeProto& node) {
    const std::string& op = node.op_type();
    if (op == "Mul")
        return gelu(reading, node);
    if (op == "Add")
        return parametricRelu(reading, node);
    if (op == "Div")
        return layerNorm(reading, node);
    if (op == "Gather")
        return pickedAgain(reading, node);
    if (op == "MatMul")
        return averagedByMatrices(reading, node);
    return {};
}

} // namespace sightline
