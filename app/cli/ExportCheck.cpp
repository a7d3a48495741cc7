// SPDX-License-Identifier: GPL-3.0-or-later
#include "ExportCheck.h"

#include <algorithm>
#include <cmath>

#include "augment/BatchLoader.h"
#include "augment/Reading.h"
#include "engine/Engine.h"
#include "network/OnnxReader.h"
#include "store/RunData.h"
#include "store/RunParts.h"
#include "store/RunStore.h"
#include "store/Safetensors.h"

namespace sightline::cli {

namespace {

namespace fs = std::filesystem;

/// A folder of the data home that goes with the object.
struct Scratch {
    fs::path path;
    ~Scratch() {
        std::error_code code;
        fs::remove_all(path, code);
    }
};

Result<std::vector<std::uint32_t>> indicesOf(const RunFolder& run, const Dataset& dataset, std::size_t most) {
    for (const Subset subset : {Subset::Test, Subset::Validation, Subset::Train}) {
        std::vector<std::uint32_t> indices = dataset.indices(subset);
        indices.resize(std::min(indices.size(), most));
        if (!indices.empty())
            return indices;
    }
    return badInput("The run " + run.id() + " has no images to check the file with.");
}

/// The network as files that the engine takes.
Result<void> writeNetwork(const OnnxNetwork& network, const fs::path& folder) {
    if (const Result<void> made = makeFolder(folder); !made)
        return made;
    const Result<GraphCost> cost = shapes(network.graph);
    if (!cost)
        return cost.error();
    std::vector<TensorToWrite> tensors;
    for (const TensorSpec& tensor : tensorsOf(network.graph, *cost))
        tensors.push_back({tensor.name, tensor.shape, network.values.at(tensor.name)});
    if (const Result<void> written = writeSafetensors(folder / "weights.safetensors", tensors); !written)
        return written;
    return writeFileAtomically(folder / "graph.json", toText(toJson(network.graph)));
}

double largestDifference(const FloatArray& a, const FloatArray& b) {
    double largest = a.values.size() == b.values.size() ? 0 : INFINITY;
    for (std::size_t i = 0; i < std::min(a.values.size(), b.values.size()); ++i) {
        const double difference = std::abs(static_cast<double>(a.values[i]) - static_cast<double>(b.values[i]));
        largest = difference <= largest ? largest : difference; // what is no number counts, too
        if (std::isnan(difference))
            return INFINITY;
    }
    return largest;
}

} // namespace

Result<OnnxCheck> checkOnnx(const RunFolder& run, const std::string& checkpoint, const std::string& file,
                            std::size_t images, const std::string& dataPath, const Context& context) {
    const Result<OnnxNetwork> network = readOnnx(file);
    if (!network)
        return network.error();
    const Result<RunParts> parts = readRunParts(run);
    if (!parts)
        return parts.error();
    const Result<fs::path> weights = run.checkpoint(checkpoint);
    if (!weights)
        return weights.error();
    const std::stop_token stop = interruption().get_token();
    const Result<RunData> data = openRunData(run, parts->experiment, {dataPath}, stop);
    if (!data)
        return data.error();
    const Result<std::vector<std::uint32_t>> indices = indicesOf(run, data->dataset, images);
    if (!indices)
        return indices.error();
    const Scratch scratch{context.home / (".check-" + newRunId())};
    if (const Result<void> written = writeNetwork(*network, scratch.path); !written)
        return written.error();
    const Result<Engine*> engine = loadEngine();
    if (!engine)
        return engine.error();
    LoaderSettings settings = readingFor(parts->experiment, parts->fitted, Reading::Evaluation);
    settings.batchSize = 1;
    BatchLoader loader(data->dataset, *indices, settings);
    loader.startEpoch(0);
    OnnxCheck check;
    while (const Batch* batch = loader.next()) {
        if (stop.stop_requested())
            return cancelled();
        ForwardRequest asked;
        asked.input.shape = {loader.outputHeight(), loader.outputWidth(), loader.channels()};
        asked.input.values.assign(batch->images.begin(), batch->images.end());
        asked.model = (run.path() / "graph.json").string();
        asked.weights = *weights;
        const Result<FloatArray> own = (*engine)->forward(asked);
        asked.model = (scratch.path / "graph.json").string();
        asked.weights = scratch.path / "weights.safetensors";
        const Result<FloatArray> read = own ? (*engine)->forward(asked) : own.error();
        if (!read)
            return read.error();
        check.difference = std::max(check.difference, largestDifference(*own, *read));
        showProgress("Checking", ++check.images, indices->size());
    }
    if (check.images == 0)
        return badInput("None of the images of the run " + run.id() + " can be read, so the file was not checked.");
    return check;
}

} // namespace sightline::cli
