// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/Architectures.h"
#include "zoo/GraphBuilder.h"

namespace sightline {

namespace {

constexpr int kGrowth = 32;

/// Batch-norm and ReLU come before each convolution; what it adds is joined to all that arrived.
void layer(GraphBuilder& g, const std::string& id) {
    const std::string arrived = g.last();
    g.batchNorm(id + ".norm1");
    g.activation(id + ".relu1");
    g.conv(id + ".conv1", 4 * kGrowth, 1, 1, 0, false);
    g.batchNorm(id + ".norm2");
    g.activation(id + ".relu2");
    g.conv(id + ".conv2", kGrowth, 3, 1, 1, false);
    g.add(Op::Concat, id + ".concat", Json::object(), {arrived, id + ".conv2"});
}

} // namespace

/// DenseNet-121; node ids are torchvision's and timm's weight names.
Result<GraphSpec> denseNet121(const ZooRequest& request) {
    static constexpr int kLayers[] = {6, 12, 24, 16};
    GraphBuilder g("densenet121", request);
    g.conv("features.conv0", 64, 7, 2, 3, false);
    g.batchNorm("features.norm0");
    g.activation("features.relu0");
    g.maxPool("features.pool0", 3, 2, 1);
    int channels = 64;
    for (std::size_t block = 0; block < std::size(kLayers); ++block) {
        const std::string number = std::to_string(block + 1);
        for (int i = 1; i <= kLayers[block]; ++i)
            layer(g, "features.denseblock" + number + ".denselayer" + std::to_string(i));
        channels += kLayers[block] * kGrowth;
        if (block + 1 < std::size(kLayers)) {
            const std::string id = "features.transition" + number;
            channels /= 2;
            g.batchNorm(id + ".norm");
            g.activation(id + ".relu");
            g.conv(id + ".conv", channels, 1, 1, 0, false);
            g.add(Op::AvgPool, id + ".pool", {{"kernel", 2}, {"stride", 2}});
        }
    }
    g.batchNorm("features.norm5");
    g.activation("features.relu5");
    g.add(Op::GlobalAvgPool, "avgpool");
    if (const double dropout = request.options["dropout"].get<double>(); dropout > 0)
        g.dropout("dropout", dropout);
    g.dense("classifier", request.classes);
    return g.finish(Initializer::KaimingNormalFanIn, "imagenet");
}

} // namespace sightline
