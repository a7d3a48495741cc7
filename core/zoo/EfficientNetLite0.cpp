// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/Architectures.h"
#include "zoo/GraphBuilder.h"

namespace sightline {

namespace {

struct Stage {
    int expansion, kernel, stride, channels, repeats;
};

/// What tells the twins apart: where the padding goes, and batch-norm's epsilon.
struct Twin {
    bool tensorflow;
    Json padding(int kernel) const { return tensorflow ? Json("same") : Json((kernel - 1) / 2); }
    double eps() const { return tensorflow ? 1e-3 : 1e-5; }
};

void convBn(GraphBuilder& g, const Twin& twin, const std::string& conv, const std::string& norm, int filters,
            int kernel, int stride, int groups, bool relu) {
    g.conv(conv, filters, kernel, stride, twin.padding(kernel), false, groups);
    g.batchNorm(norm, twin.eps());
    if (relu)
        g.activation(norm + ".act", "relu6");
}

/// Node ids are timm's weight names.
GraphSpec efficientNetLite0(const std::string& name, const Twin& twin, const ZooRequest& request) {
    static constexpr Stage kStages[] = {{1, 3, 1, 16, 1},  {6, 3, 2, 24, 2},  {6, 5, 2, 40, 2}, {6, 3, 2, 80, 3},
                                        {6, 5, 1, 112, 3}, {6, 5, 2, 192, 4}, {6, 3, 1, 320, 1}};
    GraphBuilder g(name, request);
    convBn(g, twin, "conv_stem", "bn1", 32, 3, 2, 1, true);
    int channels = 32;
    for (std::size_t s = 0; s < std::size(kStages); ++s) {
        const Stage& stage = kStages[s];
        for (int b = 0; b < stage.repeats; ++b) {
            const std::string id = "blocks." + std::to_string(s) + "." + std::to_string(b) + ".";
            const int stride = b == 0 ? stage.stride : 1;
            const int hidden = channels * stage.expansion;
            const std::string arrived = g.last();
            if (stage.expansion == 1) {
                convBn(g, twin, id + "conv_dw", id + "bn1", hidden, stage.kernel, stride, hidden, true);
                convBn(g, twin, id + "conv_pw", id + "bn2", stage.channels, 1, 1, 1, false);
            } else {
                convBn(g, twin, id + "conv_pw", id + "bn1", hidden, 1, 1, 1, true);
                convBn(g, twin, id + "conv_dw", id + "bn2", hidden, stage.kernel, stride, hidden, true);
                convBn(g, twin, id + "conv_pwl", id + "bn3", stage.channels, 1, 1, 1, false);
            }
            if (stride == 1 && channels == stage.channels)
                g.sum(id + "add", g.last(), arrived);
            channels = stage.channels;
        }
    }
    convBn(g, twin, "conv_head", "bn2", 1280, 1, 1, 1, true);
    g.add(Op::GlobalAvgPool, "global_pool");
    if (const double dropout = request.options["dropout"].get<double>(); dropout > 0)
        g.dropout("dropout", dropout);
    g.dense("classifier", request.classes);
    return g.finish(Initializer::GroupNormalUniformDense, twin.tensorflow ? "half" : "imagenet");
}

} // namespace

Result<GraphSpec> efficientNetLite0(const ZooRequest& request) {
    return efficientNetLite0("efficientnet_lite0", {false}, request);
}

Result<GraphSpec> tfEfficientNetLite0(const ZooRequest& request) {
    return efficientNetLite0("tf_efficientnet_lite0", {true}, request);
}

} // namespace sightline
