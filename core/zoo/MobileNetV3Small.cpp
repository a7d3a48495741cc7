// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/Architectures.h"
#include "zoo/GraphBuilder.h"

namespace sightline {

namespace {

struct Block {
    int kernel, expanded, channels;
    bool squeeze, hardswish;
    int stride;
};

constexpr double kMomentum = 0.01;

struct Conv {
    int filters, kernel = 1, stride = 1, groups = 1;
    const char* activation = ""; ///< empty: none
};

void convBn(GraphBuilder& g, const std::string& id, const Conv& conv, double eps) {
    g.conv(id + ".0", conv.filters, conv.kernel, conv.stride, (conv.kernel - 1) / 2, false, conv.groups);
    g.batchNorm(id + ".1", eps, kMomentum);
    if (*conv.activation)
        g.activation(id + ".2", conv.activation);
}

/// Channels of the squeeze: a quarter, a multiple of 8, never more than a tenth below.
int squeezed(int expanded) {
    const double quarter = expanded / 4;
    const int rounded = std::max(8, static_cast<int>(quarter + 4) / 8 * 8);
    return rounded < 0.9 * quarter ? rounded + 8 : rounded;
}

} // namespace

/// MobileNetV3-Small; node ids are torchvision's weight names. timm's twin differs in batch-norm's epsilon.
Result<GraphSpec> mobileNetV3Small(const ZooRequest& request) {
    static constexpr Block kBlocks[] = {
        {3, 16, 16, true, false, 2}, {3, 72, 24, false, false, 2}, {3, 88, 24, false, false, 1},
        {5, 96, 40, true, true, 2},  {5, 240, 40, true, true, 1},  {5, 240, 40, true, true, 1},
        {5, 120, 48, true, true, 1}, {5, 144, 48, true, true, 1},  {5, 288, 96, true, true, 2},
        {5, 576, 96, true, true, 1}, {5, 576, 96, true, true, 1}};
    const double eps = request.options["batch_norm_epsilon"].get<double>();
    GraphBuilder g("mobilenet_v3_small", request);
    convBn(g, "features.0", {16, 3, 2, 1, "hardswish"}, eps);
    int channels = 16;
    for (std::size_t b = 0; b < std::size(kBlocks); ++b) {
        const Block& block = kBlocks[b];
        const std::string unit = "features." + std::to_string(b + 1);
        const char* activation = block.hardswish ? "hardswish" : "relu";
        const std::string arrived = g.last();
        int part = 0;
        const auto next = [&] { return unit + ".block." + std::to_string(part++); };
        if (block.expanded != channels)
            convBn(g, next(), {block.expanded, 1, 1, 1, activation}, eps);
        convBn(g, next(), {block.expanded, block.kernel, block.stride, block.expanded, activation}, eps);
        if (block.squeeze)
            g.squeezeExcitation(next(), block.expanded, squeezed(block.expanded), "relu", "hardsigmoid");
        convBn(g, next(), {block.channels}, eps);
        if (block.stride == 1 && channels == block.channels)
            g.sum(unit + ".add", g.last(), arrived);
        channels = block.channels;
    }
    convBn(g, "features.12", {576, 1, 1, 1, "hardswish"}, eps);
    g.add(Op::GlobalAvgPool, "avgpool");
    g.dense("classifier.0", 1024);
    g.activation("classifier.1", "hardswish");
    g.dropout("classifier.2", request.options["dropout"].get<double>());
    g.dense("classifier.3", request.classes);
    return g.finish(Initializer::KaimingNormalSmallDense, "imagenet");
}

} // namespace sightline
