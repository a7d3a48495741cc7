// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/LoadedModel.h"

#include <torch/torch.h>

#include <algorithm>
#include <charconv>

#include "augment/Augment.h"
#include "store/RunParts.h"
#include "store/WeightsDigest.h"
#include "zoo/WeightFit.h"
#include "zoo/Zoo.h"

namespace sightline::engine {

namespace {

/// What the batch-norms trained with, beside weights whose network may have another epsilon by its name.
constexpr const char* kBatchNormEpsilon = "batch_norm_epsilon";

std::optional<double> keptEpsilon(const SafetensorsFile& file) {
    const auto kept = file.metadata().find(kBatchNormEpsilon);
    double epsilon = 0;
    if (kept == file.metadata().end() ||
        std::from_chars(kept->second.data(), kept->second.data() + kept->second.size(), epsilon).ec != std::errc() ||
        !(epsilon > 0 && epsilon <= 1))
        return {};
    return epsilon;
}

Result<LoadedModel> fromSnapshot(const WeightSnapshot& snapshot) {
    Result<std::shared_ptr<GraphModule>> module =
        GraphModule::over(snapshot.graph, snapshot.parameters, snapshot.statistics);
    if (!module)
        return module.error();
    const Experiment& experiment = snapshot.experiment;
    return LoadedModel{
        *module, snapshot.classes, experiment.data, experiment.normalization, experiment.augmentation, snapshot.fitted};
}

Result<LoadedModel> fromRun(const ModelSource& source) {
    const RunFolder run(source.runFolder);
    Result<RunParts> parts = readRunParts(run);
    if (!parts)
        return parts.error();
    const Result<std::filesystem::path> checkpoint = run.checkpoint(source.checkpoint);
    if (!checkpoint)
        return checkpoint.error();
    Result<std::shared_ptr<GraphModule>> module = GraphModule::blank(parts->graph);
    if (!module)
        return module.error();
    if (const Result<void> loaded = loadWeights(**module, *checkpoint); !loaded)
        return loaded.error();
    const Experiment& experiment = parts->experiment;
    return LoadedModel{*module,
                       std::move(parts->classes),
                       experiment.data,
                       experiment.normalization,
                       experiment.augmentation,
                       std::move(parts->fitted)};
}

Result<LoadedModel> fromFile(const ModelSource& source) {
    const Result<GraphSpec> graph =
        graphByName(source.model, source.height, source.width, source.channels, source.classes, source.options);
    if (!graph)
        return graph.error();
    Result<std::shared_ptr<GraphModule>> module = GraphModule::blank(*graph);
    if (!module)
        return module.error();
    if (const Result<void> loaded = loadWeights(**module, source.weights); !loaded)
        return loaded.error();
    LoadedModel model{*module, {}, {}, source.normalization, {}};
    model.data.imageHeight = graph->height;
    model.data.imageWidth = graph->width;
    model.data.pixels.channels = channelsFor(graph->channels);
    return model;
}

} // namespace

std::uint64_t LoadedModel::bytes() const {
    return module->parameters().nbytes() + module->statistics().nbytes();
}

Result<LoadedModel> loadModel(const ModelSource& source) {
    if (source.snapshot)
        return fromSnapshot(*source.snapshot);
    return source.runFolder.empty() ? fromFile(source) : fromRun(source);
}

Result<GraphSpec> graphByName(const std::string& nameOrFile, int height, int width, int channels, int classes,
                              const Json& options) {
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

Result<void> loadWeights(GraphModule& module, const std::filesystem::path& file, bool newClassifier,
                         LoadedWeights* loaded, const std::stop_token& stop, const ClassRows* rows) {
    const Result<SafetensorsFile> weights = openAsWritten(file);
    if (!weights)
        return weights.error();
    std::vector<TensorSpec> ours;
    for (const GraphModule::Entry& entry : module.entries())
        ours.push_back(entry.spec);
    std::vector<TensorSpec> theirs = specsOf(*weights);
    std::erase_if(theirs, [](const TensorSpec& tensor) { return tensor.name.starts_with(kOptimizerPrefix); });
    WeightMatch match = matchWeights(module.spec(), ours, theirs);
    std::vector<bool> fresh(ours.size(), false);
    std::vector<std::size_t> adapted;
    std::vector<bool> byClass(ours.size(), false);
    if (newClassifier) {
        if (rows && !rows->isSame())
            byClass = holdsClassRows(module.spec(), ours, theirs, *rows, match);
        adapted = adaptsChannels(module.spec(), ours, match);
        fresh = startsAnew(module.spec(), ours, match);
    }
    if (!match.isComplete())
        return badInput(describeFault(match, file.string(), module.spec().name));
    LoadedWeights report{match.naming.family, {}, {}, {}, std::move(match.unexpected)};
    torch::NoGradGuard noGrad;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        if (stop.stop_requested())
            return cancelled();
        if (fresh[i] || (byClass[i] && !rows->keepsAny())) {
            report.fresh.push_back(match.naming.tensors[i].name);
            continue;
        }
        Result<std::vector<float>> values = asFloats(*weights->find(match.naming.tensors[i].name));
        if (!values)
            return badInput(file.string() + ": " + values.error().message);
        if (std::find(adapted.begin(), adapted.end(), i) != adapted.end()) {
            Shape shape = ours[i].shape;
            shape[1] = 3;
            values = widened(*values, shape, module.spec().channels);
            report.adapted.push_back(match.naming.tensors[i].name);
        }
        torch::Tensor view = module.entries()[i].view.detach();
        if (byClass[i]) {
            const torch::Tensor drawn = view.contiguous();
            std::vector<float> mixed(drawn.data_ptr<float>(), drawn.data_ptr<float>() + drawn.numel());
            keepRows(mixed, *values, *rows);
            values = std::move(mixed);
            report.byClass.push_back(match.naming.tensors[i].name);
        }
        view.copy_(torch::from_blob(values->data(), ours[i].shape, torch::kFloat));
    }
    if (const std::optional<double> epsilon =
            match.naming.batchNormEpsilon ? match.naming.batchNormEpsilon : keptEpsilon(*weights))
        module.setBatchNormEpsilon(*epsilon);
    if (loaded)
        *loaded = std::move(report);
    return {};
}

TensorsByName tensorsByName(const GraphModule& module) {
    torch::NoGradGuard noGrad;
    TensorsByName all;
    for (const GraphModule::Entry& entry : module.entries()) {
        const torch::Tensor& values = all.values.emplace_back(entry.view.detach().contiguous());
        all.tensors.push_back(
            {entry.spec.name, entry.spec.shape, {values.data_ptr<float>(), static_cast<std::size_t>(values.numel())}});
    }
    return all;
}

Result<void> saveWeights(const GraphModule& module, const std::filesystem::path& file,
                         const std::map<std::string, std::string>& metadata, const std::vector<TensorToWrite>& more) {
    std::map<std::string, std::string> facts = metadata;
    if (const std::optional<double> epsilon = module.batchNormEpsilon())
        facts[kBatchNormEpsilon] = Json(*epsilon).dump();
    TensorsByName all = tensorsByName(module);
    all.tensors.insert(all.tensors.begin(), more.begin(), more.end());
    return writeSafetensors(file, all.tensors, facts);
}

torch::Tensor inputTensor(const LoadedModel& model, const Image& resized) {
    FloatImage plain = atInference(model.augmentation, resized);
    const Normalizer normalizer(model.normalization, plain.channels, model.fitted);
    normalizer.apply(plain.pixels.data(), plain.pixels.size() / static_cast<std::size_t>(plain.channels),
                     plain.channels);
    return torch::from_blob(plain.pixels.data(), {1, plain.height, plain.width, plain.channels}, torch::kFloat)
        .clone()
        .permute({0, 3, 1, 2});
}

} // namespace sightline::engine
