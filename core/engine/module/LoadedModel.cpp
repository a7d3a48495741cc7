// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/LoadedModel.h"

#include <torch/torch.h>

#include <algorithm>

#include "augment/Augment.h"
#include "store/FittedNormalizationFile.h"
#include "store/RunStore.h"
#include "store/Safetensors.h"
#include "zoo/WeightNaming.h"
#include "zoo/Zoo.h"

namespace sightline::engine {

namespace {

/// For training: which tensors may start anew. They are taken out of the match's faults.
std::vector<bool> startsAnew(const GraphModule& module, WeightMatch& match) {
    const std::vector<bool> classifier = classifierNodes(module.spec());
    const std::size_t head = baseEnd(module.spec());
    std::vector<std::size_t> tensorsOf(module.spec().nodes.size(), 0), missingOf(module.spec().nodes.size(), 0);
    for (const GraphModule::Entry& entry : module.entries())
        ++tensorsOf[entry.node];
    for (const std::size_t tensor : match.missing)
        ++missingOf[module.entries()[tensor].node];
    std::vector<bool> fresh(module.entries().size(), false);
    const auto mayBe = [&](std::size_t tensor) {
        const std::size_t node = module.entries()[tensor].node;
        return classifier[node] || (node >= head && missingOf[node] == tensorsOf[node]);
    };
    std::erase_if(match.missing, [&](std::size_t tensor) { return fresh[tensor] = mayBe(tensor); });
    std::erase_if(match.misfits, [&](const WeightMatch::Misfit& misfit) { return fresh[misfit.tensor] = classifier[module.entries()[misfit.tensor].node]; });
    // A layer whose weight starts anew does not keep another layer's bias.
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        for (std::size_t j = 0; j < fresh.size() && !fresh[i]; ++j)
            fresh[i] = fresh[j] && classifier[module.entries()[j].node] && module.entries()[i].node == module.entries()[j].node;
    }
    return fresh;
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
    Result<GraphSpec> graph = readGraph(nameOrFile);
    if (graph && height > 0) {
        graph->height = height;
        graph->width = width;
        graph->channels = channels;
    }
    return graph;
}

Result<void> loadWeights(GraphModule& module, const std::filesystem::path& file, bool newClassifier, LoadedWeights* loaded) {
    const Result<SafetensorsFile> weights = SafetensorsFile::open(file);
    if (!weights)
        return weights.error();
    std::vector<TensorSpec> ours;
    for (const GraphModule::Entry& entry : module.entries())
        ours.push_back(entry.spec);
    WeightMatch match = matchWeights(module.spec(), ours, specsOf(*weights));
    std::vector<bool> fresh(ours.size(), false);
    if (newClassifier)
        fresh = startsAnew(module, match);
    if (!match.isComplete())
        return badInput(describeFault(match, file.string(), module.spec().name));
    LoadedWeights report{match.naming.family, {}, std::move(match.unexpected)};
    torch::NoGradGuard noGrad;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        if (fresh[i]) {
            report.fresh.push_back(match.naming.tensors[i].name);
            continue;
        }
        Result<std::vector<float>> values = asFloats(*weights->find(match.naming.tensors[i].name));
        if (!values)
            return badInput(file.string() + ": " + values.error().message);
        torch::Tensor view = module.entries()[i].view.detach();
        view.copy_(torch::from_blob(values->data(), ours[i].shape, torch::kFloat));
    }
    if (match.naming.batchNormEpsilon)
        module.setBatchNormEpsilon(*match.naming.batchNormEpsilon);
    if (loaded)
        *loaded = std::move(report);
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
