// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunExport.h"

#include "augment/Augment.h"
#include "experiment/PixelJson.h"
#include "network/Onnx.h"
#include "store/RunParts.h"
#include "store/Safetensors.h"
#include "store/TrainedNetwork.h"
#include "support/Files.h"

namespace sightline {

namespace {

Json preprocessingOf(const Experiment& experiment, const GraphSpec& graph,
                     const std::shared_ptr<const FittedNormalization>& fitted) {
    const DataSettings& data = experiment.data;
    const Json settings = toJson(experiment);
    const Normalizer normalizer(experiment.normalization, graph.channels, fitted);
    Json json = {{"layout", "NCHW"},
                 {"channels", toJson(data.pixels.channels)},
                 {"depth", toJson(data.pixels.depth)},
                 {"page", data.pixels.page},
                 {"background", toJson(data.pixels.background)},
                 {"orientation", settings["data"]["orientation"]},
                 {"image_size", {data.imageHeight, data.imageWidth}},
                 {"interpolation", settings["data"]["interpolation"]},
                 {"fit", toJson(data.fit)},
                 {"keep_aspect_ratio", data.fit == Fit::Crop},
                 {"input_size", {graph.height, graph.width}},
                 {"normalization", settings["normalization"]}};
    if (data.pixels.channels.kind != ChannelSettings::Kind::Chosen)
        json["color_mode"] = normalizer.swapsChannels() ? "bgr" : settings["data"]["color_mode"].get<std::string>();
    if (data.fit == Fit::Pad)
        json["pad"] = toJson(data.pad);
    if (fitted) // whitening's matrix stays in the run's folder
        json["fitted"] = {{"mean", fitted->mean}, {"deviation", fitted->deviation}};
    if (normalizer.isAffine()) {
        json["scale"] = Json::array();
        json["offset"] = Json::array();
        for (std::size_t c = 0; c < static_cast<std::size_t>(graph.channels); ++c) {
            json["scale"].push_back(normalizer.scale()[c]);
            json["offset"].push_back(normalizer.offset()[c]);
        }
    }
    return json;
}

std::map<std::string, std::string> metadataOf(const RunFolder& run, const RunParts& parts) {
    return {{"labels", toText(Json(parts.classes), -1)},
            {"preprocessing", toText(preprocessingOf(parts.experiment, parts.graph, parts.fitted), -1)},
            {"network", parts.graph.name},
            {"run", run.id()}};
}

} // namespace

Result<std::map<std::string, std::string>> exportMetadata(const RunFolder& run) {
    const Result<RunParts> parts = readRunParts(run);
    return parts ? metadataOf(run, *parts) : Result<std::map<std::string, std::string>>(parts.error());
}

Result<std::map<std::string, std::string>> unknownMetadata(const UnknownRule& rule, double refuseShare) {
    const Result<UnknownJudge> judge = UnknownJudge::by(rule, refuseShare);
    if (!judge)
        return judge.error();
    const Json json = {{"score", "energy"},
                       {"energy", "-log(sum(exp(logits)))"},
                       {"note", "Energy alone; `predict` also measures a distance of features, so the two may differ."},
                       {"threshold", judge->energyLimit()},
                       {"refuse_share", refuseShare},
                       {"images", rule.known.size()}};
    return std::map<std::string, std::string>{{"unknown", toText(json, -1)}};
}

Result<void> exportOnnx(const RunFolder& run, const std::string& checkpoint, bool foldBatchNorm,
                        const std::filesystem::path& file, const std::map<std::string, std::string>& more) {
    Result<TrainedNetwork> trained = trainedNetwork(run, checkpoint);
    if (!trained)
        return trained.error();
    GraphSpec& graph = trained->parts.graph;
    std::map<std::string, std::string> metadata = metadataOf(run, trained->parts);
    metadata.insert(more.begin(), more.end());
    if (foldBatchNorm)
        graph = withBatchNormFolded(graph, trained->values);
    const Result<std::string> model = onnxModel(graph, trained->values, metadata);
    if (!model)
        return model.error();
    return writeFileAtomically(file, *model);
}

Result<void> exportWeights(const RunFolder& run, const std::string& checkpoint, const std::filesystem::path& file) {
    const Result<TrainedNetwork> trained = trainedNetwork(run, checkpoint);
    if (!trained)
        return trained.error();
    std::vector<TensorToWrite> tensors;
    for (const TensorSpec& tensor : tensorsOf(trained->parts.graph, trained->cost))
        tensors.push_back({tensor.name, tensor.shape, trained->values.at(tensor.name)});
    std::map<std::string, std::string> metadata = metadataOf(run, trained->parts);
    metadata["graph"] = toText(toJson(trained->parts.graph), -1); // what `import` builds
    return writeSafetensors(file, tensors, metadata);
}

} // namespace sightline
