// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/LoadedModel.h"

#include <torch/torch.h>


#include "augment/Augment.h"
#include "store/FittedNormalizationFile.h"
#include "store/RunStore.h"
#include "store/Safetensors.h"
#include "zoo/Zoo.h"

namespace sightline::engine {

namespace {

std::string described(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const std::int64_t extent : shape)
        text += (text.empty() ? "" : ", ") + std::to_string(extent);
    return "[" + text + "]";
}

Result<LoadedModel> fromSnapshot(const WeightSnapshot& snapshot) {
    Result<std::shared_ptr<GraphModule>> module = GraphModule::make(snapshot.graph, 0);
    if (!module)
        return module.error();
    torch::NoGradGuard noGrad;
    (*module)->parameters().copy_(snapshot.parameters);
    (*module)->statistics().copy_(snapshot.statistics);
    const Experiment& experiment = snapshot.experiment;
    return LoadedModel{*module, snapshot.classes, experiment.data, experiment.normalization, experiment.augmentation, snapshot.fitted};
}

Result<LoadedModel> fromRun(const ModelSource& source) {
    const RunFolder run(source.runFolder);
    const Result<Experiment> experiment = run.experiment();
    if (!experiment)
        return experiment.error();
    const Result<std::vector<std::string>> classes = run.classes();
    if (!classes)
        return classes.error();
    const Result<Json> graphJson = run.graph();
    if (!graphJson)
        return graphJson.error();
    const Result<GraphSpec> graph = graphFromJson(*graphJson);
    if (!graph)
        return graph.error();
    const Result<std::filesystem::path> checkpoint = run.checkpoint(source.checkpoint);
    if (!checkpoint)
        return checkpoint.error();
    Result<std::shared_ptr<GraphModule>> module = GraphModule::make(*graph, 0);
    if (!module)
        return module.error();
    if (const Result<void> loaded = loadWeights(**module, *checkpoint); !loaded)
        return loaded.error();
    auto fitted = readFittedNormalization(source.runFolder, experiment->normalization, experiment->data.channels());
    if (!fitted)
        return fitted.error();
    return LoadedModel{*module, *classes, experiment->data, experiment->normalization, experiment->augmentation, std::move(*fitted)};
}

Result<LoadedModel> fromFile(const ModelSource& source) {
    const Result<GraphSpec> graph = graphByName(source.model, source.height, source.width, source.channels, source.classes, source.options);
    if (!graph)
        return graph.error();
    Result<std::shared_ptr<GraphModule>> module = GraphModule::make(*graph, 0);
    if (!module)
        return module.error();
    if (const Result<void> loaded = loadWeights(**module, source.weights); !loaded)
        return loaded.error();
    LoadedModel model{*module, {}, {}, source.normalization, {}};
    model.data.imageHeight = graph->height;
    model.data.imageWidth = graph->width;
    model.data.colorMode = graph->channels == 1 ? ColorMode::Grayscale : ColorMode::Rgb;
    return model;
}

} // namespace

Result<LoadedModel> loadModel(const ModelSource& source) {
    if (source.snapshot)
        return fromSnapshot(*source.snapshot);
    return source.runFolder.empty() ? fromFile(source) : fromRun(source);
}

Result<GraphSpec> graphByName(const std::string& nameOrFile, int height, int width, int channels, int classes, const Json& options) {
    if (!nameOrFile.ends_with(".json")) {
        ZooRequest request{height, width, channels, classes, options};
        return buildFromZoo(nameOrFile, request);
    }
    const Result<Json> json = readJsonFile(nameOrFile);
    if (!json)
        return json.error();
    Result<GraphSpec> graph = graphFromJson(*json);
    if (graph && height > 0) {
        graph->height = height;
        graph->width = width;
        graph->channels = channels;
    }
    return graph;
}

Result<void> loadWeights(GraphModule& module, const std::filesystem::path& file, bool allowNewClassifier, std::vector<std::string>* left) {
    const Result<SafetensorsFile> weights = SafetensorsFile::open(file);
    if (!weights)
        return weights.error();
    torch::NoGradGuard noGrad;
    for (const GraphModule::Entry& entry : module.entries()) {
        const TensorView* tensor = weights->find(entry.spec.name);
        const bool fits = tensor && tensor->shape == entry.spec.shape;
        const bool classifier = [&] {
            for (const Output& output : module.spec().outputs) {
                if (module.spec().nodes[entry.node].id == output.node)
                    return true;
            }
            return false;
        }();
        if (!fits && allowNewClassifier && classifier) {
            if (left)
                left->push_back(entry.spec.name);
            continue;
        }
        if (!tensor)
            return badInput(file.string() + " lacks the tensor " + entry.spec.name + " " + described(entry.spec.shape) + "; these weights are not of " + module.spec().name + ".");
        if (!fits)
            return badInput(file.string() + ": the tensor " + entry.spec.name + " is " + described(tensor->shape) + ", but " + module.spec().name + " needs " + described(entry.spec.shape) + ".");
        Result<std::vector<float>> values = asFloats(*tensor);
        if (!values)
            return values.error();
        torch::Tensor view = entry.view.detach();
        view.copy_(torch::from_blob(values->data(), entry.spec.shape, torch::kFloat));
    }
    return {};
}

Result<void> saveWeights(const GraphModule& module, const std::filesystem::path& file, const std::map<std::string, std::string>& metadata) {
    torch::NoGradGuard noGrad;
    std::vector<torch::Tensor> kept;
    std::vector<TensorToWrite> tensors;
    for (const GraphModule::Entry& entry : module.entries()) {
        kept.push_back(entry.view.detach().contiguous());
        tensors.push_back({entry.spec.name, entry.spec.shape, {kept.back().data_ptr<float>(), static_cast<std::size_t>(kept.back().numel())}});
    }
    return writeSafetensors(file, tensors, metadata);
}

torch::Tensor inputTensor(const LoadedModel& model, const Image& resized) {
    FloatImage plain = atInference(model.augmentation, resized);
    const Normalizer normalizer(model.normalization, plain.channels, model.fitted);
    normalizer.apply(plain.pixels.data(), plain.pixels.size() / static_cast<std::size_t>(plain.channels), plain.channels);
    return torch::from_blob(plain.pixels.data(), {1, plain.height, plain.width, plain.channels}, torch::kFloat).clone().permute({0, 3, 1, 2});
}

} // namespace sightline::engine
