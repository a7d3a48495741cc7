// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include "engine/explain/Explain.h"
#include "engine/explain/ExplainTools.h"
#include "engine/module/ComputeThreads.h"

namespace sightline::engine {

namespace {

constexpr std::size_t kImagesAtOnce = 16;

Result<std::vector<ImagePrediction>> predicted(const PredictRequest& request, std::stop_token stop,
                                               const Progress& progress) {
    const ComputeThreads threads(request.threads);
    const auto shared = sharedModel(request.source);
    if (!shared)
        return shared.error();
    const LoadedModel& model = **shared;
    torch::NoGradGuard noGradients;
    std::vector<ImagePrediction> predictions(request.images.size());
    for (std::size_t begin = 0; begin < request.images.size(); begin += kImagesAtOnce) {
        const std::size_t end = std::min(request.images.size(), begin + kImagesAtOnce);
        std::vector<torch::Tensor> inputs;
        std::vector<std::size_t> read;
        for (std::size_t i = begin; i < end; ++i) {
            if (stop.stop_requested())
                return cancelled();
            predictions[i].path = request.images[i].string();
            const auto image = readImage(request.images[i], model.data.pixels);
            if (!image) {
                predictions[i].error = image.error().message;
                continue;
            }
            inputs.push_back(preparedInput(model, preparedImage(model, *image)));
            read.push_back(i);
        }
        if (!inputs.empty()) {
            const torch::Tensor logits =
                model.module->infer(torch::cat(inputs).contiguous(at::MemoryFormat::ChannelsLast))[0];
            for (std::size_t i = 0; i < read.size(); ++i)
                predictions[read[i]].probabilities = probabilitiesOf(logits[static_cast<std::int64_t>(i)]);
        }
        if (progress)
            progress(end, request.images.size());
    }
    return predictions;
}

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

Result<std::vector<ImagePrediction>> predict(const PredictRequest& request, std::stop_token stop,
                                             const Progress& progress) {
    try {
        return predicted(request, stop, progress);
    } catch (const std::exception& exception) {
        return Error{"The prediction failed: " + std::string(exception.what())};
    }
}

Result<FloatArray> forward(const ForwardRequest& request) {
    try {
        return forwarded(request);
    } catch (const std::exception& exception) {
        return Error{"The forward pass failed: " + std::string(exception.what())};
    }
}

} // namespace sightline::engine
