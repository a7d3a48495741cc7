// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/explain/Answers.h"
#include "engine/explain/Cam.h"
#include "engine/explain/Door.h"
#include "engine/explain/HeatMapTarget.h"
#include "engine/module/ComputeThreads.h"

namespace sightline::engine {

namespace {

/// The node to look at, checked: it exists, its output has places.
Result<std::string> layerOf(const GraphModule& module, const std::string& asked) {
    const std::string layer = asked.empty() ? defaultHeatMapNode(module.spec()) : asked;
    if (layer.empty())
        return badInput("The network " + module.spec().name +
                        " has no convolution to explain; choose a layer with height and width.");
    const auto& nodes = module.spec().nodes;
    const auto place = std::find_if(nodes.begin(), nodes.end(), [&](const Node& node) { return node.id == layer; });
    if (place == nodes.end())
        return badInput("The network " + module.spec().name + " has no layer '" + layer +
                        "'; `model summary` lists them.");
    if (module.cost().nodes[static_cast<std::size_t>(place - nodes.begin())].output.size() != 3)
        return badInput("The layer '" + layer +
                        "' has no height and width, so it gives no map; choose one before the pooling or flattening.");
    return layer;
}

/// Grad-CAM++ and XGrad-CAM divide by sums of activations, which cancel where those can be negative.
bool isIllConditioned(HeatMapMethod method, const Node& node, const torch::Tensor& activation) {
    return (method == HeatMapMethod::GradCamPlusPlus || method == HeatMapMethod::XGradCam) &&
           node.op != Op::Activation && activation.min().item<float>() < 0;
}

torch::Tensor scoreOf(const torch::Tensor& logits, const HeatMapTarget& target, bool logSoftmax) {
    const torch::Tensor scores = logSoftmax ? torch::log_softmax(logits[0], 0) : logits[0];
    return target.negative < 0 ? scores[target.positive] : scores[target.positive] - scores[target.negative];
}

struct Heat {
    torch::Tensor raw; ///< [u, v] after ReLU
    torch::Tensor logits;
    HeatMapTarget target;
};

/// Trunk, tail, one backward pass: all that `explain` costs.
Result<Heat> heatOf(const GraphModule& module, const torch::Tensor& input, const std::string& layer,
                    const HeatMapQuestion& request, const std::vector<std::string>& classes) {
    torch::AutoGradMode gradients(true);
    torch::Tensor cut;
    Heat heat;
    const torch::Tensor logits = module.forwardFromCut(input, layer, cut);
    if (!cut.defined() || !logits.defined())
        return badInput("The layer '" + layer + "' comes after the network's output; choose an earlier one.");
    heat.logits = logits.detach();
    const int predicted = static_cast<int>(heat.logits[0].argmax().item<std::int64_t>());
    auto target =
        parseHeatMapTarget(request.target, classes, static_cast<int>(logits.size(1)), predicted, request.truth);
    if (!target)
        return target.error();
    heat.target = std::move(*target);
    const torch::Tensor activation = cut.detach()[0];
    if (isIllConditioned(request.method, *module.spec().find(layer), activation))
        return badInput(std::string(nameOf(request.method)) + " needs a layer after its activation, and '" + layer +
                        "' has negative values; choose the activation that follows it, or gradcam.");
    torch::Tensor gradient;
    if (needsGradient(request.method)) {
        const torch::Tensor score = scoreOf(logits, heat.target, request.logSoftmax);
        if (score.requires_grad())
            gradient = torch::autograd::grad({score}, {cut}, {}, {}, false, true)[0];
        if (!gradient.defined())
            return badInput("The network's output does not depend on the layer '" + layer + "'; choose another.");
        gradient = gradient[0];
    }
    torch::NoGradGuard noGradients;
    heat.raw = camMap(request.method, activation, gradient);
    return heat;
}

/// Resized to the network's input and divided by the maximum; all zero stays so.
void fillMap(HeatMap& explanation, const torch::Tensor& raw, int height, int width) {
    torch::NoGradGuard noGradients;
    explanation.rawMap = toArray(raw);
    explanation.mapHeight = static_cast<int>(raw.size(0));
    explanation.mapWidth = static_cast<int>(raw.size(1));
    const torch::Tensor map = torch::upsample_bilinear2d(raw.unsqueeze(0).unsqueeze(0), {height, width}, false)[0][0];
    const double maximum = map.max().item<double>();
    explanation.saturated = !std::isfinite(maximum) || maximum <= 0;
    explanation.maximum = explanation.saturated ? 0 : maximum;
    explanation.map = toArray(explanation.saturated ? torch::zeros_like(map) : map / maximum);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// Median milliseconds of `work`, after warming up.
template <typename Work>
double measured(Work work) {
    std::vector<double> times;
    for (int round = 0; round < 18; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        if (round >= 3)
            times.push_back(
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    return median(std::move(times));
}

Result<ExplainBench> benchmarked(const ExplainBenchRequest& request) {
    const ComputeThreads threads(request.threads);
    const auto graph =
        graphByName(request.model, request.height, request.width, request.channels, request.classes, request.options);
    if (!graph)
        return graph.error();
    auto module = GraphModule::make(*graph, 1);
    if (!module)
        return module.error();
    const auto layer = layerOf(**module, {});
    if (!layer)
        return layer.error();
    const torch::Tensor input =
        torch::rand({1, request.channels, request.height, request.width}).contiguous(at::MemoryFormat::ChannelsLast);
    HeatMapQuestion asked;
    asked.method = request.method;
    if (const auto heat = heatOf(**module, input, *layer, asked, {}); !heat)
        return heat.error();
    ExplainBench bench;
    bench.forwardMilliseconds = measured([&] {
        torch::NoGradGuard noGradients;
        (*module)->infer(input);
    });
    bench.milliseconds = measured([&] {
        HeatMap explanation;
        if (const auto heat = heatOf(**module, input, *layer, asked, {}); heat)
            fillMap(explanation, heat->raw, request.height, request.width);
    });
    return bench;
}

} // namespace

Result<HeatMap> answer(const Asked& asked, const HeatMapQuestion& question, const Asking& asking) {
    const auto begin = std::chrono::steady_clock::now();
    if (question.image.empty())
        return badInput("There is no image to explain.");
    const LoadedModel& model = asked.model();
    const auto layer = layerOf(asked.module(), question.layer);
    if (!layer)
        return layer.error();
    const Image prepared = preparedImage(model, question.image);
    const torch::Tensor input = preparedInput(model, prepared);
    if (asking.isStopped())
        return cancelled();
    const auto heat = heatOf(asked.module(), input, *layer, question, model.classes);
    if (!heat)
        return heat.error();

    HeatMap map;
    map.classes = model.classes;
    map.probabilities = probabilitiesOf(heat->logits[0]);
    const auto best = std::max_element(map.probabilities.begin(), map.probabilities.end());
    map.predicted = static_cast<int>(best - map.probabilities.begin());
    map.confidence = static_cast<double>(*best);
    map.target = heat->target.name;
    map.method = nameOf(question.method);
    map.layer = *layer;
    map.input = seenBy(model, prepared);
    fillMap(map, heat->raw, model.height(), model.width());
    map.milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    return map;
}

Result<ExplainBench> benchExplain(const ExplainBenchRequest& request) {
    try {
        return benchmarked(request);
    } catch (const std::exception& exception) {
        return Error{"The measurement failed: " + std::string(exception.what())};
    }
}

} // namespace sightline::engine
