// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/OnnxWriter.h"

#include <bit>

namespace sightline {

static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");

std::string OnnxWriter::fresh(const char* what) {
    return m_prefix + "/" + what + "_" + std::to_string(m_made++);
}

std::string OnnxWriter::add(const char* op, const std::vector<std::string>& inputs) {
    onnx::NodeProto& made = *m_graph.add_node();
    made.set_op_type(op);
    for (const std::string& input : inputs)
        made.add_input(input);
    const std::string output = fresh(op);
    made.set_name(output);
    made.add_output(output);
    return output;
}

void OnnxWriter::attribute(const char* name, std::int64_t value) {
    onnx::AttributeProto& made = *node().add_attribute();
    made.set_name(name);
    made.set_type(onnx::AttributeProto::INT);
    made.set_i(value);
}

void OnnxWriter::attribute(const char* name, float value) {
    onnx::AttributeProto& made = *node().add_attribute();
    made.set_name(name);
    made.set_type(onnx::AttributeProto::FLOAT);
    made.set_f(value);
}

void OnnxWriter::attribute(const char* name, const char* value) {
    onnx::AttributeProto& made = *node().add_attribute();
    made.set_name(name);
    made.set_type(onnx::AttributeProto::STRING);
    made.set_s(value);
}

void OnnxWriter::attribute(const char* name, const std::vector<std::int64_t>& values) {
    onnx::AttributeProto& made = *node().add_attribute();
    made.set_name(name);
    made.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t value : values)
        made.add_ints(value);
}

onnx::TensorProto& OnnxWriter::initializer(const std::string& name, const std::vector<std::int64_t>& shape) {
    onnx::TensorProto& tensor = *m_graph.add_initializer();
    tensor.set_name(name);
    for (const std::int64_t extent : shape)
        tensor.add_dims(extent);
    return tensor;
}

std::string OnnxWriter::weight(const std::string& name, std::span<const float> values,
                               const std::vector<std::int64_t>& shape) {
    onnx::TensorProto& tensor = initializer(name, shape);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    tensor.set_raw_data(values.data(), values.size_bytes());
    return name;
}

std::string OnnxWriter::constant(std::span<const float> values, const std::vector<std::int64_t>& shape) {
    return weight(fresh("constant"), values, shape);
}

std::string OnnxWriter::scalar(double value) {
    const auto number = static_cast<float>(value);
    return constant({&number, 1}, {});
}

std::string OnnxWriter::numbers(const std::vector<std::int64_t>& values) {
    onnx::TensorProto& tensor = initializer(fresh("constant"), {static_cast<std::int64_t>(values.size())});
    tensor.set_data_type(onnx::TensorProto::INT64);
    tensor.set_raw_data(values.data(), values.size() * sizeof(std::int64_t));
    return tensor.name();
}

} // namespace sightline
