// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/Fusions.h"

#include <string>

#include "network/Attributes.h"

namespace sightline::engine {

namespace {

std::optional<NormActivation> fusable(const Node& node, bool added) {
    const std::string kind = textAttribute(node, "kind", "relu");
    if (kind == "relu")
        return NormActivation::Relu;
    if (kind == "relu6")
        return NormActivation::Relu6;
    if (kind == "silu" && !added)
        return NormActivation::Silu;
    if (kind == "hardswish" && !added)
        return NormActivation::HardSwish;
    return {};
}

} // namespace

Fusions::Fusions(const GraphSpec& spec, const std::vector<std::vector<std::size_t>>& inputs,
                 const std::vector<std::size_t>& uses)
    : m_ending(spec.nodes.size()), m_endOf(spec.nodes.size()), m_cutByPool(spec.nodes.size()) {
    const auto extend = [&](std::size_t from, std::size_t to) {
        m_ending[to] = std::move(m_ending[from]);
        m_ending[from].reset();
        m_ending[to]->nodes.push_back(to);
        for (const std::size_t node : m_ending[to]->nodes)
            m_endOf[node] = to;
    };
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        const Node& node = spec.nodes[i];
        m_endOf[i] = i;
        const auto endsAt = [&](std::size_t input) { return m_ending[input] && uses[input] == 1; };
        if (node.op == Op::BatchNorm) {
            m_ending[i] = NormFusion{{i}, {}, NormActivation::None};
        } else if (node.op == Op::Add && inputs[i].size() == 2 && !node.attributes.contains("scales")) {
            for (const std::size_t which : {std::size_t{0}, std::size_t{1}}) {
                const std::size_t norm = inputs[i][which];
                if (!endsAt(norm) || spec.nodes[norm].op != Op::BatchNorm)
                    continue;
                extend(norm, i);
                m_ending[i]->other = inputs[i][1 - which];
                break;
            }
        } else if (node.op == Op::Activation && endsAt(inputs[i][0]) && spec.nodes[inputs[i][0]].op != Op::Activation) {
            if (const auto activation = fusable(node, m_ending[inputs[i][0]]->other.has_value())) {
                extend(inputs[i][0], i);
                m_ending[i]->activation = *activation;
            }
        } else if (node.op == Op::MaxPool) {
            const std::size_t input = inputs[i][0];
            m_cutByPool[input] = spec.nodes[input].op == Op::Activation && uses[input] == 1 && !m_ending[input] &&
                                 textAttribute(spec.nodes[input], "kind", "relu") == "relu";
        }
    }
}

} // namespace sightline::engine
