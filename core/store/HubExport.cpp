// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <utility>

#include "augment/Augment.h"
#include "store/HubFolder.h"
#include "store/RunExport.h"
#include "store/TrainedNetwork.h"
#include "support/Files.h"
#include "zoo/TimmNames.h"
#include "zoo/WeightNaming.h"
#include "zoo/Zoo.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

/// timm's names and shapes of the graph's tensors.
Result<WeightNaming> timmNaming(const GraphSpec& graph, const GraphCost& cost) {
    const std::vector<TensorSpec> own = tensorsOf(graph, cost);
    const ZooRequest request{graph.height, graph.width, graph.channels,
                             static_cast<int>(outputShape(graph, cost, graph.outputs[0])[0]), Json::object()};
    const Result<GraphSpec> plain = buildFromZoo(graph.name, request);
    const Result<GraphCost> plainCost = plain ? shapes(*plain) : Result<GraphCost>(plain.error());
    const auto sameTensors = [&] {
        const std::vector<TensorSpec> theirs = tensorsOf(*plain, *plainCost);
        bool isSame = theirs.size() == own.size();
        for (std::size_t i = 0; isSame && i < own.size(); ++i)
            isSame = theirs[i].name == own[i].name && theirs[i].shape == own[i].shape;
        return isSame;
    };
    if (!plainCost || !sameTensors())
        return badInput("The run's " + graph.name +
                        " has another classifier than timm's, so timm cannot load it; "
                        "export it with --onnx.");
    std::vector<WeightNaming> namings = weightNamings(graph, own);
    for (WeightNaming& naming : namings)
        if (naming.family == "timm")
            return std::move(naming);
    return std::move(namings.front());
}

/// Batch-norms as timm computes them: what is added to the variance differs, so the variance does.
void takeEpsilon(TrainedNetwork& trained, double epsilon) {
    for (const Node& node : trained.parts.graph.nodes) {
        const double own = node.attributes.value("eps", 1e-5);
        if (node.op == Op::BatchNorm && own != epsilon)
            for (float& variance : trained.values[node.id + ".running_var"])
                variance = static_cast<float>(static_cast<double>(variance) + own - epsilon);
    }
}

/// What single precision left of a short number: 1 of 0.99999994, 0 of -0.
double rounded(double value) {
    const double nearest = std::round(value * 1e6) / 1e6;
    return std::abs(value - nearest) <= 3e-7 * std::max(std::abs(value), 1e-3) ? nearest + 0.0 : value;
}

/// { mean, std } on pixels of 0...1, as timm normalizes.
Result<Json> normalizationOf(const TrainedNetwork& trained) {
    const GraphSpec& graph = trained.parts.graph;
    const Normalizer normalizer(trained.parts.experiment.normalization, graph.channels, trained.parts.fitted);
    if (!normalizer.isAffine() || normalizer.swapsChannels())
        return badInput("timm normalizes images by a mean and a deviation only, unlike this run; export it with "
                        "--onnx.");
    Json json = {{"mean", Json::array()}, {"std", Json::array()}};
    for (std::size_t c = 0; c < static_cast<std::size_t>(graph.channels); ++c) {
        const double deviation = 1 / (255 * static_cast<double>(normalizer.scale()[c]));
        json["mean"].push_back(rounded(-static_cast<double>(normalizer.offset()[c]) * deviation));
        json["std"].push_back(rounded(deviation));
    }
    return json;
}

std::string withoutSuffix(const std::string& tensor) {
    return tensor.substr(0, tensor.rfind('.'));
}

/// The network's own keys of a pretrained configuration.
Json pretrainedOf(const TrainedNetwork& trained, const WeightNaming& naming, const Json& normalization) {
    const GraphSpec& graph = trained.parts.graph;
    const DataSettings& data = trained.parts.experiment.data;
    const Json settings = toJson(trained.parts.experiment);
    Json json = {{"input_size", {graph.channels, graph.height, graph.width}},
                 {"fixed_input_size", false},
                 {"interpolation", settings["data"]["interpolation"]},
                 {"crop_pct", 1.0},
                 {"crop_mode", data.fit == Fit::Stretch ? "squash"
                               : data.fit == Fit::Pad   ? "border"
                                                        : "center"},
                 {"mean", normalization["mean"]},
                 {"std", normalization["std"]},
                 {"num_classes", trained.parts.classes.size()},
                 {"first_conv", graph.channels == 3 ? Json(withoutSuffix(naming.tensors.front().name)) : Json()},
                 {"classifier", withoutSuffix(naming.tensors.back().name)},
                 {"label_names", trained.parts.classes}};
    return json;
}

Result<Json> configOf(const RunFolder& run, const TrainedNetwork& trained, const TimmNetwork& timm,
                      const WeightNaming& naming, const std::map<std::string, std::string>& more) {
    const Result<Json> normalization = normalizationOf(trained);
    if (!normalization)
        return normalization;
    Result<std::map<std::string, std::string>> metadata = exportMetadata(run);
    if (!metadata)
        return metadata.error();
    Json ours = {{"network", trained.parts.graph.name}, {"run", run.id()}};
    metadata->insert(more.begin(), more.end());
    for (const char* key : {"preprocessing", "unknown"})
        if (const auto text = metadata->find(key); text != metadata->end())
            if (const Result<Json> json = parseJson(text->second, key))
                ours[key] = *json;
    const GraphSpec& graph = trained.parts.graph;
    Json config = {{"architecture", timm.architecture},
                   {"num_classes", trained.parts.classes.size()},
                   {"num_features", naming.tensors[naming.tensors.size() - 2].shape[1]},
                   {"global_pool", "avg"},
                   {"label_names", trained.parts.classes},
                   {"pretrained_cfg", pretrainedOf(trained, naming, *normalization)},
                   {"sightline", std::move(ours)}};
    if (graph.channels != 3)
        config["model_args"] = {{"in_chans", graph.channels}};
    return config;
}

Result<void> writeWeights(const TrainedNetwork& trained, const WeightNaming& naming, const fs::path& file) {
    const std::vector<TensorSpec> own = tensorsOf(trained.parts.graph, trained.cost);
    std::vector<TensorToWrite> tensors;
    for (std::size_t i = 0; i < own.size(); ++i)
        tensors.push_back({naming.tensors[i].name, naming.tensors[i].shape, trained.values.at(own[i].name)});
    return writeSafetensors(file, tensors, {{"format", "pt"}});
}

std::string readmeOf(const TrainedNetwork& trained, const TimmNetwork& timm) {
    std::string classes;
    for (const std::string& name : trained.parts.classes)
        classes += (classes.empty() ? "" : ", ") + shown(name);
    const std::string& name = trained.parts.experiment.name;
    return "---\nlibrary_name: timm\ntags:\n- image-classification\n- timm\n---\n\n# " +
           (name.empty() ? std::string(timm.architecture) : shown(name)) + "\n\nA " + timm.architecture +
           " that tells " + std::to_string(trained.parts.classes.size()) +
           " classes of images apart, trained with Sightline: " + classes +
           ".\n\n```python\nimport timm\nmodel = timm.create_model(\"local-dir:DIR\", pretrained=True)\n"
           "transform = timm.data.create_transform(**timm.data.resolve_model_data_config(model))\n```\n\n"
           "`config.json` has the class names (`label_names`) and how images become pixels.\n";
}

} // namespace

Result<void> exportHub(const RunFolder& run, const std::string& checkpoint, const fs::path& folder,
                       const std::map<std::string, std::string>& more) {
    Result<TrainedNetwork> trained = trainedNetwork(run, checkpoint);
    if (!trained)
        return trained.error();
    const GraphSpec& graph = trained->parts.graph;
    const TimmNetwork* timm = timmNetwork(graph.name);
    if (!timm)
        return badInput("timm has no network " + graph.name + "; export it with --onnx.");
    constexpr int kLargestVgg = 255; // timm's classifier is a convolution over 7 x 7 pixels, ours averages to them
    if (graph.name == "vgg16" && std::max(graph.height, graph.width) > kLargestVgg)
        return badInput("timm's vgg16 computes otherwise for images above 255 pixels; export it with --onnx.");
    const Result<WeightNaming> naming = timmNaming(graph, trained->cost);
    if (!naming)
        return naming.error();
    takeEpsilon(*trained, timm->batchNormEpsilon);
    const Result<Json> config = configOf(run, *trained, *timm, *naming, more);
    if (!config)
        return config.error();
    if (const Result<void> made = makeFolder(folder); !made)
        return made;
    if (const Result<void> written = writeWeights(*trained, *naming, folder / "model.safetensors"); !written)
        return written;
    if (const Result<void> written = writeFileAtomically(folder / "README.md", readmeOf(*trained, *timm)); !written)
        return written;
    return writeFileAtomically(folder / "config.json", toText(*config) + "\n");
}

} // namespace sightline
