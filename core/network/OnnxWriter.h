// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "support/Result.h"

namespace sightline {

/// Appends nodes and constants to an ONNX graph; each call gives the name of the value it made. Private to Onnx*.cpp.
class OnnxWriter {
public:
    explicit OnnxWriter(onnx::GraphProto& graph) : m_graph(graph) {}

    /// Names of values made from now on begin with this.
    void beginNode(std::string prefix) {
        m_prefix = std::move(prefix);
        m_made = 0;
    }

    /// One ONNX node with one output. Attributes are set on what node() gives.
    std::string add(const char* op, const std::vector<std::string>& inputs);
    onnx::NodeProto& node() { return *m_graph.mutable_node(m_graph.node_size() - 1); }

    void attribute(const char* name, std::int64_t value);
    void attribute(const char* name, float value);
    void attribute(const char* name, const char* value);
    void attribute(const char* name, const std::vector<std::int64_t>& values);

    std::string weight(const std::string& name, std::span<const float> values, const std::vector<std::int64_t>& shape);
    /// A constant of the node under way.
    std::string constant(std::span<const float> values, const std::vector<std::int64_t>& shape);
    std::string scalar(double value);
    std::string numbers(const std::vector<std::int64_t>& values);

private:
    std::string fresh(const char* what);
    onnx::TensorProto& initializer(const std::string& name, const std::vector<std::int64_t>& shape);

    onnx::GraphProto& m_graph;
    std::string m_prefix;
    int m_made = 0;
};

} // namespace sightline
