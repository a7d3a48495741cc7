// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/Architectures.h"
#include "zoo/GraphBuilder.h"

namespace sightline {

namespace {

struct Stage {
    int expansion, channels, repeats, stride;
};

} // namespace

/// torchvision's MobileNetV2; node ids are its weight names.
Result<GraphSpec> mobilenetV2(const ZooRequest& request) {
    static constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                                        {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
    GraphBuilder g("mobilenet_v2", request);
    g.conv("features.0.0", 32, 3, 2, 1, false);
    g.batchNorm("features.0.1");
    g.activation("features.0.2", "relu6");
    int channels = 32;
    int index = 1;
    for (const Stage& stage : kStages) {
        for (int repeat = 0; repeat < stage.repeats; ++repeat, ++index) {
            const std::string id = "features." + std::to_string(index) + ".conv.";
            const int stride = repeat == 0 ? stage.stride : 1;
            const int hidden = channels * stage.expansion;
            const std::string arrived = g.last();
            int part = 0;
            if (stage.expansion != 1) {
                g.conv(id + "0.0", hidden, 1, 1, 0, false);
                g.batchNorm(id + "0.1");
                g.activation(id + "0.2", "relu6");
                part = 1;
            }
            const std::string depthwise = id + std::to_string(part);
            g.conv(depthwise + ".0", hidden, 3, stride, 1, false, hidden);
            g.batchNorm(depthwise + ".1");
            g.activation(depthwise + ".2", "relu6");
            g.conv(id + std::to_string(part + 1), stage.channels, 1, 1, 0, false);
            g.batchNorm(id + std::to_string(part + 2));
            if (stride == 1 && channels == stage.channels)
                g.sum("features." + std::to_string(index) + ".add", g.last(), arrived);
            channels = stage.channels;
        }
    }
    g.conv("features.18.0", 1280, 1, 1, 0, false);
    g.batchNorm("features.18.1");
    g.activation("features.18.2", "relu6");
    g.add(Op::GlobalAvgPool, "avgpool");
    g.dropout("classifier.0", request.options["dropout"].get<double>());
    g.dense("classifier.1", request.classes);
    return g.finish(Initializer::KaimingNormalSmallDense, "imagenet");
}

} // namespace sightline
