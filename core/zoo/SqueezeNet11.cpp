// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/Architectures.h"
#include "zoo/GraphBuilder.h"

namespace sightline {

namespace {

/// A squeeze of 1 x 1, then 1 x 1 and 3 x 3 side by side.
void fire(GraphBuilder& g, const std::string& id, int squeeze, int expand) {
    g.conv(id + ".squeeze", squeeze, 1, 1, 0);
    const std::string squeezed = g.activation(id + ".squeeze_activation");
    g.conv(id + ".expand1x1", expand, 1, 1, 0, true, 1, squeezed);
    const std::string one = g.activation(id + ".expand1x1_activation");
    g.conv(id + ".expand3x3", expand, 3, 1, 1, true, 1, squeezed);
    const std::string three = g.activation(id + ".expand3x3_activation");
    g.add(Op::Concat, id, Json::object(), {one, three});
}

} // namespace

/// SqueezeNet 1.1; node ids are torchvision's weight names. The classifier is a 1 x 1 convolution before the average.
Result<GraphSpec> squeezeNet11(const ZooRequest& request) {
    GraphBuilder g("squeezenet1_1", request);
    g.conv("features.0", 64, 3, 2, 0);
    g.activation("features.1");
    g.maxPool("features.2", 3, 2, "ceil");
    fire(g, "features.3", 16, 64);
    fire(g, "features.4", 16, 64);
    g.maxPool("features.5", 3, 2, "ceil");
    fire(g, "features.6", 32, 128);
    fire(g, "features.7", 32, 128);
    g.maxPool("features.8", 3, 2, "ceil");
    fire(g, "features.9", 48, 192);
    fire(g, "features.10", 48, 192);
    fire(g, "features.11", 64, 256);
    fire(g, "features.12", 64, 256);
    g.dropout("classifier.0", request.options["dropout"].get<double>());
    g.conv("classifier.1", request.classes, 1, 1, 0);
    g.activation("classifier.2");
    g.add(Op::GlobalAvgPool, "classifier.3");
    return g.finish(Initializer::KaimingUniform, "imagenet");
}

} // namespace sightline
