// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "network/Attributes.h"
#include "network/OnnxReading.h"

namespace sightline {

namespace {

/// The node as [C], its height and width of one pixel gone.
Result<OnnxValue> vectorOf(OnnxReading& reading, const onnx::NodeProto& node, const OnnxValue& value) {
    if (reading.shape(value.node).size() == 1)
        return value;
    const Node made = reading.node(value.node);
    const std::string id = reading.freshId(node);
    if (made.op == Op::AdaptiveAvgPool) // of size 1: together they are the mean of the image
        return reading.add(node, id, Op::GlobalAvgPool, Json::object(), made.inputs, kVectorAxes);
    return reading.add(node, id, Op::Flatten, Json::object(), {value.node}, kVectorAxes);
}

/// All of an image in one axis.
Result<OnnxValue> flattened(OnnxReading& reading, const onnx::NodeProto& node, const OnnxValue& value) {
    const Shape shape = reading.shape(value.node);
    if (shape.size() == 1 || shape[1] * shape[2] == 1) {
        Result<OnnxValue> vector = vectorOf(reading, node, value);
        if (vector)
            vector->axes = kVectorAxes;
        return vector;
    }
    const bool isLast = value.axes == std::vector<int>{0, 2, 3, 1};
    if (!isLast && value.axes != kImageAxes)
        return onnxFault(node, "it flattens an image in another order than rows and columns.");
    Result<OnnxValue> made =
        reading.add(node, reading.freshId(node), Op::Flatten, Json::object(), {value.node}, kVectorAxes);
    if (made && isLast) {
        made->isLastHeight = true;
        made->flattened = shape;
    }
    return made;
}

/// The channels of an image of one pixel with its height and width around them in any order (`wanted`: channels and
/// twice 1): an image again, also where the pixel was taken from it before. Nothing: it was none.
std::optional<Result<OnnxValue>> onePixel(OnnxReading& reading, const onnx::NodeProto& node, const OnnxValue& value,
                                          const Shape& wanted) {
    const Shape shape = reading.shape(value.node);
    const auto place = std::find(wanted.begin(), wanted.end(), shape[0]) - wanted.begin();
    if (wanted.size() != 3 || place == 3)
        return {};
    OnnxValue image = value;
    image.axes = {0, 2, 3};
    image.axes.insert(image.axes.begin() + 1 + place, 1);
    if (shape.size() == 3)
        return image;
    const Node made = reading.node(value.node);
    const bool isMean = made.op == Op::GlobalAvgPool;
    if (!isMean && (made.op != Op::Flatten || reading.shape(made.inputs[0]) != Shape{shape[0], 1, 1}))
        return {};
    return reading.add(node, reading.freshId(node), Op::AdaptiveAvgPool, {{"size", 1}}, made.inputs, image.axes);
}

/// The axes of an image after a reshape that only moves axes of one value, as tf2onnx spells the transposing of grey
/// images. Nothing: it does more.
std::optional<std::vector<int>> withUnitsMoved(const std::vector<int>& axes, const Shape& now, const Shape& wanted) {
    std::vector<int> units, others, moved = {0};
    for (std::size_t i = 0; i < now.size(); ++i)
        (now[i] == 1 ? units : others).push_back(axes[i + 1]);
    std::sort(units.begin(), units.end());
    Shape before = now, after = wanted;
    std::erase(before, 1);
    std::erase(after, 1);
    if (now.size() != wanted.size() || before != after)
        return {};
    std::size_t unit = 0, other = 0;
    for (const std::int64_t extent : wanted)
        moved.push_back(extent == 1 ? units[unit++] : others[other++]);
    return moved;
}

/// The value with other extents behind the batch (`wanted`; one may be -1).
Result<OnnxValue> reshaped(OnnxReading& reading, const onnx::NodeProto& node, const OnnxValue& value, Shape wanted) {
    const Shape dims = reading.dims(value);
    const Shape now(dims.begin() + 1, dims.end());
    std::int64_t all = 1, known = 1;
    for (const std::int64_t extent : now)
        all *= extent;
    for (const std::int64_t extent : wanted)
        if (extent != -1 && (extent < 1 || __builtin_mul_overflow(known, extent, &known) || known > all))
            return onnxFault(node, "the shape it asks for does not fit what arrives.");
    for (std::int64_t& extent : wanted)
        if (extent == -1) {
            extent = all / known;
            known *= extent;
        }
    if (known != all)
        return onnxFault(node, "the shape it asks for does not fit what arrives.");
    if (wanted == now)
        return value;
    if (wanted == Shape{all})
        return flattened(reading, node, value);
    const std::int64_t channels = reading.shape(value.node)[0];
    if (all != channels)
        if (const std::optional<std::vector<int>> axes = withUnitsMoved(value.axes, now, wanted)) {
            OnnxValue moved = value;
            moved.axes = *axes;
            return moved;
        }
    if (all != channels || value.isLastHeight)
        return onnxFault(node, "it rearranges an image, which is not understood.");
    if (std::optional<Result<OnnxValue>> image = onePixel(reading, node, value, wanted))
        return *image;
    Result<OnnxValue> vector = vectorOf(reading, node, value); // one axis of channels among axes of one value
    if (!vector)
        return vector;
    vector->axes = {0};
    bool isPlaced = false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const bool isHere = !isPlaced && (wanted[i] == channels);
        vector->axes.push_back(isHere ? 1 : kUnit);
        isPlaced = isPlaced || isHere;
    }
    if (!isPlaced)
        return onnxFault(node, "it cuts channels into groups, which is not understood.");
    return vector;
}

/// Whether a shape begins with the batch, whatever the file says it is.
bool isBatch(std::int64_t extent, std::int64_t ofFile) {
    return extent == kOnnxBatch || extent == -1 || extent == 0 || extent == ofFile;
}

Result<OnnxValue> reshape(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<OnnxValue> x = reading.feature(node, 0);
    if (!x)
        return x;
    const auto given = reading.wholes(node, "shape", 1);
    if (!given)
        return given.error();
    if (!*given || (*given)->empty())
        return onnxFault(node, "it has no shape.");
    Shape wanted = **given;
    const Shape dims = reading.dims(*x);
    for (std::size_t i = 0; i < wanted.size() && i < dims.size(); ++i)
        if (wanted[i] == 0 && onnxWhole(node, "allowzero", 0) == 0)
            wanted[i] = dims[i];
    if (wanted[0] == -1 && std::count(wanted.begin(), wanted.end(), -1) > 1)
        return onnxFault(node, "the shape it asks for is not clear.");
    if (!isBatch(wanted[0], reading.batchOfFile))
        return onnxFault(node, "it mixes the images of a batch.");
    wanted.erase(wanted.begin());
    return reshaped(reading, node, *x, std::move(wanted));
}

Result<OnnxValue> flatten(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<OnnxValue> x = reading.feature(node, 0);
    if (!x)
        return x;
    if (onnxWhole(node, "axis", 1) != 1)
        return onnxFault(node, "it mixes the images of a batch.");
    return flattened(reading, node, *x);
}

/// Squeeze and Unsqueeze.
Result<OnnxValue> unitAxes(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<OnnxValue> x = reading.feature(node, 0);
    if (!x)
        return x;
    const auto given = reading.wholes(node, "axes", 1);
    if (!given)
        return given.error();
    Shape dims = reading.dims(*x);
    const bool adds = node.op_type() == "Unsqueeze";
    std::vector<std::int64_t> axes = given->value_or(std::vector<std::int64_t>{});
    const auto rank = static_cast<std::int64_t>(dims.size() + (adds ? axes.size() : 0));
    for (std::int64_t& axis : axes) {
        axis = axis < 0 ? axis + rank : axis;
        if (axis < 1 || axis >= rank || rank > 8)
            return onnxFault(node, "it has an axis that is not there, or the batch.");
    }
    std::sort(axes.begin(), axes.end());
    Shape wanted;
    if (adds) {
        wanted = dims;
        for (const std::int64_t axis : axes)
            wanted.insert(wanted.begin() + std::min(axis, static_cast<std::int64_t>(wanted.size())), 1);
    } else {
        for (std::size_t i = 0; i < dims.size(); ++i) {
            const bool isNamed = std::binary_search(axes.begin(), axes.end(), static_cast<std::int64_t>(i));
            if (i == 0 || dims[i] != 1 || !(isNamed || !*given))
                wanted.push_back(dims[i]);
        }
    }
    wanted.erase(wanted.begin());
    return reshaped(reading, node, *x, std::move(wanted));
}

Result<OnnxValue> transpose(OnnxReading& reading, const onnx::NodeProto& node) {
    Result<OnnxValue> x = reading.feature(node, 0);
    if (!x)
        return x;
    const std::optional<std::vector<std::int64_t>> order = onnxWholes(node, "perm");
    if (!order || order->size() != x->axes.size() || x->isLastHeight)
        return onnxFault(node, "its order of axes does not fit what arrives.");
    std::vector<int> axes;
    std::vector<bool> seen(order->size(), false);
    for (const std::int64_t from : *order) {
        if (from < 0 || from >= static_cast<std::int64_t>(seen.size()) || seen[static_cast<std::size_t>(from)])
            return onnxFault(node, "its order of axes does not fit what arrives.");
        seen[static_cast<std::size_t>(from)] = true;
        axes.push_back(x->axes[static_cast<std::size_t>(from)]);
    }
    if (axes[0] != 0)
        return onnxFault(node, "it moves the batch.");
    x->axes = std::move(axes);
    return x;
}

/// Zeros around an image, for the window that reads them.
Result<OnnxValue> pad(OnnxReading& reading, const onnx::NodeProto& node) {
    Result<OnnxValue> x = reading.feature(node, 0);
    if (!x)
        return x;
    const auto pads = reading.wholes(node, "pads", 1);
    const Result<const OnnxTensor*> value = reading.given(node, 2);
    if (!pads || !value)
        return pads ? value.error() : pads.error();
    const std::size_t rank = x->axes.size();
    const double fill = *value && (*value)->count() == 1 ? (*value)->at(0) : onnxNumber(node, "value", 0);
    if (!*pads || (*pads)->size() != 2 * rank || node.input_size() > 3 || fill != 0 ||
        onnxText(node, "mode", "constant") != "constant")
        return onnxFault(node, "only zeros around an image are understood.");
    for (std::size_t i = 0; i < rank; ++i) {
        const std::int64_t before = (**pads)[i], after = (**pads)[rank + i];
        if (before == 0 && after == 0)
            continue;
        if (before < 0 || after < 0 || before > 4096 || after > 4096 || (x->axes[i] != 2 && x->axes[i] != 3))
            return onnxFault(node, "it pads other than height and width, or by more than 4096 pixels.");
        (x->axes[i] == 2 ? x->padding.top : x->padding.left) = static_cast<int>(before);
        (x->axes[i] == 2 ? x->padding.bottom : x->padding.right) = static_cast<int>(after);
        x->isPadded = true;
    }
    return x;
}

/// The extents as constants, of `start` up to `end` where the node says so (opset 15).
Result<OnnxValue> shapeOf(OnnxReading& reading, const onnx::NodeProto& node) {
    const OnnxValue* read = node.input_size() > 0 ? reading.find(node.input(0)) : nullptr;
    OnnxTensor shape;
    shape.isWhole = true;
    if (read && read->kind == OnnxValue::Kind::Constant) {
        shape.wholes = read->constant->dims;
    } else {
        const Result<OnnxValue> x = reading.feature(node, 0, true);
        if (!x)
            return x;
        shape.wholes = reading.dims(*x);
    }
    const auto rank = static_cast<std::int64_t>(shape.wholes.size());
    const auto place = [&](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank); };
    const std::int64_t start = place(onnxWhole(node, "start", 0)), end = place(onnxWhole(node, "end", rank));
    shape.wholes.resize(static_cast<std::size_t>(end));
    shape.wholes.erase(shape.wholes.begin(), shape.wholes.begin() + std::min(start, end));
    shape.dims = {static_cast<std::int64_t>(shape.wholes.size())};
    return constantValue(std::move(shape));
}

/// What does nothing to an image at inference.
bool passes(const std::string& op) {
    return op == "Identity" || op == "Dropout" || op == "Cast";
}

} // namespace

std::optional<Result<OnnxValue>> readOnnxShape(OnnxReading& reading, const onnx::NodeProto& node) {
    const std::string& op = node.op_type();
    if (op == "Shape")
        return shapeOf(reading, node);
    if (passes(op))
        return reading.feature(node, 0, true);
    if (op == "Reshape")
        return reshape(reading, node);
    if (op == "Flatten")
        return flatten(reading, node);
    if (op == "Squeeze" || op == "Unsqueeze")
        return unitAxes(reading, node);
    if (op == "Transpose")
        return transpose(reading, node);
    if (op == "Pad")
        return pad(reading, node);
    return {};
}

} // namespace sightline
