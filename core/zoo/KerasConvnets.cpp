// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/Architectures.h"
#include "zoo/GraphBuilder.h"

namespace sightline {

namespace {

/// torch's momentum, not Keras' 0.01: with the few steps of a small set the running statistics would never catch up.
constexpr double kBatchNormMomentum = 0.1;

/// Keras numbers layers from the second on: conv2d, conv2d_1, ...
std::string numbered(const std::string& name, std::size_t index) {
    return index == 0 ? name : name + "_" + std::to_string(index);
}

/// Convolution, ReLU, 2 x 2 pool, once per filter count; pools after the first `pools` convolutions.
void plainBlocks(GraphBuilder& g, const std::vector<int>& filters, std::size_t pools) {
    for (std::size_t i = 0; i < filters.size(); ++i) {
        g.conv(numbered("conv2d", i), filters[i], 3, 1, "valid");
        g.activation(numbered("activation", i));
        if (i < pools)
            g.maxPool(numbered("max_pooling2d", i), 2, 2, 0);
    }
}

} // namespace

Result<GraphSpec> toyCnn(const ZooRequest& request) {
    const auto filters = request.options["filters"].get<std::vector<int>>();
    const auto kernels = request.options["kernels"].get<std::vector<int>>();
    const auto units = request.options["dense"].get<std::vector<int>>();
    const double dropout = request.options["dropout"].get<double>();
    const bool dropsLogits = request.options["dropout_place"] == "logits";
    const bool batchNorm = request.options["batch_norm"].get<bool>();
    if (filters.empty())
        return badInput("model.options.filters: at least one convolution is needed.");
    if (kernels.size() > filters.size())
        return badInput("model.options.kernels: there are more kernels than filters.");

    GraphBuilder g("toy_cnn", request);
    for (std::size_t i = 0; i < filters.size(); ++i) {
        const int kernel = kernels.empty() ? 3 : kernels[std::min(i, kernels.size() - 1)];
        g.conv(numbered("conv2d", i), filters[i], kernel, 1, "same");
        if (batchNorm)
            g.batchNorm(numbered("batch_normalization", i), 1e-3, kBatchNormMomentum);
        g.activation(numbered("activation", i));
        g.maxPool(numbered("max_pooling2d", i), 2, 2, 0);
    }
    if (request.options["global_pool"].get<bool>())
        g.add(Op::GlobalAvgPool, "global_average_pooling2d");
    else
        g.add(Op::Flatten, "flatten");
    std::size_t dense = 0;
    for (const int count : units) {
        g.dense(numbered("dense", dense), count);
        g.activation(numbered("activation", filters.size() + dense));
        if (dropout > 0 && !dropsLogits)
            g.dropout(numbered("dropout", dense), dropout);
        ++dense;
    }
    g.dense(numbered("dense", dense), request.classes);
    if (dropout > 0 && dropsLogits)
        g.dropout("dropout", dropout);
    return g.finish(Initializer::GlorotUniform, "rescale");
}

Result<GraphSpec> mnistConvnet(const ZooRequest& request) {
    GraphBuilder g("mnist_convnet", request);
    plainBlocks(g, {32, 64, 64}, request.options["max_pool"].get<bool>() ? 2 : 0);
    g.add(Op::Flatten, "flatten");
    g.dense("dense", 64);
    g.activation("activation_3");
    g.dense("dense_1", request.classes);
    return g.finish(Initializer::GlorotUniform, "rescale");
}

Result<GraphSpec> catsDogsCnn(const ZooRequest& request) {
    GraphBuilder g("cats_dogs_cnn", request);
    plainBlocks(g, {32, 64, 128, 128}, 4);
    g.add(Op::Flatten, "flatten");
    const double dropout = request.options["dropout"].get<double>();
    if (dropout > 0)
        g.dropout("dropout", dropout);
    g.dense("dense", 512);
    g.activation("activation_4");
    g.dense("dense_1", request.classes);
    return g.finish(Initializer::GlorotUniform, "rescale");
}

} // namespace sightline
