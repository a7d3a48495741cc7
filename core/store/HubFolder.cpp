// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/HubFolder.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "zoo/TimmNames.h"
#include "zoo/WeightNaming.h"
#include "zoo/Zoo.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

/// Where it is a list of numbers of that length; else empty.
std::vector<double> numbers(const Json& object, const char* key, std::size_t count) {
    const Json list = object.value(key, Json());
    std::vector<double> values;
    for (const Json& value : list.is_array() ? list : Json::array())
        if (value.is_number())
            values.push_back(value.get<double>());
    return values.size() == count ? values : std::vector<double>();
}

std::string text(const Json& object, const char* key) {
    const Json value = object.value(key, Json());
    return value.is_string() ? value.get<std::string>() : std::string();
}

struct Preset {
    const char* name;
    std::array<double, 3> mean, deviation;
};
constexpr Preset kPresets[] = {{"imagenet", {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}},
                               {"half", {0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}},
                               {"rescale", {0, 0, 0}, {1, 1, 1}}};

/// The preset whose mean and deviation these are; empty: none.
std::string presetOf(const std::vector<double>& mean, const std::vector<double>& deviation) {
    for (const Preset& preset : kPresets) {
        bool isSame = mean.size() == 3 && deviation.size() == 3;
        for (std::size_t c = 0; isSame && c < 3; ++c)
            isSame = std::abs(mean[c] - preset.mean[c]) < 1e-3 && std::abs(deviation[c] - preset.deviation[c]) < 1e-3;
        if (isSame)
            return preset.name;
    }
    return {};
}

/// A mean and a deviation that no preset has, of pixels of 0...1, as the values of a fitted normalization.
void takeMoments(const std::vector<double>& mean, const std::vector<double>& deviation, Json& told) {
    if (mean.empty() || deviation.empty() ||
        std::any_of(deviation.begin(), deviation.end(), [](double one) { return !(one > 0); }))
        return;
    told["normalization"] = {
        {"rescale", 1 / 255.0}, {"featurewise_center", true}, {"featurewise_std_normalization", true}};
    told["fitted"] = {{"mean", mean}, {"deviation", deviation}};
}

/// timm's words for pixels in ours.
Json preprocessingOf(const Json& config, std::size_t channels) {
    Json told = Json::object();
    const std::string interpolation = text(config, "interpolation");
    if (interpolation == "bilinear" || interpolation == "bicubic" || interpolation == "lanczos" ||
        interpolation == "nearest")
        told["interpolation"] = interpolation;
    told["fit"] = text(config, "crop_mode") == "squash"   ? "stretch"
                  : text(config, "crop_mode") == "border" ? "pad"
                                                          : "crop";
    const std::vector<double> mean = numbers(config, "mean", channels), deviation = numbers(config, "std", channels);
    const std::string preset = presetOf(mean, deviation);
    if (!preset.empty())
        told["normalization"] = {{"preset", preset}};
    else
        takeMoments(mean, deviation, told);
    return told;
}

std::vector<std::string> labelsOf(const Json& config, const Json& whole) {
    std::vector<std::string> labels = classNamesIn(whole.value("label_names", Json()));
    return labels.empty() ? classNamesIn(config.value("label_names", Json())) : labels;
}

Result<GraphSpec> graphOf(const Json& whole, const Json& config, const std::string& file) {
    const std::string architecture =
        text(whole, "architecture").empty() ? text(config, "architecture") : text(whole, "architecture");
    const TimmNetwork* network = networkOfTimm(architecture);
    if (!network)
        return badInput(file + ": the network " + shown(architecture.empty() ? "(none)" : architecture) +
                        " is not one of ours; export it as ONNX and import that.");
    const std::vector<double> size = numbers(config, "input_size", 3);
    const Json given = whole.contains("num_classes") ? whole["num_classes"] : config.value("num_classes", Json());
    const bool isPossible = given.is_number_integer() && given.get<double>() >= 1 && given.get<double>() <= 1e6 &&
                            !size.empty() && size[0] >= 1 && size[0] <= 64 && size[1] >= 1 && size[1] <= 16384 &&
                            size[2] >= 1 && size[2] <= 16384;
    if (!isPossible)
        return badInput(file + " lacks num_classes or input_size [channels, height, width].");
    ZooRequest request{static_cast<int>(size[1]), static_cast<int>(size[2]), static_cast<int>(size[0]),
                       given.get<int>(), Json::object()};
    Result<GraphSpec> graph = buildFromZoo(network->ours, request);
    if (!graph)
        return graph;
    for (Node& node : graph->nodes)
        if (node.op == Op::BatchNorm)
            node.attributes["eps"] = network->batchNormEpsilon;
    return graph;
}

} // namespace

Result<TensorValues> valuesFor(const GraphSpec& graph, const SafetensorsFile& file, const fs::path& path) {
    const Result<GraphCost> cost = shapes(graph);
    if (!cost)
        return cost.error();
    const std::vector<TensorSpec> tensors = tensorsOf(graph, *cost);
    const WeightMatch match = matchWeights(graph, tensors, specsOf(file));
    if (!match.isComplete())
        return badInput(describeFault(match, path.string(), graph.name));
    TensorValues all;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        Result<std::vector<float>> values = asFloats(*file.find(match.naming.tensors[i].name));
        if (!values)
            return badInput(path.string() + ": " + values.error().message);
        all[tensors[i].name] = std::move(*values);
    }
    return all;
}

Result<ImportedNetwork> readHubFolder(const fs::path& folder) {
    const fs::path file = folder / "config.json", weights = folder / "model.safetensors";
    std::error_code code;
    if (!fs::is_regular_file(file, code) || !fs::is_regular_file(weights, code))
        return badInput(folder.string() + " is no hub folder: it needs config.json and model.safetensors.");
    const Result<Json> whole = readJsonFile(file);
    if (!whole)
        return whole.error();
    if (!whole->is_object())
        return badInput(file.string() + " is not a JSON object.");
    const Json inner = whole->value("pretrained_cfg", Json());
    const Json& config = inner.is_object() ? inner : *whole;
    Result<GraphSpec> graph = graphOf(*whole, config, file.string());
    if (!graph)
        return graph.error();
    const Result<SafetensorsFile> opened = SafetensorsFile::open(weights);
    if (!opened)
        return opened.error();
    Result<TensorValues> values = valuesFor(*graph, *opened, weights);
    if (!values)
        return values.error();
    const Json ours = whole->value("sightline", Json());
    Json preprocessing = ours.is_object() ? ours.value("preprocessing", Json()) : Json();
    std::vector<std::string> notes;
    if (!preprocessing.is_object()) {
        preprocessing = preprocessingOf(config, static_cast<std::size_t>(graph->channels));
        if (const Json share = config.value("crop_pct", Json(1.0)); share.is_number() && share.get<double>() < 1)
            notes.push_back(file.string() + " says crop_pct " + toText(share, -1) +
                            ": timm cuts that share out of the middle of each image. Here the whole image is used, so "
                            "figures differ a little from timm's.");
    }
    return ImportedNetwork{std::move(*graph), std::move(*values), labelsOf(config, *whole), std::move(preprocessing),
                           std::move(notes)};
}

} // namespace sightline
