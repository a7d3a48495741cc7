// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/Augment.h"
#include "engine/Engine.h"
#include "engine/device/Devices.h"
#include "network/Freezing.h"
#include "network/Head.h"
#include "zoo/Zoo.h"

namespace sightline {

namespace {

/// What makes the scores makes so many; its weights start anew.
void giveClasses(GraphSpec& spec, int classes) {
    const std::vector<bool> makesScores = classifierNodes(spec);
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        Node& node = spec.nodes[i];
        if (makesScores[i] && (node.op == Op::Dense || node.op == Op::Conv2d))
            node.attributes[node.op == Op::Dense ? "units" : "filters"] = classes;
    }
}

Result<GraphSpec> ownGraph(const Experiment& experiment, int classes) {
    const auto size = outputSize(experiment.augmentation, experiment.data.imageHeight, experiment.data.imageWidth);
    const int channels = experiment.data.channels();
    const Json& graph = experiment.model.graph;
    if (graph.is_null()) {
        ZooRequest request{size[0], size[1], channels, classes, experiment.model.options};
        return buildFromZoo(experiment.model.name, request);
    }
    Result<GraphSpec> spec = graph.is_string() ? readGraph(graph.get<std::string>()) : graphFromJson(graph);
    if (!spec)
        return badInput("model.graph: " + spec.error().message);
    spec->height = size[0];
    spec->width = size[1];
    spec->channels = channels;
    if (!experiment.model.weights.empty() && !experiment.model.head) // a new classifier where its classes are others
        giveClasses(*spec, classes);
    return spec;
}

} // namespace

Result<GraphSpec> graphFor(const Experiment& experiment, int classes) {
    Result<GraphSpec> spec = ownGraph(experiment, classes);
    return spec && experiment.model.head ? withHead(*spec, *experiment.model.head, classes) : spec;
}

std::vector<Problem> problems(const Experiment& experiment, const Dataset& dataset) {
    std::vector<Problem> found;
    const auto classes = static_cast<int>(dataset.classes.size());
    if (experiment.training.device.starts_with("cuda"))
        if (std::string why = whyNotOn(experiment.training.device, devices()); !why.empty())
            found.push_back({"training.device", std::move(why)});
    if (classes < 2)
        found.push_back({"data.path", "has only one class; a classifier needs at least two class folders"});
    if (const Result<GraphSpec> graph = graphFor(experiment, std::max(classes, 1)); !graph) {
        found.push_back({"model", graph.error().message});
    } else if (const Result<GraphCost> cost = shapes(*graph); !cost) {
        found.push_back({"model", cost.error().message});
    } else {
        for (Problem& problem : freezingProblems(*graph, experiment))
            found.push_back(std::move(problem));
        for (const Output& output : graph->outputs) {
            if (const Shape scores = outputShape(*graph, *cost, output); scores != Shape{classes})
                found.push_back({"model.graph", output.node + " outputs " + std::to_string(scores[0]) +
                                                    " scores, but the data has " + std::to_string(classes) +
                                                    " classes"});
        }
        for (const auto& [name, weight] : experiment.training.loss.outputWeights) {
            bool known = false;
            for (const Output& output : graph->outputs)
                known = known || output.name == name;
            if (!known)
                found.push_back({"training.loss.output_weights." + name, "is not an output of " + graph->name});
        }
    }
    if (dataset.count(Subset::Validation) == 0) {
        const auto needs = [&](const char* path, const std::string& monitor) {
            if (monitor.starts_with("val_"))
                found.push_back(
                    {path, "monitors " + monitor +
                               ", but there are no validation images; add a val folder or set data.validation_split"});
        };
        if (experiment.training.earlyStopping)
            needs("training.early_stopping.monitor", experiment.training.earlyStopping->monitor);
        if (experiment.training.reduceLrOnPlateau)
            needs("training.reduce_lr_on_plateau.monitor", experiment.training.reduceLrOnPlateau->monitor);
        if (experiment.training.checkpoint)
            needs("training.checkpoint.monitor", experiment.training.checkpoint->monitor);
    }
    return found;
}

} // namespace sightline
