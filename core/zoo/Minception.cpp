// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/Architectures.h"
#include "zoo/GraphBuilder.h"

namespace sightline {

namespace {

constexpr double kEps = 1e-3;
constexpr double kMomentum = 0.01; ///< Keras' .99
constexpr double kResidualScale = 0.1;

struct Conv {
    int filters;
    Json kernel;
    int stride = 1;
};

/// Convolution with bias and batch-norm, without an activation.
std::string convBn(GraphBuilder& g, const std::string& id, const Conv& conv, const std::string& from = {}) {
    g.conv(id, conv.filters, conv.kernel, conv.stride, "same", true, 1, from);
    return g.batchNorm(id + ".bn", kEps, kMomentum);
}

std::string convBnRelu(GraphBuilder& g, const std::string& id, const Conv& conv, const std::string& from = {}) {
    convBn(g, id, conv, from);
    return g.activation(id + ".relu");
}

void joined(GraphBuilder& g, const std::string& id, std::vector<std::string> parts) {
    g.add(Op::Concat, id, Json::object(), std::move(parts));
}

void stem(GraphBuilder& g) {
    convBnRelu(g, "stem.conv1_1", {32, 3, 2});
    convBnRelu(g, "stem.conv1_2", {32, 3});
    const std::string first = convBnRelu(g, "stem.conv1_3", {64, 3});
    const std::string pool1 = g.maxPool("stem.pool1", 3, 2, "same", first);
    const std::string conv1 = convBnRelu(g, "stem.conv2", {96, 3, 2}, first);
    joined(g, "stem.split1", {pool1, conv1});

    const std::string split1 = g.last();
    convBnRelu(g, "stem.conv3_1", {64, 1}, split1);
    const std::string left = convBnRelu(g, "stem.conv3_2", {96, 3});
    convBnRelu(g, "stem.conv4_1", {64, 1}, split1);
    convBn(g, "stem.conv4_2", {64, {7, 1}}); // the text gives this one no activation
    convBnRelu(g, "stem.conv4_3", {64, {1, 7}});
    const std::string right = convBnRelu(g, "stem.conv4_4", {96, 3});
    joined(g, "stem.split2", {left, right});

    const std::string split2 = g.last();
    const std::string pool3 = g.maxPool("stem.pool3", 3, 2, "same", split2);
    const std::string conv3 = convBnRelu(g, "stem.conv5", {192, 3, 2}, split2);
    joined(g, "stem.split3", {pool3, conv3});
}

/// A linear 1 x 1 back to the block's channels, the sum, ReLU. The text scales the shortcut; the papers scale the
/// branch.
void residual(GraphBuilder& g, const std::string& id, int channels, const std::string& shortcut, bool scaleShortcut) {
    const std::string branch = convBn(g, id + ".linear", {channels, 1});
    const Json scales = scaleShortcut ? Json{1.0, kResidualScale} : Json{kResidualScale, 1.0};
    g.add(Op::Add, id + ".add", {{"scales", scales}}, {branch, shortcut});
    g.activation(id);
}

void blockA(GraphBuilder& g, const std::string& id, bool scaleShortcut) {
    const std::string arrived = g.last();
    const std::string one = convBnRelu(g, id + ".branch1", {32, 1}, arrived);
    convBnRelu(g, id + ".branch2_1", {32, 1}, arrived);
    const std::string two = convBnRelu(g, id + ".branch2_2", {32, 1});
    convBnRelu(g, id + ".branch3_1", {32, 1}, arrived);
    convBnRelu(g, id + ".branch3_2", {48, 3});
    convBnRelu(g, id + ".branch3_3", {64, 3});
    const std::string three = convBnRelu(g, id + ".branch3_4", {384, 1});
    joined(g, id + ".concat", {one, two, three});
    residual(g, id, 384, arrived, scaleShortcut);
}

void reduction(GraphBuilder& g) {
    const std::string arrived = g.last();
    convBnRelu(g, "reduction.branch1_1", {256, 3, 2}, arrived);
    convBnRelu(g, "reduction.branch1_2", {256, 3});
    const std::string one = convBnRelu(g, "reduction.branch1_3", {384, 3});
    const std::string two = convBnRelu(g, "reduction.branch2", {384, 3, 2}, arrived);
    const std::string pool = g.maxPool("reduction.pool", 3, 2, "same", arrived);
    joined(g, "reduction", {one, two, pool});
}

void blockB(GraphBuilder& g, const std::string& id, bool scaleShortcut) {
    const std::string arrived = g.last();
    const std::string one = convBnRelu(g, id + ".branch1", {192, 1}, arrived);
    g.conv(id + ".branch2_1", 128, 1, 1, "same", true, 1, arrived);
    g.activation(id + ".branch2_1.conv_relu"); // the text: ReLU in the convolution, and again after batch-norm
    g.batchNorm(id + ".branch2_1.bn", kEps, kMomentum);
    g.activation(id + ".branch2_1.relu");
    convBnRelu(g, id + ".branch2_2", {160, {1, 7}});
    const std::string two = convBnRelu(g, id + ".branch2_3", {192, {7, 1}});
    joined(g, id + ".concat", {one, two});
    residual(g, id, 1152, arrived, scaleShortcut);
}

} // namespace

/// The texts' Minception, an Inception-ResNet v2 for small images (SPEC 2.4). Expects raw pixels: the contrast step
/// clips to 0...255.
Result<GraphSpec> minception(const ZooRequest& request) {
    const bool scaleShortcut = request.options["residual_scaling"] == "shortcut";
    GraphBuilder g("minception", request);
    const int crop = request.options["random_crop"].get<int>();
    if (crop > 0 && (request.height > crop || request.width > crop))
        g.add(Op::RandomCrop, "random_crop",
              {{"size", {std::min(crop, request.height), std::min(crop, request.width)}}});
    if (const double contrast = request.options["random_contrast"].get<double>(); contrast > 0)
        g.add(Op::RandomContrast, "random_contrast", {{"factor", contrast}});
    stem(g);
    blockA(g, "block_a", scaleShortcut);
    reduction(g);
    blockB(g, "block_b1", scaleShortcut);
    blockB(g, "block_b2", scaleShortcut);
    g.add(Op::AvgPool, "avg_pool", {{"kernel", 4}, {"stride", 1}});
    g.add(Op::Flatten, "flatten");
    if (const double dropout = request.options["dropout"].get<double>(); dropout > 0)
        g.dropout("dropout", dropout);
    g.dense("final", request.classes);
    return g.finish(Initializer::GlorotUniform, "none");
}

} // namespace sightline
