// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/Architectures.h"
#include "zoo/GraphBuilder.h"

namespace sightline {

namespace {

struct Stage {
    int expansion, kernel, stride, channels, repeats;
};

void convBn(GraphBuilder& g, const std::string& id, int filters, int kernel, int stride, int groups, bool act) {
    g.conv(id + ".0", filters, kernel, stride, (kernel - 1) / 2, false, groups);
    g.batchNorm(id + ".1");
    if (act)
        g.activation(id + ".2", "silu");
}

} // namespace

/// EfficientNet-B0; node ids are torchvision's weight names.
Result<GraphSpec> efficientNetB0(const ZooRequest& request) {
    static constexpr Stage kStages[] = {{1, 3, 1, 16, 1},  {6, 3, 2, 24, 2},  {6, 5, 2, 40, 2}, {6, 3, 2, 80, 3},
                                        {6, 5, 1, 112, 3}, {6, 5, 2, 192, 4}, {6, 3, 1, 320, 1}};
    GraphBuilder g("efficientnet_b0", request);
    convBn(g, "features.0", 32, 3, 2, 1, true);
    int channels = 32;
    for (std::size_t s = 0; s < std::size(kStages); ++s) {
        const Stage& stage = kStages[s];
        for (int b = 0; b < stage.repeats; ++b) {
            const std::string unit = "features." + std::to_string(s + 1) + "." + std::to_string(b);
            const int stride = b == 0 ? stage.stride : 1;
            const int hidden = channels * stage.expansion;
            const std::string arrived = g.last();
            int part = 0;
            const auto next = [&] { return unit + ".block." + std::to_string(part++); };
            if (stage.expansion != 1)
                convBn(g, next(), hidden, 1, 1, 1, true);
            convBn(g, next(), hidden, stage.kernel, stride, hidden, true);
            g.squeezeExcitation(next(), hidden, channels / 4, "silu", "sigmoid");
            convBn(g, next(), stage.channels, 1, 1, 1, false);
            if (stride == 1 && channels == stage.channels)
                g.sum(unit + ".add", g.last(), arrived);
            channels = stage.channels;
        }
    }
    convBn(g, "features.8", 1280, 1, 1, 1, true);
    g.add(Op::GlobalAvgPool, "avgpool");
    g.dropout("classifier.0", request.options["dropout"].get<double>());
    g.dense("classifier.1", request.classes);
    return g.finish(Initializer::KaimingNormalUniformDense, "imagenet");
}

} // namespace sightline
