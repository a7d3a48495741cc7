// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/Passes.h"

#include <cmath>
#include <unordered_map>
#include <utility>

#include "network/Attributes.h"

namespace sightline {

namespace {

/// Nodes that are dropped, and what their readers read instead.
using Replacements = std::unordered_map<std::string, std::string>;

GraphSpec without(const GraphSpec& spec, const Replacements& replaced) {
    GraphSpec result = spec;
    result.nodes.clear();
    const auto followed = [&](std::string id) {
        for (auto next = replaced.find(id); next != replaced.end(); next = replaced.find(id))
            id = next->second;
        return id;
    };
    for (const Node& node : spec.nodes) {
        if (replaced.count(node.id))
            continue;
        Node kept = node;
        for (std::string& input : kept.inputs)
            input = followed(input);
        result.nodes.push_back(std::move(kept));
    }
    for (Output& output : result.outputs)
        output.node = followed(output.node);
    return result;
}

/// How many nodes and outputs read each node.
std::unordered_map<std::string, int> readersOf(const GraphSpec& spec) {
    std::unordered_map<std::string, int> readers;
    for (const Node& node : spec.nodes) {
        for (const std::string& input : node.inputs)
            ++readers[input];
    }
    for (const Output& output : spec.outputs)
        ++readers[output.node];
    return readers;
}

/// The values, or `count` times `otherwise` where the network has no such tensor.
std::vector<float> valuesOr(const TensorValues& values, const std::string& name, std::size_t count, float otherwise) {
    const auto found = values.find(name);
    return found == values.end() ? std::vector<float>(count, otherwise) : found->second;
}

/// weight' = weight * gamma / sqrt(variance + eps), bias' = (bias - mean) * the same + beta, a factor a filter.
void fold(const Node& layer, const Node& norm, TensorValues& values) {
    std::vector<float>& weight = values[layer.id + ".weight"];
    const std::vector<float> mean = values[norm.id + ".running_mean"], variance = values[norm.id + ".running_var"];
    const std::size_t filters = mean.size();
    const std::vector<float> gamma = valuesOr(values, norm.id + ".weight", filters, 1),
                             beta = valuesOr(values, norm.id + ".bias", filters, 0);
    std::vector<float> bias = valuesOr(values, layer.id + ".bias", filters, 0);
    const double eps = numberAttribute(norm, "eps", 1e-5);
    const std::size_t perFilter = filters == 0 ? 0 : weight.size() / filters;
    for (std::size_t f = 0; f < filters; ++f) {
        const double factor = static_cast<double>(gamma[f]) / std::sqrt(static_cast<double>(variance[f]) + eps);
        for (std::size_t i = 0; i < perFilter; ++i)
            weight[f * perFilter + i] = static_cast<float>(static_cast<double>(weight[f * perFilter + i]) * factor);
        bias[f] = static_cast<float>((static_cast<double>(bias[f]) - static_cast<double>(mean[f])) * factor +
                                     static_cast<double>(beta[f]));
    }
    values[layer.id + ".bias"] = std::move(bias);
    for (const char* suffix : {".weight", ".bias", ".running_mean", ".running_var"})
        values.erase(norm.id + suffix);
}

} // namespace

GraphSpec inferenceGraph(const GraphSpec& spec) {
    GraphSpec main = spec;
    main.outputs.resize(1);
    std::unordered_map<std::string, bool> needed{{main.outputs[0].node, true}};
    for (auto node = main.nodes.rbegin(); node != main.nodes.rend(); ++node) {
        if (!needed.count(node->id))
            continue;
        for (const std::string& input : node->inputs)
            needed[input] = true;
    }
    std::erase_if(main.nodes, [&](const Node& node) { return node.op != Op::Input && !needed.count(node.id); });
    Replacements replaced;
    for (const Node& node : main.nodes) {
        if (node.op == Op::Dropout || node.op == Op::RandomContrast)
            replaced[node.id] = node.inputs[0];
    }
    return without(main, replaced);
}

std::string featureNode(const GraphSpec& spec) {
    if (spec.outputs.empty())
        return {};
    bool decided = false; // the layer that makes the scores lies behind
    for (const Node* node = spec.find(spec.outputs[0].node); node && !node->inputs.empty();
         node = spec.find(node->inputs[0])) {
        if (decided && node->op != Op::Dropout)
            return node->id;
        decided = decided || node->op == Op::Dense || node->op == Op::Conv2d;
    }
    return {};
}

GraphSpec withBatchNormFolded(const GraphSpec& spec, TensorValues& values) {
    GraphSpec folded = spec;
    const auto readers = readersOf(spec);
    std::unordered_map<std::string, Node*> nodes;
    Replacements replaced;
    for (Node& node : folded.nodes) {
        nodes[node.id] = &node;
        if (node.op != Op::BatchNorm)
            continue;
        Node& layer = *nodes.at(node.inputs[0]);
        if ((layer.op != Op::Conv2d && layer.op != Op::Dense) || readers.at(layer.id) != 1)
            continue;
        fold(layer, node, values);
        layer.attributes["bias"] = true;
        replaced[node.id] = layer.id;
    }
    return without(folded, replaced);
}

} // namespace sightline
