// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/Layer.h"

#include <torch/torch.h>

#include <map>

namespace sightline::engine {

Result<Layer> namedLayer(const GraphModule& module, const std::string& id) {
    const GraphSpec& spec = module.spec();
    for (std::size_t i = 0; i < spec.nodes.size(); ++i)
        if (spec.nodes[i].id == id)
            return Layer{i, id, module.cost().nodes[i].output};
    for (const Output& output : spec.outputs)
        if (output.name == id)
            return badInput("'" + shown(id) + "' is an output of the network " + spec.name +
                            ", not a layer; the layer that makes it is '" + output.node + "'.");
    return badInput("The network " + spec.name + " has no layer '" + shown(id) + "'; `model summary` lists them.");
}

Result<void> channelIn(const Layer& layer, int channel) {
    if (channel >= 0 && channel < layer.channels())
        return {};
    return badInput("The layer '" + layer.id + "' has no channel " + std::to_string(channel) + "; it has " +
                    (layer.channels() == 1 ? "only channel 0."
                                           : "the channels 0 to " + std::to_string(layer.channels() - 1) + "."));
}

Result<Trunk> Trunk::of(const GraphModule& module, const Layer& layer) {
    GraphSpec spec = module.spec();
    spec.nodes.resize(layer.node + 1);
    Output output{"main", layer.id};
    if (layer.shape.size() == 3) { // the output of a network has no places
        output.node = layer.id + " mean";
        while (spec.find(output.node))
            output.node += "'";
        spec.nodes.push_back({output.node, Op::GlobalAvgPool, Json::object(), {layer.id}});
    }
    spec.outputs = {output};
    const Result<GraphCost> cost = shapes(spec);
    if (!cost)
        return cost.error();
    // Weights lie in the order of the nodes: those of the first nodes are the first.
    auto trunk = GraphModule::over(spec, module.parameters().narrow(0, 0, cost->parameters),
                                   module.statistics().narrow(0, 0, cost->runningStats));
    if (!trunk)
        return trunk.error();
    return Trunk(std::move(*trunk), layer.id);
}

std::vector<torch::Tensor> Trunk::valuesOf(const torch::Tensor& images, const std::vector<std::string>& nodes) const {
    std::map<std::string, torch::Tensor> tapped;
    for (const std::string& node : nodes)
        tapped[node];
    m_module->infer(images, &tapped);
    std::vector<torch::Tensor> values;
    for (const std::string& node : nodes)
        values.push_back(tapped.at(node));
    return values;
}

} // namespace sightline::engine
