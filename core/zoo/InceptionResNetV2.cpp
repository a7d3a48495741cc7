// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/Architectures.h"
#include "zoo/GraphBuilder.h"

namespace sightline {

namespace {

struct Conv {
    int filters;
    Json kernel = 1;
    int stride = 1;
    Json padding = 0;
};

std::string convBnRelu(GraphBuilder& g, const std::string& id, const Conv& conv, const std::string& from = {}) {
    g.conv(id + ".conv", conv.filters, conv.kernel, conv.stride, conv.padding, false, 1, from);
    g.batchNorm(id + ".bn", 1e-3);
    return g.activation(id + ".relu");
}

/// Several in a row: `<id>.0`, `<id>.1` ...
std::string chain(GraphBuilder& g, const std::string& id, const std::vector<Conv>& convs, const std::string& from) {
    std::string last = from;
    for (std::size_t i = 0; i < convs.size(); ++i)
        last = convBnRelu(g, id + "." + std::to_string(i), convs[i], last);
    return last;
}

void joined(GraphBuilder& g, const std::string& id, std::vector<std::string> parts) {
    g.add(Op::Concat, id, Json::object(), std::move(parts));
}

/// x + scale * (1 x 1 of the joined branches), then ReLU where asked.
void residual(GraphBuilder& g, const std::string& id, int channels, double scale, const std::string& shortcut,
              bool relu = true) {
    const std::string branch = g.conv(id + ".conv2d", channels, 1, 1, 0);
    g.add(Op::Add, relu ? id + ".add" : id, {{"scales", {1.0, scale}}}, {shortcut, branch});
    if (relu)
        g.activation(id);
}

void block35(GraphBuilder& g, const std::string& id) {
    const std::string x = g.last();
    const std::string b0 = convBnRelu(g, id + ".branch0", {32}, x);
    const std::string b1 = chain(g, id + ".branch1", {{32}, {32, 3, 1, 1}}, x);
    const std::string b2 = chain(g, id + ".branch2", {{32}, {48, 3, 1, 1}, {64, 3, 1, 1}}, x);
    joined(g, id + ".concat", {b0, b1, b2});
    residual(g, id, 320, 0.17, x);
}

void block17(GraphBuilder& g, const std::string& id) {
    const std::string x = g.last();
    const std::string b0 = convBnRelu(g, id + ".branch0", {192}, x);
    const std::string b1 = chain(g, id + ".branch1", {{128}, {160, {1, 7}, 1, {0, 3}}, {192, {7, 1}, 1, {3, 0}}}, x);
    joined(g, id + ".concat", {b0, b1});
    residual(g, id, 1088, 0.10, x);
}

void block8(GraphBuilder& g, const std::string& id, double scale, bool relu) {
    const std::string x = g.last();
    const std::string b0 = convBnRelu(g, id + ".branch0", {192}, x);
    const std::string b1 = chain(g, id + ".branch1", {{192}, {224, {1, 3}, 1, {0, 1}}, {256, {3, 1}, 1, {1, 0}}}, x);
    joined(g, id + ".concat", {b0, b1});
    residual(g, id, 2080, scale, x, relu);
}

void stem(GraphBuilder& g) {
    convBnRelu(g, "conv2d_1a", {32, 3, 2});
    convBnRelu(g, "conv2d_2a", {32, 3});
    convBnRelu(g, "conv2d_2b", {64, 3, 1, 1});
    g.maxPool("maxpool_3a", 3, 2, 0);
    convBnRelu(g, "conv2d_3b", {80});
    convBnRelu(g, "conv2d_4a", {192, 3});
    g.maxPool("maxpool_5a", 3, 2, 0);
}

void mixed5b(GraphBuilder& g) {
    const std::string x = g.last();
    const std::string b0 = convBnRelu(g, "mixed_5b.branch0", {96}, x);
    const std::string b1 = chain(g, "mixed_5b.branch1", {{48}, {64, 5, 1, 2}}, x);
    const std::string b2 = chain(g, "mixed_5b.branch2", {{64}, {96, 3, 1, 1}, {96, 3, 1, 1}}, x);
    const std::string pool =
        g.add(Op::AvgPool, "mixed_5b.branch3.0", {{"kernel", 3}, {"stride", 1}, {"padding", 1}}, {x});
    const std::string b3 = convBnRelu(g, "mixed_5b.branch3.1", {64}, pool);
    joined(g, "mixed_5b", {b0, b1, b2, b3});
}

void mixed6a(GraphBuilder& g) {
    const std::string x = g.last();
    const std::string b0 = convBnRelu(g, "mixed_6a.branch0", {384, 3, 2}, x);
    const std::string b1 = chain(g, "mixed_6a.branch1", {{256}, {256, 3, 1, 1}, {384, 3, 2}}, x);
    const std::string b2 = g.maxPool("mixed_6a.branch2", 3, 2, 0, x);
    joined(g, "mixed_6a", {b0, b1, b2});
}

void mixed7a(GraphBuilder& g) {
    const std::string x = g.last();
    const std::string b0 = chain(g, "mixed_7a.branch0", {{256}, {384, 3, 2}}, x);
    const std::string b1 = chain(g, "mixed_7a.branch1", {{256}, {288, 3, 2}}, x);
    const std::string b2 = chain(g, "mixed_7a.branch2", {{256}, {288, 3, 1, 1}, {320, 3, 2}}, x);
    const std::string b3 = g.maxPool("mixed_7a.branch3", 3, 2, 0, x);
    joined(g, "mixed_7a", {b0, b1, b2, b3});
}

} // namespace

/// Inception-ResNet v2 (SPEC 2.8); node ids are timm's weight names.
Result<GraphSpec> inceptionResNetV2(const ZooRequest& request) {
    GraphBuilder g("inception_resnet_v2", request);
    stem(g);
    mixed5b(g);
    for (int i = 0; i < 10; ++i)
        block35(g, "repeat." + std::to_string(i));
    mixed6a(g);
    for (int i = 0; i < 20; ++i)
        block17(g, "repeat_1." + std::to_string(i));
    mixed7a(g);
    for (int i = 0; i < 9; ++i)
        block8(g, "repeat_2." + std::to_string(i), 0.20, true);
    block8(g, "block8", 1.0, false);
    convBnRelu(g, "conv2d_7b", {1536});
    g.add(Op::GlobalAvgPool, "global_pool");
    if (const double dropout = request.options["dropout"].get<double>(); dropout > 0)
        g.dropout("dropout", dropout);
    g.dense("classif", request.classes);
    return g.finish(Initializer::TorchDefault, "half");
}

} // namespace sightline
