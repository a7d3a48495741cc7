// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "network/Attributes.h"
#include "network/OnnxNodes.h"
#include "network/OnnxPools.h"

namespace sightline {

std::vector<float> averagingRows(std::int64_t in, std::int64_t out, bool transposed) {
    std::vector<float> rows(static_cast<std::size_t>(in * out), 0.0f);
    for (std::int64_t i = 0; i < out; ++i) {
        const std::int64_t begin = i * in / out, end = ((i + 1) * in + out - 1) / out;
        for (std::int64_t j = begin; j < end; ++j)
            rows[static_cast<std::size_t>(transposed ? j * out + i : i * in + j)] =
                1.0f / static_cast<float>(end - begin);
    }
    return rows;
}

Result<std::string> writeOnnxPool(OnnxStep& step) {
    const Node& node = step.node;
    OnnxWriter& writer = step.writer;
    const auto kernel = pairAttribute(node, "kernel", {1, 1});
    const auto stride = pairAttribute(node, "stride", kernel);
    const Result<Padding> resolved =
        resolvedPadding(node, static_cast<int>(step.shapes[0][1]), static_cast<int>(step.shapes[0][2]));
    if (!resolved)
        return resolved.error();
    const Padding padding = *resolved;
    const bool isMax = node.op == Op::MaxPool;
    const std::string y = writer.add(isMax ? "MaxPool" : "AveragePool", {step.inputs[0]});
    writer.attribute("kernel_shape", {kernel[0], kernel[1]});
    writer.attribute("strides", {stride[0], stride[1]});
    writer.attribute("pads", {padding.top, padding.left, padding.bottom, padding.right});
    if (!isMax)
        writer.attribute("count_include_pad", std::int64_t{0});
    return y;
}

/// Rows and columns are averaged one after the other, each by a matrix: exact for every size.
std::string writeOnnxAdaptivePool(OnnxStep& step) {
    const std::int64_t height = step.shapes[0][1], width = step.shapes[0][2], rows = step.output[1],
                       columns = step.output[2];
    OnnxWriter& writer = step.writer;
    if (height == rows && width == columns)
        return step.inputs[0];
    if (height % rows == 0 && width % columns == 0) {
        const std::string y = writer.add("AveragePool", {step.inputs[0]});
        writer.attribute("kernel_shape", {height / rows, width / columns});
        writer.attribute("strides", {height / rows, width / columns});
        return y;
    }
    const std::string down = writer.constant(averagingRows(height, rows, false), {rows, height});
    const std::string across = writer.constant(averagingRows(width, columns, true), {width, columns});
    return writer.add("MatMul", {writer.add("MatMul", {down, step.inputs[0]}), across});
}

/// Keras' smart_resize (SPEC 1.12): the middle part of the wanted proportions, then bilinear with half-pixel centres,
/// the batch taken from what arrives.
std::string writeOnnxResize(OnnxStep& step) {
    OnnxWriter& writer = step.writer;
    const std::int64_t height = step.shapes[0][1], width = step.shapes[0][2];
    const std::int64_t rows = std::min(height, width * step.output[1] / step.output[2]),
                       columns = std::min(width, height * step.output[2] / step.output[1]);
    const std::int64_t top = (height - rows) / 2, left = (width - columns) / 2;
    std::string middle = step.inputs[0];
    if (rows < height || columns < width)
        middle = writer.add("Slice", {middle, writer.numbers({top, left}), writer.numbers({top + rows, left + columns}),
                                      writer.numbers({2, 3})});
    const std::string shape = writer.add("Shape", {middle});
    const std::string batch = writer.add("Slice", {shape, writer.numbers({0}), writer.numbers({1})});
    const std::string sizes = writer.add("Concat", {batch, writer.numbers(step.output)});
    writer.attribute("axis", std::int64_t{0});
    const std::string y = writer.add("Resize", {middle, "", "", sizes});
    writer.attribute("mode", "linear");
    writer.attribute("coordinate_transformation_mode", "half_pixel");
    return y;
}

} // namespace sightline
