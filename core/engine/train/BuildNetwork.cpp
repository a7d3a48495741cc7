// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/BuildNetwork.h"

#include <torch/types.h>

#include "engine/module/LoadedModel.h"
#include "store/StartWeights.h"
#include "support/Words.h"
#include "zoo/Hub.h"

namespace sightline::engine {

namespace {

/// "The classifier keeps the rows of 2 classes: boat, car; new, from random values: duck."
std::string knownClasses(const ClassRows& rows, const std::vector<std::string>& classes) {
    std::vector<std::string> known, others;
    for (std::size_t i = 0; i < classes.size(); ++i)
        (rows.of[i] ? known : others).push_back(classes[i]);
    return "The classifier keeps the rows of " + std::to_string(known.size()) +
           (known.size() == 1 ? " class: " : " classes: ") + listed(known) +
           (others.empty() ? "." : "; new, from random values: " + listed(others) + ".");
}

/// What the experiment's weights are, and what of the network they leave to chance. On a slow disk that takes a while.
Result<void> takeWeights(TrainSetup& setup, const std::filesystem::path& home, const std::stop_token& stop) {
    const Experiment& experiment = setup.experiment;
    const Result<StartWeights> start =
        startWeights(experiment.model.weights, home, experiment.model.graph.is_null() ? experiment.model.name : "");
    if (!start)
        return badInput("model.weights: " + start.error().message);
    const ClassRows rows = classRows(start->classes, setup.dataset.classes);
    LoadedWeights loaded;
    if (const Result<void> read =
            loadWeights(*setup.module, start->file, true, &loaded, stop, start->classes.empty() ? nullptr : &rows);
        !read)
        return read;
    if (!loaded.byClass.empty())
        setup.notes.push_back(knownClasses(rows, setup.dataset.classes));
    for (const std::string& name : loaded.fresh)
        setup.notes.push_back(
            (name.starts_with("head.") ? "The weights lack a layer: " : "The weights are for other classes: ") + name +
            " starts from random values.");
    const int channels = setup.module->spec().channels;
    for (const std::string& name : loaded.adapted)
        setup.notes.push_back("The weights are for 3 channels: " + name + " was " +
                              (channels == 1 ? "summed for 1." : "repeated for " + std::to_string(channels) + "."));
    if (const HubWeights* known = hubEntryOf(experiment.model.weights);
        known && experiment.normalization != NormalizationSettings{presetOf(*known)})
        setup.notes.push_back("The weights " + known->name + " were trained with normalization.preset " +
                              known->normalization + "; the experiment uses another normalization.");
    if (!loaded.unexpected.empty())
        setup.notes.push_back(
            "The weights contain tensors that the network does not have: " + listed(loaded.unexpected) + ".");
    return {};
}

} // namespace

Result<void> buildNetwork(TrainSetup& setup, const std::filesystem::path& home, const std::stop_token& stop) {
    const Experiment& experiment = setup.experiment;
    const Result<GraphSpec> graph = graphFor(experiment, static_cast<int>(setup.dataset.classes.size()));
    if (!graph)
        return graph.error();
    Result<std::shared_ptr<GraphModule>> module = GraphModule::make(*graph, experiment.seed);
    if (!module)
        return module.error();
    setup.module = *module;
    if (!setup.folder && !experiment.model.weights.empty()) // a run that goes on has its own
        if (const Result<void> taken = takeWeights(setup, home, stop); !taken)
            return taken;
    setup.step = {
        experiment.training.optimizer, experiment.training.loss, {}, usesBf16(experiment.training.precision, *graph)};
    setup.step.classWeights = classWeightsFor(setup);
    return {};
}

} // namespace sightline::engine
