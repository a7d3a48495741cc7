// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/Onnx.h"

#include <cstddef>
#include <unordered_map>

#include "network/OnnxNodes.h"
#include "support/Version.h"

namespace sightline {

namespace {

/// What one protobuf message may hold, with room for names and the graph.
constexpr std::int64_t kLargestModel = (std::int64_t{2} << 30) - (std::int64_t{16} << 20);

void describe(onnx::ValueInfoProto& value, const char* name, const Shape& shape, const std::string& meaning) {
    value.set_name(name);
    value.set_doc_string(meaning);
    onnx::TypeProto_Tensor& type = *value.mutable_type()->mutable_tensor_type();
    type.set_elem_type(onnx::TensorProto::FLOAT);
    type.mutable_shape()->add_dim()->set_dim_param("batch");
    for (const std::int64_t extent : shape)
        type.mutable_shape()->add_dim()->set_dim_value(extent);
}

/// Every tensor of the graph must be there with its size, and all must fit one file.
Result<void> checkValues(const GraphSpec& spec, const GraphCost& cost, const TensorValues& values) {
    for (const TensorSpec& tensor : tensorsOf(spec, cost)) {
        std::int64_t count = 1;
        for (const std::int64_t extent : tensor.shape)
            count *= extent;
        const auto found = values.find(tensor.name);
        if (found == values.end() || static_cast<std::int64_t>(found->second.size()) != count)
            return badInput("The weights of " + tensor.name + " are missing or do not have the shapes that " +
                            spec.name + " needs.");
    }
    if ((cost.parameters + cost.runningStats) * 4 > kLargestModel)
        return badInput(spec.name +
                        " has more than the 2 GiB of weights an ONNX file holds; export --weights has no such limit.");
    return {};
}

Result<void> writeNodes(const GraphSpec& spec, const GraphCost& cost, const TensorValues& values,
                        onnx::GraphProto& graph) {
    OnnxWriter writer(graph);
    std::unordered_map<std::string, std::size_t> position;
    std::vector<std::string> valueOf;
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        const Node& node = spec.nodes[i];
        position[node.id] = i;
        if (node.op == Op::Input) {
            valueOf.push_back(kOnnxInput);
            continue;
        }
        OnnxStep step{node, {}, {}, cost.nodes[i].output, values, writer};
        for (const std::string& input : node.inputs) {
            step.inputs.push_back(valueOf[position.at(input)]);
            step.shapes.push_back(cost.nodes[position.at(input)].output);
        }
        writer.beginNode(node.id);
        Result<std::string> value = writeOnnxNode(step);
        if (!value)
            return value.error();
        valueOf.push_back(std::move(*value));
    }
    graph.add_node()->set_op_type("Identity");
    writer.node().set_name(kOnnxOutput);
    writer.node().add_input(valueOf[position.at(spec.outputs[0].node)]);
    writer.node().add_output(kOnnxOutput);
    return {};
}

} // namespace

Result<std::string> onnxModel(const GraphSpec& spec, const TensorValues& values,
                              const std::map<std::string, std::string>& metadata) {
    if (const Result<GraphCost> whole = shapes(spec); !whole)
        return whole.error();
    const GraphSpec asked = inferenceGraph(spec);
    const Result<GraphCost> cost = shapes(asked);
    if (!cost)
        return cost.error();
    if (const Result<void> complete = checkValues(asked, *cost, values); !complete)
        return complete.error();

    onnx::ModelProto model;
    model.set_ir_version(7); // the version of opset 13's time
    model.set_producer_name("sightline");
    model.set_producer_version(kVersion);
    model.add_opset_import()->set_version(kOnnxOpset);
    for (const auto& [key, value] : metadata) {
        onnx::StringStringEntryProto& entry = *model.add_metadata_props();
        entry.set_key(key);
        entry.set_value(value);
    }
    onnx::GraphProto& graph = *model.mutable_graph();
    graph.set_name(spec.name.empty() ? "network" : spec.name);
    describe(*graph.add_input(), kOnnxInput, cost->nodes[0].output,
             "Images, batch x channels x height x width, normalized as the metadata's 'preprocessing' says");
    std::size_t last = 0;
    for (std::size_t i = 0; i < asked.nodes.size(); ++i) {
        if (asked.nodes[i].id == asked.outputs[0].node)
            last = i;
    }
    describe(*graph.add_output(), kOnnxOutput, cost->nodes[last].output,
             "Class scores before softmax, in the order of the metadata's 'labels'");
    if (const Result<void> written = writeNodes(asked, *cost, values, graph); !written)
        return written.error();
    std::string bytes;
    if (!model.SerializeToString(&bytes))
        return Error{"The ONNX model of " + spec.name + " could not be written; it may be too large."};
    return bytes;
}

} // namespace sightline
