// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/TrainedNetwork.h"

#include <utility>

#include "store/WeightsDigest.h"

namespace sightline {

Result<TrainedNetwork> trainedNetwork(const RunFolder& run, const std::string& which) {
    Result<RunParts> parts = readRunParts(run);
    if (!parts)
        return parts.error();
    Result<GraphCost> cost = shapes(parts->graph);
    if (!cost)
        return cost.error();
    const Result<std::filesystem::path> checkpoint = run.checkpoint(which);
    if (!checkpoint)
        return checkpoint.error();
    const Result<SafetensorsFile> file = openAsWritten(*checkpoint);
    if (!file)
        return file.error();
    TrainedNetwork trained{std::move(*parts), std::move(*cost), {}};
    for (const TensorSpec& tensor : tensorsOf(trained.parts.graph, trained.cost)) {
        const TensorView* view = file->find(tensor.name);
        if (!view || view->shape != tensor.shape)
            return badInput(checkpoint->string() + " lacks the tensor " + tensor.name + " of the run's network.");
        Result<std::vector<float>> values = asFloats(*view);
        if (!values)
            return values.error();
        trained.values[tensor.name] = std::move(*values);
    }
    return trained;
}

} // namespace sightline
