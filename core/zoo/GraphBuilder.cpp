// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/GraphBuilder.h"

#include <utility>

namespace sightline {

GraphBuilder::GraphBuilder(std::string name, const ZooRequest& request) {
    m_spec.name = std::move(name);
    m_spec.height = request.height;
    m_spec.width = request.width;
    m_spec.channels = request.channels;
    m_spec.nodes.push_back({"input", Op::Input, Json::object(), {}});
}

std::string GraphBuilder::add(Op op, const std::string& id, Json attributes, std::vector<std::string> inputs) {
    if (inputs.empty())
        inputs.push_back(last());
    m_spec.nodes.push_back({id, op, std::move(attributes), std::move(inputs)});
    return id;
}

std::string GraphBuilder::conv(const std::string& id, int filters, Json kernel, int stride, Json padding, bool bias,
                               int groups, const std::string& from) {
    Json attributes = {{"filters", filters}, {"kernel", std::move(kernel)}, {"padding", std::move(padding)}};
    if (stride != 1)
        attributes["stride"] = stride;
    if (!bias)
        attributes["bias"] = false;
    if (groups != 1)
        attributes["groups"] = groups;
    return add(Op::Conv2d, id, std::move(attributes), {from.empty() ? last() : from});
}

std::string GraphBuilder::batchNorm(const std::string& id, double eps, double momentum) {
    return add(Op::BatchNorm, id, {{"eps", eps}, {"momentum", momentum}});
}

std::string GraphBuilder::activation(const std::string& id, const std::string& kind) {
    return add(Op::Activation, id, {{"kind", kind}});
}

std::string GraphBuilder::maxPool(const std::string& id, int kernel, int stride, Json padding,
                                  const std::string& from) {
    return add(Op::MaxPool, id, {{"kernel", kernel}, {"stride", stride}, {"padding", std::move(padding)}},
               {from.empty() ? last() : from});
}

std::string GraphBuilder::dense(const std::string& id, int units) {
    return add(Op::Dense, id, {{"units", units}});
}

std::string GraphBuilder::dropout(const std::string& id, double rate) {
    return add(Op::Dropout, id, {{"rate", rate}});
}

std::string GraphBuilder::sum(const std::string& id, const std::string& a, const std::string& b) {
    return add(Op::Add, id, Json::object(), {a, b});
}

std::string GraphBuilder::squeezeExcitation(const std::string& id, int channels, int squeeze,
                                            const std::string& activation, const std::string& gate) {
    const std::string arrived = last();
    add(Op::AdaptiveAvgPool, id + ".avgpool", {{"size", 1}});
    conv(id + ".fc1", squeeze, 1, 1, 0);
    this->activation(id + ".activation", activation);
    conv(id + ".fc2", channels, 1, 1, 0);
    this->activation(id + ".scale_activation", gate);
    return add(Op::Multiply, id, Json::object(), {arrived, last()});
}

GraphSpec GraphBuilder::finish(Initializer initializer, std::string preprocessing) {
    m_spec.outputs = {{"main", last(), 1.0}};
    m_spec.initializer = initializer;
    m_spec.preprocessing = std::move(preprocessing);
    return std::move(m_spec);
}

} // namespace sightline
