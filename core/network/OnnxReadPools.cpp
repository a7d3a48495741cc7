// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "network/Attributes.h"
#include "network/OnnxWindow.h"

namespace sightline {

namespace {

using Pair = std::array<std::int64_t, 2>;

/// Two numbers of an attribute; nothing where it is there and is not two numbers of 1 to 4096.
std::optional<Pair> pairOf(const onnx::NodeProto& node, const char* name, Pair otherwise) {
    const std::optional<std::vector<std::int64_t>> given = onnxWholes(node, name);
    const std::vector<std::int64_t> values = given.value_or(std::vector<std::int64_t>{otherwise[0], otherwise[1]});
    if (values.size() != 2 || *std::min_element(values.begin(), values.end()) < 1 ||
        *std::max_element(values.begin(), values.end()) > 4096)
        return {};
    return Pair{values[0], values[1]};
}

/// Pixels that the last window reaches over the edge where the number of windows is rounded up (torch's rule: each
/// begins on a real pixel or the padding before it).
std::int64_t beyond(std::int64_t extent, std::int64_t before, std::int64_t after, std::int64_t kernel,
                    std::int64_t stride) {
    const std::int64_t padded = extent + before + after;
    if (padded < kernel)
        return 0;
    std::int64_t steps = (padded - kernel + stride - 1) / stride;
    if (steps * stride >= extent + before)
        --steps;
    return std::max<std::int64_t>(steps * stride + kernel - padded, 0);
}

bool isNotNegative(OnnxReading& reading, const OnnxValue& x) {
    const Node& made = reading.node(x.node);
    const std::string kind = textAttribute(made, "kind", "");
    return made.op == Op::Activation && (kind == "relu" || kind == "relu6" || kind == "sigmoid");
}

Json::array_t paddingOf(const Json& window) {
    return window["padding"].get<Json::array_t>();
}

/// Averages that count the padding as zeros: a convolution of each channel by itself with equal weights.
Result<OnnxValue> average(OnnxReading& reading, const onnx::NodeProto& node, const OnnxValue& x, Json window) {
    const std::int64_t channels = reading.shape(x.node)[0];
    const auto kernel = window["kernel"].get<Pair>();
    window["filters"] = channels;
    window["groups"] = channels;
    window["bias"] = false;
    const std::string id = reading.freshId(node);
    Result<OnnxValue> made = reading.add(node, id, Op::Conv2d, std::move(window), {x.node}, kImageAxes);
    if (made)
        reading.values[id + ".weight"].assign(static_cast<std::size_t>(channels * kernel[0] * kernel[1]),
                                              1.0f / static_cast<float>(kernel[0] * kernel[1]));
    return made;
}

Result<OnnxValue> pool(OnnxReading& reading, const onnx::NodeProto& node, bool isMax) {
    const Result<OnnxValue> x = reading.image(node, 0, true);
    if (!x)
        return x;
    const std::optional<Pair> kernel = pairOf(node, "kernel_shape", {0, 0});
    if (!kernel)
        return onnxFault(node, "its window must be two numbers of 1 to 4096.");
    if (x->isPadded && isMax && !isNotNegative(reading, *x))
        return onnxFault(node, "zeros are put around what it reads, which may be negative.");
    Result<Json> window = onnxWindow(reading, node, *x, *kernel);
    if (!window)
        return window.error();
    if ((*window)["dilation"] != Json{1, 1})
        return onnxFault(node, "a pool with dilation is not known here.");
    window->erase("dilation");
    const bool isPadded = paddingOf(*window) != Json::array_t{0, 0, 0, 0};
    const bool counts = x->isPadded || onnxWhole(node, "count_include_pad", 0) != 0;
    if (!isMax && isPadded && counts) {
        if (onnxWhole(node, "ceil_mode", 0) != 0 ||
            (x->isPadded && onnxWhole(node, "count_include_pad", 0) == 0 && onnxWholes(node, "pads").has_value()))
            return onnxFault(node, "it averages over padding in a way that is not known here.");
        return average(reading, node, *x, std::move(*window));
    }
    return reading.add(node, reading.freshId(node), isMax ? Op::MaxPool : Op::AvgPool, std::move(*window), {x->node},
                       kImageAxes);
}

Result<OnnxValue> globalPool(OnnxReading& reading, const onnx::NodeProto& node, bool isMax) {
    const Result<OnnxValue> x = reading.image(node, 0);
    if (!x)
        return x;
    const Shape& shape = reading.shape(x->node);
    if (isMax)
        return reading.add(node, reading.freshId(node), Op::MaxPool, {{"kernel", {shape[1], shape[2]}}}, {x->node},
                           kImageAxes);
    return reading.add(node, reading.freshId(node), Op::AdaptiveAvgPool, {{"size", 1}}, {x->node}, kImageAxes);
}

/// The mean over height and width.
Result<OnnxValue> mean(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<OnnxValue> x = reading.feature(node, 0);
    if (!x)
        return x;
    const auto over = reading.wholes(node, "axes", 1);
    if (!over)
        return over.error();
    const auto rank = static_cast<std::int64_t>(x->axes.size());
    std::vector<int> reduced, left;
    for (const std::int64_t axis : over->value_or(std::vector<std::int64_t>{})) {
        if (axis < -rank || axis >= rank)
            return onnxFault(node, "there is no axis " + std::to_string(axis) + ".");
        reduced.push_back(x->axes[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)]);
    }
    std::sort(reduced.begin(), reduced.end());
    if (reduced != std::vector<int>{2, 3} || reading.shape(x->node).size() != 3)
        return onnxFault(node, "a mean is understood over height and width only.");
    const std::string id = reading.freshId(node);
    if (onnxWhole(node, "keepdims", 1) != 0)
        return reading.add(node, id, Op::AdaptiveAvgPool, {{"size", 1}}, {x->node}, x->axes);
    return reading.add(node, id, Op::GlobalAvgPool, Json::object(), {x->node}, kVectorAxes);
}

/// A resize that makes an image smaller: what a random crop is at inference.
Result<OnnxValue> resize(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<OnnxValue> x = reading.image(node, 0);
    if (!x)
        return x;
    const Result<const OnnxTensor*> sizes = reading.given(node, 3);
    if (!sizes)
        return sizes.error();
    const Shape& shape = reading.shape(x->node);
    const bool fits = *sizes && (*sizes)->isWhole && (*sizes)->wholes.size() == 4 && (*sizes)->wholes[1] == shape[0];
    if (!fits || onnxText(node, "mode", "nearest") != "linear" ||
        onnxText(node, "coordinate_transformation_mode", "half_pixel") != "half_pixel" ||
        onnxWhole(node, "antialias", 0) != 0)
        return onnxFault(node, "only a bilinear resize to a fixed size with half-pixel centers is understood.");
    const std::int64_t height = (*sizes)->wholes[2], width = (*sizes)->wholes[3];
    if (height * shape[2] != width * shape[1] || height > shape[1])
        return onnxFault(node, "only a resize to a smaller image of the same proportions is understood.");
    return reading.add(node, reading.freshId(node), Op::RandomCrop, {{"size", {height, width}}}, {x->node}, kImageAxes);
}

} // namespace

Result<Json> onnxWindow(const OnnxReading& reading, const onnx::NodeProto& node, const OnnxValue& x, Pair kernel) {
    const std::optional<Pair> stride = pairOf(node, "strides", {1, 1}), dilation = pairOf(node, "dilations", {1, 1});
    const std::vector<std::int64_t> pads = onnxWholes(node, "pads").value_or(std::vector<std::int64_t>(4, 0));
    const auto isPossible = [](std::int64_t pad) { return pad >= 0 && pad <= 4096; };
    if (!stride || !dilation || pads.size() != 4 || !std::all_of(pads.begin(), pads.end(), isPossible))
        return onnxFault(node, "its strides, dilations and pads must be those of images, at most 4096 each.");
    Json window = {{"kernel", kernel}, {"stride", *stride}, {"dilation", *dilation}};
    const std::string automatic = onnxText(node, "auto_pad", "NOTSET");
    Padding padding{static_cast<int>(pads[0]), static_cast<int>(pads[2]), static_cast<int>(pads[1]),
                    static_cast<int>(pads[3])};
    const Shape& shape = reading.shape(x.node);
    if (automatic == "VALID") {
        padding = {};
    } else if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
        if (x.isPadded)
            return onnxFault(node, "its automatic padding follows a padding.");
        Node same{"same", Op::Conv2d, window, {}};
        same.attributes["padding"] = "same";
        const Result<Padding> resolved = resolvedPadding(same, static_cast<int>(shape[1]), static_cast<int>(shape[2]));
        if (!resolved)
            return onnxFault(node, resolved.error().message);
        padding = *resolved;
        if (automatic == "SAME_LOWER")
            padding = {resolved->bottom, resolved->top, resolved->right, resolved->left};
    } else if (automatic != "NOTSET") {
        return onnxFault(node, "its auto_pad '" + shown(automatic) + "' is not known.");
    }
    if (x.isPadded) {
        padding.top += x.padding.top;
        padding.bottom += x.padding.bottom;
        padding.left += x.padding.left;
        padding.right += x.padding.right;
    }
    if (onnxWhole(node, "ceil_mode", 0) != 0) {
        padding.bottom += static_cast<int>(beyond(shape[1], padding.top, padding.bottom, kernel[0], (*stride)[0]));
        padding.right += static_cast<int>(beyond(shape[2], padding.left, padding.right, kernel[1], (*stride)[1]));
    }
    window["padding"] = {padding.top, padding.bottom, padding.left, padding.right};
    return window;
}

std::optional<Result<OnnxValue>> readOnnxPool(OnnxReading& reading, const onnx::NodeProto& node) {
    const std::string& op = node.op_type();
    if (op == "MaxPool" || op == "AveragePool")
        return pool(reading, node, op == "MaxPool");
    if (op == "GlobalAveragePool" || op == "GlobalMaxPool")
        return globalPool(reading, node, op == "GlobalMaxPool");
    if (op == "ReduceMean")
        return mean(reading, node);
    if (op == "Resize")
        return resize(reading, node);
    return {};
}

} // namespace sightline
