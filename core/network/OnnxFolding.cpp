// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <limits>

#include "network/OnnxFolding.h"

namespace sightline {

namespace {

using Inputs = std::vector<const OnnxTensor*>;

const OnnxTensor* at(const Inputs& inputs, std::size_t i) {
    return i < inputs.size() ? inputs[i] : nullptr;
}

OnnxTensor plain(OnnxTensor tensor, Shape dims) {
    tensor.dims = std::move(dims);
    return tensor;
}

/// Value `from[i]` of a tensor at place i.
OnnxTensor picked(const OnnxTensor& tensor, const std::vector<std::size_t>& from, Shape dims) {
    OnnxTensor result;
    result.isWhole = tensor.isWhole;
    result.dims = std::move(dims);
    for (const std::size_t i : from) {
        if (tensor.isWhole)
            result.wholes.push_back(tensor.wholes[i]);
        else
            result.reals.push_back(tensor.reals[i]);
    }
    return result;
}

Result<OnnxTensor> transposed(const onnx::NodeProto& node, const OnnxTensor& x) {
    const std::optional<std::vector<std::int64_t>> given = onnxWholes(node, "perm");
    Shape order = given.value_or(Shape());
    for (std::size_t i = x.dims.size(); !given && i-- > 0;)
        order.push_back(static_cast<std::int64_t>(i));
    Shape sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i)
        if (sorted[i] != static_cast<std::int64_t>(i))
            return onnxFault(node, "its order of axes is none.");
    if (order.size() != x.dims.size())
        return onnxFault(node, "its order of axes is none.");
    const std::vector<std::size_t> own = onnxStrides(x.dims);
    Shape dims;
    std::vector<std::size_t> strides;
    for (const std::int64_t axis : order) {
        dims.push_back(x.dims[static_cast<std::size_t>(axis)]);
        strides.push_back(own[static_cast<std::size_t>(axis)]);
    }
    const auto from = onnxPlaces(dims, strides, x.count());
    return picked(x, from, std::move(dims));
}

Result<OnnxTensor> reshaped(const onnx::NodeProto& node, const OnnxTensor& x, Shape wanted) {
    std::int64_t known = 1;
    const auto all = static_cast<std::int64_t>(x.count());
    std::int64_t* open = nullptr;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i] == 0 && i < x.dims.size())
            wanted[i] = x.dims[i];
        if (wanted[i] == -1 && !open)
            open = &wanted[i];
        else if (wanted[i] < 0 || __builtin_mul_overflow(known, wanted[i], &known))
            return onnxFault(node, "the shape it asks for does not fit.");
    }
    if (open) {
        *open = known > 0 ? all / known : 0;
        known *= *open;
    }
    if (known != all)
        return onnxFault(node, "the shape it asks for does not fit.");
    return plain(x, std::move(wanted));
}

Result<OnnxTensor> withUnitAxes(const onnx::NodeProto& node, const Inputs& inputs) {
    const OnnxTensor& x = *inputs[0];
    const bool adds = node.op_type() == "Unsqueeze";
    Shape axes = at(inputs, 1) && inputs[1]->isWhole ? inputs[1]->wholes : onnxWholes(node, "axes").value_or(Shape());
    const bool isGiven = !axes.empty();
    const auto rank = static_cast<std::int64_t>(x.dims.size() + (adds ? axes.size() : 0));
    for (std::int64_t& axis : axes) {
        axis = axis < 0 ? axis + rank : axis;
        if (axis < 0 || axis >= rank || rank > 16)
            return onnxFault(node, "it has an axis that is not there.");
    }
    std::sort(axes.begin(), axes.end());
    Shape dims;
    if (adds) {
        dims = x.dims;
        for (const std::int64_t axis : axes)
            dims.insert(dims.begin() + std::min(axis, static_cast<std::int64_t>(dims.size())), 1);
    } else {
        for (std::size_t i = 0; i < x.dims.size(); ++i)
            if (x.dims[i] != 1 ||
                (isGiven && !std::binary_search(axes.begin(), axes.end(), static_cast<std::int64_t>(i))))
                dims.push_back(x.dims[i]);
    }
    return plain(x, std::move(dims));
}

Result<OnnxTensor> gathered(const onnx::NodeProto& node, const Inputs& inputs) {
    const OnnxTensor *x = at(inputs, 0), *indices = at(inputs, 1);
    if (!x || !indices || !indices->isWhole || x->dims.size() != 1 || indices->dims.size() > 1 ||
        onnxWhole(node, "axis", 0) != 0)
        return onnxFault(node, "it picks from other than a list.");
    std::vector<std::size_t> from;
    for (std::int64_t index : indices->wholes) {
        index = index < 0 ? index + x->dims[0] : index;
        if (index < 0 || index >= x->dims[0])
            return onnxFault(node, "it picks what is not there.");
        from.push_back(static_cast<std::size_t>(index));
    }
    return picked(*x, from, indices->dims);
}

/// Where a slice begins on an axis of `extent` values, and how many it takes: as numpy counts.
std::pair<std::int64_t, std::int64_t> cut(std::int64_t begin, std::int64_t end, std::int64_t step,
                                          std::int64_t extent) {
    const std::int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? extent : extent - 1;
    begin = std::clamp(begin < 0 ? begin + extent : begin, step > 0 ? 0 : lowest + (extent > 0), highest);
    end = std::clamp(end < 0 ? end + extent : end, lowest, highest);
    const std::int64_t reach = step > 0 ? end - begin : begin - end, stride = std::abs(step);
    return {begin, reach > 0 ? (reach - 1) / stride + 1 : 0};
}

Result<OnnxTensor> sliced(const onnx::NodeProto& node, const Inputs& inputs) {
    const OnnxTensor& x = *inputs[0];
    const auto list = [&](std::size_t input, const char* attribute) {
        const OnnxTensor* given = at(inputs, input);
        return given && given->isWhole ? given->wholes : onnxWholes(node, attribute).value_or(Shape());
    };
    const Shape starts = list(1, "starts"), ends = list(2, "ends");
    Shape axes = list(3, "axes"), steps = list(4, "steps");
    const auto rank = static_cast<std::int64_t>(x.dims.size());
    for (std::int64_t axis = 0; axes.size() < starts.size() && list(3, "axes").empty(); ++axis)
        axes.push_back(axis); // left out: the first ones
    if (steps.empty())
        steps.assign(starts.size(), 1);
    if (starts.empty() || ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size())
        return onnxFault(node, "its starts, ends, axes and steps do not fit each other.");
    Shape dims = x.dims;
    std::vector<std::size_t> strides = onnxStrides(x.dims);
    std::vector<bool> isCut(x.dims.size(), false);
    std::size_t first = 0;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const std::int64_t axis = axes[i] < 0 ? axes[i] + rank : axes[i];
        if (axis < 0 || axis >= rank || steps[i] == 0 || steps[i] == std::numeric_limits<std::int64_t>::min())
            return onnxFault(node, "it has an axis that is not there, or steps of 0.");
        const auto at = static_cast<std::size_t>(axis);
        if (isCut[at])
            return onnxFault(node, "it cuts an axis twice.");
        isCut[at] = true;
        const auto [begin, count] = cut(starts[i], ends[i], steps[i], x.dims[at]);
        first += static_cast<std::size_t>(begin) * strides[at];
        strides[at] *= static_cast<std::size_t>(steps[i]); // backwards: sizes wrap around, and so does their sum
        dims[at] = count;
    }
    const Result<std::size_t> count = onnxCount(dims, node.output(0));
    if (!count)
        return count.error();
    std::vector<std::size_t> from = onnxPlaces(dims, strides, *count);
    for (std::size_t& place : from)
        place += first;
    return picked(x, from, std::move(dims));
}

Result<OnnxTensor> joined(const onnx::NodeProto& node, const Inputs& inputs) {
    OnnxTensor result;
    result.isWhole = inputs[0]->isWhole;
    for (const OnnxTensor* part : inputs) {
        if (!part || part->dims.size() != 1 || part->isWhole != result.isWhole)
            return onnxFault(node, "it joins other than lists.");
        result.wholes.insert(result.wholes.end(), part->wholes.begin(), part->wholes.end());
        result.reals.insert(result.reals.end(), part->reals.begin(), part->reals.end());
    }
    result.dims = {static_cast<std::int64_t>(result.count())};
    return result;
}

Result<OnnxTensor> filled(const onnx::NodeProto& node, const OnnxTensor& shape, const std::filesystem::path& folder) {
    OnnxTensor value;
    value.reals = {0};
    for (const onnx::AttributeProto& attribute : node.attribute())
        if (attribute.name() == "value") {
            Result<OnnxTensor> read = onnxTensor(attribute.t(), folder);
            if (!read)
                return read;
            value = std::move(*read);
        }
    const Result<std::size_t> count = onnxCount(shape.wholes, node.output(0));
    if (!shape.isWhole || value.count() != 1 || !count || *count > kMostFoldedOnnx)
        return onnxFault(node, "it makes a constant that is too large or unclear.");
    return picked(value, std::vector<std::size_t>(*count, 0), shape.wholes);
}

Result<OnnxTensor> constantOf(const onnx::NodeProto& node, const std::filesystem::path& folder) {
    for (const onnx::AttributeProto& attribute : node.attribute()) {
        OnnxTensor tensor;
        if (attribute.name() == "value")
            return onnxTensor(attribute.t(), folder);
        if (attribute.name() == "value_float" || attribute.name() == "value_floats") {
            tensor.reals.assign(attribute.floats().begin(), attribute.floats().end());
            if (attribute.has_f())
                tensor.reals = {attribute.f()};
        } else if (attribute.name() == "value_int" || attribute.name() == "value_ints") {
            tensor.isWhole = true;
            tensor.wholes.assign(attribute.ints().begin(), attribute.ints().end());
            if (attribute.has_i())
                tensor.wholes = {attribute.i()};
        } else {
            continue;
        }
        if (attribute.name().ends_with('s'))
            tensor.dims = {static_cast<std::int64_t>(tensor.count())};
        return tensor;
    }
    return onnxFault(node, "it is not a number or a tensor.");
}

} // namespace

Result<OnnxTensor> foldedOnnx(const onnx::NodeProto& node, const std::vector<const OnnxTensor*>& inputs,
                              const std::filesystem::path& folder) {
    const std::string& op = node.op_type();
    if (op == "Constant")
        return constantOf(node, folder);
    if (!at(inputs, 0))
        return onnxFault(node, "it lacks an input.");
    const OnnxTensor& x = *inputs[0];
    if (op == "Identity" || op == "Dropout")
        return x;
    if (op == "Transpose")
        return transposed(node, x);
    if (op == "Reshape")
        return reshaped(node, x, at(inputs, 1) && inputs[1]->isWhole ? inputs[1]->wholes : Shape{-1});
    if (op == "Squeeze" || op == "Unsqueeze")
        return withUnitAxes(node, inputs);
    if (op == "Gather")
        return gathered(node, inputs);
    if (op == "Slice")
        return sliced(node, inputs);
    if (op == "Concat")
        return joined(node, inputs);
    if (op == "ConstantOfShape")
        return filled(node, x, folder);
    if (std::optional<Result<OnnxTensor>> folded = foldedOnnxNumbers(node, inputs))
        return *folded;
    return onnxFault(node, "this operation is not computed beforehand.");
}

} // namespace sightline
