// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/OnnxFolding.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace sightline {

namespace {

using Inputs = std::vector<const OnnxTensor*>;

const OnnxTensor* at(const Inputs& inputs, std::size_t i) {
    return i < inputs.size() ? inputs[i] : nullptr;
}

std::optional<double> computed(const std::string& op, double a, double b, bool isWhole) {
    if (op == "Add")
        return a + b;
    if (op == "Sub")
        return a - b;
    if (op == "Mul")
        return a * b;
    if (op == "Min")
        return std::min(a, b);
    if (op == "Max")
        return std::max(a, b);
    if (op == "Pow")
        return std::pow(a, b);
    if (op == "Div" && (b != 0 || !isWhole))
        return isWhole ? std::trunc(a / b) : a / b;
    return {};
}

/// Of two tensors, the smaller one repeated as numpy does.
Result<OnnxTensor> arithmetic(const onnx::NodeProto& node, const std::string& op, const OnnxTensor* a,
                              const OnnxTensor* b) {
    if (!a || !b || a->isWhole != b->isWhole)
        return onnxFault(node, "it computes with constants of different types.");
    OnnxTensor result;
    result.isWhole = a->isWhole;
    const std::size_t rank = std::max(a->dims.size(), b->dims.size());
    std::vector<std::size_t> strides[2];
    const OnnxTensor* terms[] = {a, b};
    for (std::size_t axis = 0; axis < rank; ++axis) {
        std::int64_t extent = 1;
        for (std::size_t t = 0; t < 2; ++t) {
            const std::size_t before = rank - terms[t]->dims.size();
            const std::int64_t own = axis < before ? 1 : terms[t]->dims[axis - before];
            if (own != 1 && extent != 1 && own != extent)
                return onnxFault(node, "it computes with constants of different shapes.");
            extent = own == 1 ? extent : own;
            strides[t].push_back(own == 1 ? 0 : onnxStrides(terms[t]->dims)[axis - before]);
        }
        result.dims.push_back(extent);
    }
    const Result<std::size_t> count = onnxCount(result.dims, node.output(0));
    if (!count || *count > kMostFoldedOnnx)
        return onnxFault(node, "it makes a constant that is too large.");
    const auto left = onnxPlaces(result.dims, strides[0], *count), right = onnxPlaces(result.dims, strides[1], *count);
    for (std::size_t i = 0; i < *count; ++i) {
        const auto value = computed(op, a->at(left[i]), b->at(right[i]), result.isWhole);
        if (!value || (result.isWhole && !(std::abs(*value) < 1e15)))
            return onnxFault(node, "it cannot be computed.");
        if (result.isWhole)
            result.wholes.push_back(static_cast<std::int64_t>(*value));
        else
            result.reals.push_back(static_cast<float>(*value));
    }
    return result;
}

/// Min and Max of any number of tensors.
Result<OnnxTensor> extreme(const onnx::NodeProto& node, const Inputs& inputs) {
    Result<OnnxTensor> result = *inputs[0];
    for (std::size_t i = 1; i < inputs.size() && result; ++i) {
        const OnnxTensor before = *result;
        result = arithmetic(node, node.op_type(), &before, inputs[i]);
    }
    return result;
}

/// Bounds are inputs, before operator set 11 attributes of real numbers.
Result<OnnxTensor> clipped(const onnx::NodeProto& node, const Inputs& inputs) {
    constexpr double kNone = std::numeric_limits<float>::max();
    OnnxTensor least, most;
    least.reals = {static_cast<float>(onnxNumber(node, "min", -kNone))};
    most.reals = {static_cast<float>(onnxNumber(node, "max", kNone))};
    const OnnxTensor& x = *inputs[0];
    const OnnxTensor* low = at(inputs, 1) || x.isWhole ? at(inputs, 1) : &least;
    const OnnxTensor* high = at(inputs, 2) || x.isWhole ? at(inputs, 2) : &most;
    const Result<OnnxTensor> raised = low ? arithmetic(node, "Max", &x, low) : x;
    return raised && high ? arithmetic(node, "Min", &*raised, high) : raised;
}

Result<OnnxTensor> cast(const onnx::NodeProto& node, const OnnxTensor& x) {
    const std::int64_t to = onnxWhole(node, "to", onnx::TensorProto::FLOAT);
    const bool isReal = to == onnx::TensorProto::FLOAT || to == onnx::TensorProto::DOUBLE ||
                        to == onnx::TensorProto::FLOAT16 || to == onnx::TensorProto::BFLOAT16;
    OnnxTensor result;
    result.dims = x.dims;
    result.isWhole = !isReal;
    for (std::size_t i = 0; i < x.count(); ++i) {
        const double value = x.at(i);
        if (isReal)
            result.reals.push_back(static_cast<float>(value));
        else if (std::abs(value) < 1e15)
            result.wholes.push_back(static_cast<std::int64_t>(value));
        else
            return onnxFault(node, "a constant has no whole number.");
    }
    return result;
}

/// Every value by itself: Neg, Ceil, Floor, Sqrt.
OnnxTensor each(const std::string& op, OnnxTensor x) {
    for (std::int64_t& value : x.wholes)
        value = op == "Neg" && value != std::numeric_limits<std::int64_t>::min() ? -value : value;
    for (float& value : x.reals)
        value = op == "Neg"     ? -value
                : op == "Ceil"  ? std::ceil(value)
                : op == "Floor" ? std::floor(value)
                                : std::sqrt(value);
    x.name.clear();
    return x;
}

} // namespace

std::vector<std::size_t> onnxStrides(const Shape& dims) {
    std::vector<std::size_t> strides(dims.size(), 1);
    for (std::size_t i = dims.size(); i-- > 1;)
        strides[i - 1] = strides[i] * static_cast<std::size_t>(dims[i]);
    return strides;
}

std::vector<std::size_t> onnxPlaces(const Shape& dims, const std::vector<std::size_t>& strides, std::size_t count) {
    std::vector<std::size_t> all(count);
    std::vector<std::int64_t> counter(dims.size(), 0);
    std::size_t place = 0;
    for (std::size_t& one : all) {
        one = place;
        for (std::size_t axis = dims.size(); axis-- > 0;) {
            place += strides[axis];
            if (++counter[axis] < dims[axis])
                break;
            place -= strides[axis] * static_cast<std::size_t>(dims[axis]);
            counter[axis] = 0;
        }
    }
    return all;
}

std::optional<Result<OnnxTensor>> foldedOnnxNumbers(const onnx::NodeProto& node,
                                                    const std::vector<const OnnxTensor*>& inputs) {
    const std::string& op = node.op_type();
    const OnnxTensor& x = *inputs[0];
    if (op == "Cast")
        return cast(node, x);
    if (op == "Add" || op == "Sub" || op == "Mul" || op == "Div" || op == "Pow")
        return arithmetic(node, op, &x, at(inputs, 1));
    if (op == "Min" || op == "Max")
        return extreme(node, inputs);
    if (op == "Clip")
        return clipped(node, inputs);
    if (op == "Neg" || op == "Ceil" || op == "Floor" || (op == "Sqrt" && !x.isWhole))
        return each(op, x);
    return {};
}

} // namespace sightline
