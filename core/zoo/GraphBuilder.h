// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "network/GraphSpec.h"
#include "zoo/Zoo.h"

namespace sightline {

/// Writes the nodes of an architecture in order. Each call appends one node and gives its id; an empty `from` means the
/// node before.
///
///     GraphBuilder g("tiny", request);
///     g.conv("conv1", 32, 3, 1, "same");
///     g.activation("relu1");
class GraphBuilder {
public:
    GraphBuilder(std::string name, const ZooRequest& request);

    std::string add(Op op, const std::string& id, Json attributes = Json::object(),
                    std::vector<std::string> inputs = {});
    std::string conv(const std::string& id, int filters, Json kernel, int stride, Json padding, bool bias = true,
                     int groups = 1, const std::string& from = {});
    std::string batchNorm(const std::string& id, double eps = 1e-5, double momentum = 0.1);
    std::string activation(const std::string& id, const std::string& kind = "relu");
    std::string maxPool(const std::string& id, int kernel, int stride, Json padding, const std::string& from = {});
    std::string dense(const std::string& id, int units);
    std::string dropout(const std::string& id, double rate);
    std::string sum(const std::string& id, const std::string& a, const std::string& b);
    /// Squeeze and excitation (Hu et al. 2018): the image's mean, `<id>.fc1` to `squeeze` channels, `activation`,
    /// `<id>.fc2` back, `gate`; the factors multiply what arrived.
    std::string squeezeExcitation(const std::string& id, int channels, int squeeze, const std::string& activation,
                                  const std::string& gate);
    const std::string& last() const { return m_spec.nodes.back().id; }

    /// The network with the last node as its main output.
    GraphSpec finish(Initializer initializer, std::string preprocessing);

private:
    GraphSpec m_spec;
};

} // namespace sightline
