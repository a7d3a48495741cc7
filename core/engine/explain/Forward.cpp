// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include "engine/explain/Door.h"
#include "engine/module/ComputeThreads.h"
#include "engine/module/LoadedModel.h"

namespace sightline::engine {

namespace {

Result<FloatArray> forwarded(const ForwardRequest& request) {
    const auto& shape = request.input.shape;
    if (shape.size() != 3 || request.input.size() < 1)
        return badInput("The input must be an array of height x width x channel.");
    for (const std::int64_t extent : shape)
        if (extent > 100'000)
            return badInput("The input is larger than 100,000 in one direction.");
    const ComputeThreads threads(request.threads);
    const auto graph = graphByName(request.model, static_cast<int>(shape[0]), static_cast<int>(shape[1]),
                                   static_cast<int>(shape[2]), request.classes, request.options);
    if (!graph)
        return graph.error();
    if (graph->height != shape[0] || graph->width != shape[1] || graph->channels != shape[2])
        return badInput("The network " + graph->name + " takes " + std::to_string(graph->height) + " x " +
                        std::to_string(graph->width) + " x " + std::to_string(graph->channels) + ", the input is " +
                        std::to_string(shape[0]) + " x " + std::to_string(shape[1]) + " x " + std::to_string(shape[2]) +
                        ".");
    auto module = GraphModule::blank(*graph);
    if (!module)
        return module.error();
    if (const auto loaded = loadWeights(**module, request.weights); !loaded)
        return loaded.error();
    torch::NoGradGuard noGradients;
    const torch::Tensor images = torch::from_blob(const_cast<float*>(request.input.values.data()),
                                                  {1, shape[0], shape[1], shape[2]}, torch::kFloat)
                                     .permute({0, 3, 1, 2});
    const torch::Tensor logits = (*module)->infer(images)[0][0].contiguous();
    FloatArray result;
    result.shape = {logits.numel()};
    result.values.assign(logits.data_ptr<float>(), logits.data_ptr<float>() + logits.numel());
    return result;
}

} // namespace

Result<FloatArray> forward(const ForwardRequest& request) {
    try {
        return forwarded(request);
    } catch (const std::exception& exception) {
        return Error{"The forward pass failed: " + std::string(exception.what())};
    }
}

} // namespace sightline::engine
