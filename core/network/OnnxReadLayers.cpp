// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <utility>

#include "network/OnnxReading.h"
#include "network/OnnxWindow.h"

namespace sightline {

namespace {

/// Rows and columns change places: [rows, columns] as the file has it becomes [columns, rows].
std::vector<float> transposed(const std::vector<float>& values, std::int64_t rows, std::int64_t columns) {
    std::vector<float> turned(values.size());
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < columns; ++c)
            turned[static_cast<std::size_t>(c * rows + r)] = values[static_cast<std::size_t>(r * columns + c)];
    return turned;
}

/// The columns of a dense layer [units, height * width * channels] in our order, channels * height * width.
void toChannelsFirst(std::vector<float>& weight, std::int64_t units, const Shape& image) {
    const std::int64_t channels = image[0], pixels = image[1] * image[2];
    std::vector<float> row(static_cast<std::size_t>(channels * pixels));
    for (std::int64_t u = 0; u < units; ++u) {
        float* values = weight.data() + u * channels * pixels;
        for (std::int64_t p = 0; p < pixels; ++p)
            for (std::int64_t c = 0; c < channels; ++c)
                row[static_cast<std::size_t>(c * pixels + p)] = values[p * channels + c];
        std::copy(row.begin(), row.end(), values);
    }
}

Result<OnnxValue> convolution(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<OnnxValue> x = reading.image(node, 0, true);
    if (!x)
        return x.error();
    const Result<const OnnxTensor*> weight = reading.given(node, 1), bias = reading.given(node, 2);
    if (!weight || !bias)
        return weight ? bias.error() : weight.error();
    if (!*weight || (*weight)->dims.size() != 4 || (*weight)->isWhole || (*bias && (*bias)->isWhole))
        return onnxFault(node, "its weights are not those of a convolution over images.");
    const Shape& shape = (*weight)->dims;
    const std::int64_t groups = onnxWhole(node, "group", 1);
    if (groups < 1 || shape[1] * groups != reading.shape(x->node)[0] ||
        (*bias && (*bias)->reals.size() != static_cast<std::size_t>(shape[0])))
        return onnxFault(node, "its weights do not fit the channels that arrive.");
    const Result<Json> window = onnxWindow(reading, node, *x, {shape[2], shape[3]});
    if (!window)
        return window.error();
    Json attributes = *window;
    attributes["filters"] = shape[0];
    if (groups != 1)
        attributes["groups"] = groups;
    if (!*bias)
        attributes["bias"] = false;
    const std::string id = reading.freshId(node, (*weight)->name);
    Result<OnnxValue> made = reading.add(node, id, Op::Conv2d, std::move(attributes), {x->node}, kImageAxes);
    if (!made)
        return made;
    reading.values[id + ".weight"] = (*weight)->reals;
    if (*bias)
        reading.values[id + ".bias"] = (*bias)->reals;
    return made;
}

/// `weight`: [units, in].
Result<OnnxValue> dense(OnnxReading& reading, const onnx::NodeProto& node, const OnnxValue& x, std::int64_t units,
                        std::vector<float> weight, const std::optional<std::vector<float>>& bias,
                        const std::string& name) {
    const bool isVector = reading.shape(x.node).size() == 1;
    const bool isChannelsLast = !x.axes.empty() && x.axes.back() == 1;
    const std::int64_t in = reading.shape(x.node)[0];
    if ((isVector && x.axes != kVectorAxes) || !isChannelsLast || units < 1 ||
        weight.size() != static_cast<std::size_t>(units * in))
        return onnxFault(node, "its weights do not fit what arrives.");
    if (x.isLastHeight)
        toChannelsFirst(weight, units, x.flattened);
    const std::string id = reading.freshId(node, name);
    Json attributes = isVector ? Json{{"units", units}} : Json{{"filters", units}, {"kernel", 1}};
    if (!bias)
        attributes["bias"] = false;
    Result<OnnxValue> made =
        reading.add(node, id, isVector ? Op::Dense : Op::Conv2d, std::move(attributes), {x.node}, x.axes);
    if (!made)
        return made;
    reading.values[id + ".weight"] = std::move(weight);
    if (bias)
        reading.values[id + ".bias"] = *bias;
    return made;
}

Result<OnnxValue> gemm(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<OnnxValue> x = reading.feature(node, 0);
    if (!x)
        return x;
    const Result<const OnnxTensor*> b = reading.given(node, 1), c = reading.given(node, 2);
    if (!b || !c)
        return b ? c.error() : b.error();
    if (!*b || (*b)->dims.size() != 2 || (*b)->isWhole || (*c && (*c)->isWhole) || onnxWhole(node, "transA", 0) != 0)
        return onnxFault(node, "it is no dense layer with constant weights.");
    const bool isTurned = onnxWhole(node, "transB", 0) != 0; // ours: [units, in]
    const std::int64_t units = (*b)->dims[isTurned ? 0 : 1];
    std::vector<float> weight = isTurned ? (*b)->reals : transposed((*b)->reals, (*b)->dims[0], (*b)->dims[1]);
    const auto alpha = static_cast<float>(onnxNumber(node, "alpha", 1)),
               beta = static_cast<float>(onnxNumber(node, "beta", 1));
    for (float& value : weight)
        value *= alpha;
    std::optional<std::vector<float>> bias;
    if (*c) {
        bias = (*c)->reals;
        if (bias->size() == 1)
            bias->assign(static_cast<std::size_t>(std::max<std::int64_t>(units, 0)), bias->front());
        if (bias->size() != static_cast<std::size_t>(units))
            return onnxFault(node, "its bias does not have one number a unit.");
        for (float& value : *bias)
            value *= beta;
    }
    return dense(reading, node, *x, units, std::move(weight), bias, (*b)->name);
}

Result<OnnxValue> product(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<OnnxValue> x = reading.feature(node, 0);
    if (!x)
        return x;
    const Result<const OnnxTensor*> b = reading.given(node, 1);
    if (!b)
        return b.error();
    if (!*b || (*b)->dims.size() != 2 || (*b)->isWhole)
        return onnxFault(node, "it is no dense layer with constant weights.");
    return dense(reading, node, *x, (*b)->dims[1], transposed((*b)->reals, (*b)->dims[0], (*b)->dims[1]), {},
                 (*b)->name);
}

Result<OnnxValue> batchNorm(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<OnnxValue> x = reading.feature(node, 0);
    if (!x)
        return x;
    if (x->axes.size() < 2 || x->axes[1] != 1 || x->isLastHeight || onnxWhole(node, "training_mode", 0) != 0)
        return onnxFault(node, "it is understood over channels and as at inference only.");
    const auto channels = static_cast<std::size_t>(reading.shape(x->node)[0]);
    std::vector<std::vector<float>> tensors;
    std::string name;
    for (int input = 1; input <= 4; ++input) {
        const Result<const OnnxTensor*> tensor = reading.given(node, input);
        if (!tensor)
            return tensor.error();
        if (!*tensor || (*tensor)->reals.size() != channels)
            return onnxFault(node, "its statistics do not have one number a channel.");
        tensors.push_back((*tensor)->reals);
        if (input == 1)
            name = (*tensor)->name;
    }
    const std::string id = reading.freshId(node, name);
    Result<OnnxValue> made =
        reading.add(node, id, Op::BatchNorm, {{"eps", onnxNumber(node, "epsilon", 1e-5)}}, {x->node}, x->axes);
    if (!made)
        return made;
    const char* suffixes[] = {".weight", ".bias", ".running_mean", ".running_var"};
    for (std::size_t i = 0; i < 4; ++i)
        reading.values[id + suffixes[i]] = std::move(tensors[i]);
    return made;
}

Result<OnnxValue> layerNorm(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<OnnxValue> x = reading.feature(node, 0);
    if (!x)
        return x;
    const Result<const OnnxTensor*> weight = reading.given(node, 1), bias = reading.given(node, 2);
    if (!weight || !bias)
        return weight ? bias.error() : weight.error();
    const std::int64_t axis = onnxWhole(node, "axis", -1), rank = static_cast<std::int64_t>(x->axes.size());
    const auto channels = static_cast<std::size_t>(reading.shape(x->node)[0]);
    if ((axis != -1 && axis != rank - 1) || x->axes.back() != 1 || x->isLastHeight)
        return onnxFault(node, "it is understood over channels only.");
    if (!*weight || (*weight)->reals.size() != channels || (*bias && (*bias)->reals.size() != channels))
        return onnxFault(node, "its weights do not have one number a channel.");
    const std::string id = reading.freshId(node, (*weight)->name);
    Result<OnnxValue> made =
        reading.add(node, id, Op::LayerNorm, {{"eps", onnxNumber(node, "epsilon", 1e-5)}}, {x->node}, x->axes);
    if (!made)
        return made;
    reading.values[id + ".weight"] = (*weight)->reals;
    reading.values[id + ".bias"] = *bias ? (*bias)->reals : std::vector<float>(channels, 0.0f);
    return made;
}

Result<OnnxValue> localResponseNorm(OnnxReading& reading, const onnx::NodeProto& node) {
    const Result<OnnxValue> x = reading.image(node, 0);
    if (!x)
        return x;
    const std::int64_t size = onnxWhole(node, "size", 0);
    if (size % 2 == 0)
        return onnxFault(node, "its window must be an odd number of channels.");
    return reading.add(node, reading.freshId(node), Op::LocalResponseNorm,
                       {{"size", size},
                        {"alpha", onnxNumber(node, "alpha", 1e-4)},
                        {"beta", onnxNumber(node, "beta", 0.75)},
                        {"k", onnxNumber(node, "bias", 1)}},
                       {x->node}, kImageAxes);
}

} // namespace

std::optional<Result<OnnxValue>> readOnnxLayer(OnnxReading& reading, const onnx::NodeProto& node) {
    const std::string& op = node.op_type();
    if (op == "Conv")
        return convolution(reading, node);
    if (op == "Gemm")
        return gemm(reading, node);
    if (op == "MatMul")
        return product(reading, node);
    if (op == "BatchNormalization")
        return batchNorm(reading, node);
    if (op == "LayerNormalization")
        return layerNorm(reading, node);
    if (op == "LRN")
        return localResponseNorm(reading, node);
    return {};
}

} // namespace sightline
