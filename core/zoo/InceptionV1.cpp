// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "zoo/Architectures.h"
#include "zoo/GraphBuilder.h"

namespace sightline {

namespace {

/// Filters of 1 x 1 | 3 x 3 reduce, 3 x 3 | 5 x 5 reduce, 5 x 5 | after the pool.
using Filters = std::array<int, 6>;

std::string convRelu(GraphBuilder& g, const std::string& id, int filters, int kernel, const std::string& from = {}) {
    g.conv(id, filters, kernel, 1, "same", true, 1, from);
    return g.activation(id + ".relu");
}

void inception(GraphBuilder& g, const std::string& id, const Filters& filters) {
    const std::string arrived = g.last();
    const std::string one = convRelu(g, id + ".conv1x1", filters[0], 1, arrived);
    convRelu(g, id + ".conv3x3_reduce", filters[1], 1, arrived);
    const std::string three = convRelu(g, id + ".conv3x3", filters[2], 3);
    convRelu(g, id + ".conv5x5_reduce", filters[3], 1, arrived);
    const std::string five = convRelu(g, id + ".conv5x5", filters[4], 5);
    g.maxPool(id + ".pool", 3, 1, "same", arrived);
    const std::string pooled = convRelu(g, id + ".pool_proj", filters[5], 1);
    g.add(Op::Concat, id, Json::object(), {one, three, five, pooled});
}

/// The side classifier: a 5 x 5 average every 3 pixels, 128 channels, 1024 units. `id` is also the output's name.
void auxiliary(GraphBuilder& g, const std::string& id, const std::string& from, const ZooRequest& request) {
    g.add(Op::AvgPool, id + ".pool", {{"kernel", 5}, {"stride", 3}}, {from});
    convRelu(g, id + ".conv", 128, 1);
    g.add(Op::Flatten, id + ".flatten");
    g.dense(id + ".dense", 1024);
    g.activation(id + ".dense.relu");
    if (const double dropout = request.options["auxiliary_dropout"].get<double>(); dropout > 0)
        g.dropout(id + ".dropout", dropout);
    g.dense(id, request.classes);
}

void localResponseNorm(GraphBuilder& g, const std::string& id) {
    g.add(Op::LocalResponseNorm, id,
          {{"size", 11}, {"alpha", 11.0}, {"beta", 0.5}, {"k", 1.0}}); // TensorFlow's defaults
}

void stem(GraphBuilder& g, bool book) {
    convRelu(g, "conv1", 64, 7);
    g.maxPool("pool1", 3, 2, "same");
    if (book)
        localResponseNorm(g, "lrn1");
    g.conv("conv2_reduce", 64, 1, 1, "same");
    if (!book)
        g.activation("conv2_reduce.relu");
    convRelu(g, "conv2", 192, 3);
    if (book)
        localResponseNorm(g, "lrn2");
    g.maxPool("pool2", 3, book ? 1 : 2, "same");
}

} // namespace

/// The texts' Inception v1 for small images (SPEC 2.3), with its two auxiliary heads.
Result<GraphSpec> inceptionV1(const ZooRequest& request) {
    const bool book = request.options["variant"] == "book";
    GraphBuilder g("inception_v1", request);
    stem(g, book);
    inception(g, "inception_3a", {64, 96, 128, 16, 32, 32});
    inception(g, "inception_3b", {128, 128, 192, 32, 96, 64});
    g.maxPool("pool3", 3, 2, "same");
    inception(g, "inception_4a", {192, 96, 208, 16, 48, 64});
    inception(g, "inception_4b", {160, 112, 224, 24, 64, 64});
    inception(g, "inception_4c", {128, 128, 256, 24, 64, 64});
    inception(g, "inception_4d", {112, 144, 288, 32, 64, 64});
    inception(g, "inception_4e", {256, 160, 320, 32, 128, 128});
    g.maxPool("pool4", 3, 2, "same");
    inception(g, "inception_5a", {256, 160, 320, 32, 128, 128});
    inception(g, "inception_5b", {384, 192, 384, 48, 128, 128});
    g.add(Op::AvgPool, "pool5", {{"kernel", 7}, {"stride", 7}, {"padding", book ? "valid" : "same"}});
    g.add(Op::Flatten, "flatten");
    if (const double dropout = request.options["dropout"].get<double>(); dropout > 0)
        g.dropout("dropout", dropout);
    const std::string main = book ? "final" : "main_out";
    g.dense(main, request.classes);
    const bool heads = request.options["auxiliary"].get<bool>();
    if (heads) {
        auxiliary(g, "aux1", "inception_4a", request);
        auxiliary(g, "aux2", "inception_4d", request);
    }
    GraphSpec spec = g.finish(Initializer::GlorotUniform, "rescale");
    const double weight = book ? 1.0 : 0.3;
    spec.outputs = {{main, main, 1.0}};
    if (heads) {
        spec.outputs.push_back({"aux1", "aux1", weight});
        spec.outputs.push_back({"aux2", "aux2", weight});
    }
    return spec;
}

} // namespace sightline
