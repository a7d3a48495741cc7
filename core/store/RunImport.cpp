// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunImport.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "augment/Augment.h"
#include "experiment/PixelJson.h"
#include "network/ExpectedPixels.h"
#include "store/FittedNormalizationFile.h"
#include "store/ImportedNetwork.h"
#include "store/Safetensors.h"
#include "store/WeightsDigest.h"
#include "support/Files.h"
#include "support/Words.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr const char* kImported = "imported.json";

/// What export's "preprocessing" says as the blocks of an experiment; keys that both have mean the same.
Json settingsOf(const ImportedNetwork& network) {
    Json data = {{"path", ""}, {"image_size", {network.graph.height, network.graph.width}}};
    Json settings = Json::object();
    const Json& told = network.preprocessing;
    for (const char* key : {"channels", "depth", "page", "background", "orientation", "interpolation", "fit", "pad"})
        if (told.is_object() && told.contains(key))
            data[key] = told[key];
    if (!data.contains("channels"))
        data["channels"] = toJson(channelsFor(network.graph.channels));
    if (told.is_object() && told.contains("normalization"))
        settings["normalization"] = told["normalization"];
    settings["data"] = std::move(data);
    return settings;
}

/// A normalization for a file that names none, and why: what the network's first layers take, else imagenet.
std::pair<const char*, std::string> assumedNormalization(const ImportedNetwork& network, const std::string& source) {
    switch (expectedPixels(network.graph, network.values)) {
    case ExpectedPixels::To255:
        return {"none", "The first layers of " + source +
                            " scale pixels of 0 to 255 themselves; images are given to it without normalization"};
    case ExpectedPixels::To1:
        return {"rescale", "The first layers of " + source +
                               " normalize pixels of 0 to 1 themselves; images are given to it rescaled to that"};
    case ExpectedPixels::Unclear:
        return {"imagenet", source + " does not say how its images are normalized, and its first layers scale them in "
                                     "a way that fits no usual range; imagenet is assumed, which may be wrong"};
    case ExpectedPixels::NotSaid:
        break;
    }
    return {"imagenet", source + " does not say how its images are normalized; imagenet is assumed"};
}

Result<Experiment> experimentFor(const ImportedNetwork& network, const ImportRequest& request,
                                 std::vector<std::string>& notes) {
    Json json = settingsOf(network);
    json["version"] = 1;
    json["name"] = request.name.empty() ? request.source.filename().stem().string() : request.name;
    json["model"] = {{"name", network.graph.name}, {"graph", toJson(network.graph)}};
    if (!request.normalization.empty()) {
        json["normalization"] = {{"preset", request.normalization}};
    } else if (!json.contains("normalization")) {
        const auto [preset, why] = assumedNormalization(network, request.source.string());
        json["normalization"] = {{"preset", preset}};
        notes.push_back(why + " (--normalization chooses another).");
    }
    Result<Experiment> experiment = experimentFromJson(json);
    if (!experiment)
        return badInput("What " + request.source.string() +
                        " says of its images cannot be used: " + experiment.error().message);
    if (experiment->data.channels() != network.graph.channels)
        return badInput("The network of " + request.source.string() + " takes " +
                        std::to_string(network.graph.channels) + " channels, its images have " +
                        std::to_string(experiment->data.channels()) + ".");
    return experiment;
}

/// Names that several classes have get the number of each: "crane (134)", "crane (517)". The names, for a note.
std::vector<std::string> tellApart(std::vector<std::string>& classes) {
    std::map<std::string, std::size_t> counts;
    for (const std::string& name : classes)
        ++counts[name];
    std::set<std::string> several;
    for (std::size_t i = 0; i < classes.size(); ++i)
        if (counts[classes[i]] > 1) {
            several.insert(classes[i]);
            classes[i] += " (" + std::to_string(i) + ")";
        }
    return {several.begin(), several.end()};
}

Result<std::vector<std::string>> classesFor(const ImportedNetwork& network, const ImportRequest& request,
                                            std::vector<std::string>& notes) {
    const Result<GraphCost> cost = shapes(network.graph);
    if (!cost)
        return cost.error();
    const auto scores = static_cast<std::size_t>(outputShape(network.graph, *cost, network.graph.outputs[0])[0]);
    std::vector<std::string> classes = network.classes;
    std::string source = request.source.string();
    if (!request.labels.empty()) {
        Result<std::vector<std::string>> read = readLabels(request.labels);
        if (!read)
            return read;
        classes = std::move(*read);
        source = request.labels.string();
    }
    for (std::size_t i = 0; network.classes.empty() && request.labels.empty() && i < scores; ++i)
        classes.push_back(std::to_string(i));
    if (classes.size() != scores)
        return badInput(source + " names " + std::to_string(classes.size()) + " classes, but the network gives " +
                        std::to_string(scores) + " scores.");
    if (const auto nameless = std::find(classes.begin(), classes.end(), ""); nameless != classes.end())
        return badInput(source + " has no name for the class " + std::to_string(nameless - classes.begin()) +
                        "; each needs one.");
    if (const std::vector<std::string> several = tellApart(classes); !several.empty())
        notes.push_back(source + " has several classes named " + listed(several) +
                        "; each has its number added, counted from 0.");
    if (std::set<std::string>(classes.begin(), classes.end()).size() != classes.size())
        return badInput(source + " has class names that cannot be told apart; each class needs a name of its own.");
    return classes;
}

/// The values that a fitted normalization had; whitening's matrix does not leave a run.
Result<std::optional<FittedNormalization>> fittedOf(const ImportedNetwork& network, const Experiment& experiment) {
    if (!experiment.normalization.needsFit())
        return std::optional<FittedNormalization>();
    FittedNormalization fitted;
    const Json told = network.preprocessing.is_object() ? network.preprocessing.value("fitted", Json()) : Json();
    for (const auto& [key, values] : {std::pair("mean", &fitted.mean), std::pair("deviation", &fitted.deviation)}) {
        const Json list = told.is_object() ? told.value(key, Json()) : Json();
        for (const Json& value : list.is_array() ? list : Json::array())
            if (value.is_number())
                values->push_back(value.get<float>());
        if (values->size() != static_cast<std::size_t>(network.graph.channels) || experiment.normalization.zcaWhitening)
            return badInput("The network's images are normalized by values that its file does not have; choose with "
                            "--normalization.");
    }
    return std::optional(std::move(fitted));
}

Result<void> writeCheckpoint(const RunFolder& run, const ImportedNetwork& network) {
    const Result<GraphCost> cost = shapes(network.graph);
    if (!cost)
        return cost.error();
    std::vector<TensorToWrite> tensors;
    for (const TensorSpec& tensor : tensorsOf(network.graph, *cost)) {
        const auto values = network.values.find(tensor.name);
        if (values == network.values.end())
            return badInput("The network lacks the tensor " + shown(tensor.name) + ".");
        tensors.push_back({tensor.name, tensor.shape, values->second});
    }
    return writeSafetensors(run.path() / "checkpoints" / "last.safetensors", tensors, {{kWeightsDigest, ""}});
}

Result<void> fill(const RunFolder& run, const ImportedNetwork& network, const ImportRequest& request,
                  const std::vector<std::string>& classes, const std::optional<FittedNormalization>& fitted) {
    if (const Result<void> written = run.writeClasses(classes); !written)
        return written;
    if (const Result<void> written = run.writeGraph(toJson(network.graph)); !written)
        return written;
    if (fitted)
        if (const Result<void> written = writeFittedNormalization(run.path(), *fitted); !written)
            return written;
    if (const Result<void> written = writeCheckpoint(run, network); !written)
        return written;
    std::error_code code;
    const std::string from = fs::absolute(request.source, code).lexically_normal().string();
    if (const Result<void> written = writeFileAtomically(run.path() / kImported, toText(Json{{"from", from}}) + "\n");
        !written)
        return written;
    return run.appendEvent({{"type", "run_ended"},
                            {"outcome", "completed"},
                            {"reason", "Imported from " + from + "."},
                            {"epochs", 0},
                            {"best_epoch", 0},
                            {"run", run.id()},
                            {"folder", run.path().string()}});
}

} // namespace

Result<bool> saysNormalization(const std::filesystem::path& source) {
    const Result<ImportedNetwork> network = readNetwork(source);
    if (!network)
        return network.error();
    if (!settingsOf(*network).contains("normalization")) {
        const ExpectedPixels pixels = expectedPixels(network->graph, network->values);
        return pixels == ExpectedPixels::To255 || pixels == ExpectedPixels::To1;
    }
    std::vector<std::string> notes;
    const Result<Experiment> experiment = experimentFor(*network, {source, {}, {}, {}}, notes);
    return !experiment || fittedOf(*network, *experiment).ok(); // another fault is said by importRun()
}

Result<ImportedRun> importRun(RunStore& store, const ImportRequest& request) {
    Result<ImportedNetwork> network = readNetwork(request.source);
    if (!network)
        return network.error();
    if (network->graph.name.empty())
        network->graph.name = request.source.stem().string();
    std::vector<std::string> notes = network->notes;
    const Result<Experiment> experiment = experimentFor(*network, request, notes);
    if (!experiment)
        return experiment.error();
    const Result<std::vector<std::string>> classes = classesFor(*network, request, notes);
    if (!classes)
        return classes.error();
    const auto fitted = fittedOf(*network, *experiment);
    if (!fitted)
        return fitted.error();
    Result<RunFolder> run = store.create(*experiment);
    if (!run)
        return run.error();
    Result<void> done = fill(*run, *network, request, *classes, *fitted);
    if (done)
        done = store.refresh(*run);
    if (done)
        return ImportedRun{*run, std::move(notes)};
    static_cast<void>(store.discard(*run)); // half a run is none
    return done.error();
}

bool isImported(const fs::path& runFolder) {
    std::error_code code;
    return fs::exists(runFolder / kImported, code);
}

bool knowsItsImages(const fs::path& runFolder) {
    std::error_code code;
    return !isImported(runFolder) && fs::exists(runFolder / "samples.csv", code);
}

} // namespace sightline
