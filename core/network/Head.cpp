// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/Head.h"

#include <optional>
#include <unordered_map>

#include "network/Freezing.h"

namespace sightline {

namespace {

/// Walks from the main output towards the input.
class Walk {
public:
    explicit Walk(const GraphSpec& spec) : m_spec(spec) {
        for (std::size_t i = 0; i < spec.nodes.size(); ++i)
            m_position[spec.nodes[i].id] = i;
        m_at = m_position.at(spec.outputs[0].node);
    }
    std::size_t at() const { return m_at; }
    const Node& node() const { return m_spec.nodes[m_at]; }
    bool stepBack() {
        if (node().inputs.empty())
            return false;
        m_at = m_position.at(node().inputs[0]);
        return true;
    }

private:
    const GraphSpec& m_spec;
    std::unordered_map<std::string, std::size_t> m_position;
    std::size_t m_at = 0;
};

/// What the base ends with: the last image on the way to the main output before the layers that make scores of it and
/// before their pooling.
std::optional<std::size_t> lastImage(const GraphSpec& spec, const GraphCost& cost) {
    const std::size_t base = baseEnd(spec);
    Walk walk(spec);
    std::size_t lowest = walk.at(); // the deepest layer of the classifier
    for (Walk ahead(spec); ahead.at() >= base;) {
        const Op op = ahead.node().op;
        if (op == Op::Dense || op == Op::Conv2d || op == Op::BatchNorm)
            lowest = ahead.at();
        if (!ahead.stepBack())
            break;
    }
    while (walk.at() >= lowest && walk.stepBack()) {
    }
    const auto isPassing = [&] {
        const Op op = walk.node().op;
        return op == Op::Flatten || op == Op::GlobalAvgPool || op == Op::AdaptiveAvgPool || op == Op::Dropout ||
               cost.nodes[walk.at()].output.size() != 3;
    };
    while (isPassing()) {
        if (!walk.stepBack())
            return {};
    }
    return walk.at();
}

void appendHead(GraphSpec& spec, const std::string& from, const Shape& image, const HeadSettings& head, int classes) {
    std::string last = from;
    const auto add = [&](const std::string& id, Op op, Json attributes = Json::object()) {
        spec.nodes.push_back({"head." + id, op, std::move(attributes), {last}});
        last = "head." + id;
    };
    switch (head.pooling) {
    case HeadSettings::Pooling::Avg:
        add("pool", Op::GlobalAvgPool);
        break;
    case HeadSettings::Pooling::Max:
        add("pool", Op::MaxPool, {{"kernel", {image[1], image[2]}}});
        add("flatten", Op::Flatten);
        break;
    case HeadSettings::Pooling::Flatten:
        add("flatten", Op::Flatten);
        break;
    }
    for (std::size_t i = 0; i < head.dense.size(); ++i) {
        const std::string id = std::to_string(i);
        add(id, Op::Dense, {{"units", head.dense[i]}});
        add(id + ".relu", Op::Activation, {{"kind", "relu"}});
        if (head.dropout > 0)
            add(id + ".dropout", Op::Dropout, {{"rate", head.dropout}});
    }
    if (head.dense.empty() && head.dropout > 0)
        add("dropout", Op::Dropout, {{"rate", head.dropout}});
    add("out", Op::Dense, {{"units", classes}});
    spec.outputs[0].node = last;
}

} // namespace

Result<GraphSpec> withHead(const GraphSpec& spec, const HeadSettings& head, int classes) {
    const Result<GraphCost> cost = shapes(spec);
    if (!cost)
        return cost.error();
    const std::optional<std::size_t> end = lastImage(spec, *cost);
    if (!end || *end == 0)
        return badInput("model.head: " + spec.name + " has no convolutional base to put a classifier on.");
    GraphSpec result = spec;
    // What only the old classifier needs goes: everything no output and no new head reads.
    result.outputs[0].node = spec.nodes[*end].id;
    std::unordered_map<std::string, bool> needed;
    for (const Output& output : result.outputs)
        needed[output.node] = true;
    for (auto node = result.nodes.rbegin(); node != result.nodes.rend(); ++node) {
        for (const std::string& input : node->inputs) {
            if (needed.count(node->id))
                needed[input] = true;
        }
    }
    std::erase_if(result.nodes, [&](const Node& node) { return node.op != Op::Input && !needed.count(node.id); });
    for (const Node& node : result.nodes) {
        if (node.id.starts_with("head."))
            return badInput("model.head: the network " + spec.name + " has a node '" + node.id +
                            "' before its classifier, so the classifier cannot be replaced.");
    }
    appendHead(result, spec.nodes[*end].id, cost->nodes[*end].output, head, classes);
    return result;
}

} // namespace sightline
