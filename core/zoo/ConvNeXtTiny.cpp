// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/Architectures.h"
#include "zoo/GraphBuilder.h"

namespace sightline {

namespace {

void layerNorm(GraphBuilder& g, const std::string& id) {
    g.add(Op::LayerNorm, id, {{"eps", 1e-6}});
}

/// Depthwise 7 x 7, layer-norm, four times wider and back, a learned factor a channel, the sum. The two dense layers
/// over channels are 1 x 1 convolutions here.
void block(GraphBuilder& g, const std::string& unit, int channels) {
    const std::string arrived = g.last();
    g.conv(unit + ".block.0", channels, 7, 1, 3, true, channels);
    layerNorm(g, unit + ".block.2");
    g.conv(unit + ".block.3", 4 * channels, 1, 1, 0);
    g.activation(unit + ".block.4", "gelu");
    g.conv(unit + ".block.5", channels, 1, 1, 0);
    g.add(Op::ChannelScale, unit + ".layer_scale", {{"initial", 1e-6}});
    g.sum(unit + ".add", g.last(), arrived);
}

} // namespace

/// ConvNeXt-Tiny; node ids are torchvision's weight names.
Result<GraphSpec> convNeXtTiny(const ZooRequest& request) {
    static constexpr int kChannels[] = {96, 192, 384, 768};
    static constexpr int kBlocks[] = {3, 3, 9, 3};
    GraphBuilder g("convnext_tiny", request);
    g.conv("features.0.0", kChannels[0], 4, 4, 0);
    layerNorm(g, "features.0.1");
    for (std::size_t stage = 0; stage < 4; ++stage) {
        if (stage > 0) {
            const std::string id = "features." + std::to_string(2 * stage);
            layerNorm(g, id + ".0");
            g.conv(id + ".1", kChannels[stage], 2, 2, 0);
        }
        for (int b = 0; b < kBlocks[stage]; ++b)
            block(g, "features." + std::to_string(2 * stage + 1) + "." + std::to_string(b), kChannels[stage]);
    }
    g.add(Op::GlobalAvgPool, "avgpool");
    layerNorm(g, "classifier.0");
    if (const double dropout = request.options["dropout"].get<double>(); dropout > 0)
        g.dropout("dropout", dropout);
    g.dense("classifier.2", request.classes);
    return g.finish(Initializer::TruncatedNormal002, "imagenet");
}

} // namespace sightline
