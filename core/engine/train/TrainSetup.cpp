// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/TrainSetup.h"

#include <torch/types.h>

#include "augment/Fitting.h"
#include "data/Overlay.h"
#include "engine/module/LoadedModel.h"
#include "store/FittedNormalizationFile.h"
#include "support/Files.h"
#include "zoo/Hub.h"

namespace sightline::engine {

namespace {

/// n / (classes * n_c) per class, as scikit-learn's "balanced".
std::vector<float> balancedWeights(const Dataset& dataset) {
    const std::vector<std::size_t> counts = dataset.countsPerClass(Subset::Train);
    const auto total = static_cast<double>(dataset.count(Subset::Train));
    std::vector<float> weights;
    for (const std::size_t count : counts)
        weights.push_back(
            count == 0 ? 0.0f
                       : static_cast<float>(total / (static_cast<double>(counts.size()) * static_cast<double>(count))));
    return weights;
}

/// "a, b, c and 4 more".
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t kShown = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i)
        text += (i ? ", " : "") + shown(names[i]);
    return names.size() > kShown ? text + " and " + std::to_string(names.size() - kShown) + " more" : text;
}

/// The run's folder and its experiment take the place of the request's.
Result<void> takeRun(const std::string& run, bool background, TrainSetup& setup) {
    const Result<RunFolder> folder = setup.store->find(run);
    if (!folder)
        return folder.error();
    if (folder->isRunning())
        return badInput("The run " + folder->id() + " is being trained by another program; stop it there first.");
    setup.folder = *folder;
    const Result<Experiment> experiment = folder->experiment();
    if (!experiment)
        return experiment.error();
    setup.experiment = *experiment;
    // The network it began with: weights of another family changed its batch-norms, and a file may have changed since.
    const Result<Json> graph = folder->graph();
    if (!graph)
        return graph.error();
    setup.experiment.model.graph = *graph;
    setup.experiment.model.head.reset(); // the graph has it
    setup.compute.emplace(setup.experiment.training.threads, background);
    return {};
}

Result<void> refused(const std::vector<Problem>& found) {
    if (found.empty())
        return {};
    return badInput("The experiment cannot be used: " + joined(found) + ".");
}

Result<void> openData(TrainSetup& setup, const std::filesystem::path& home, std::stop_token stop) {
    if (const Result<void> fine = refused(problems(setup.experiment)); !fine)
        return fine;
    // A run goes on with the labels it began with, whatever was changed by hand since.
    Result<Dataset> dataset = setup.folder
                                  ? openWithOverlayFile(setup.folder->path() / kOverlayFile, setup.experiment.data,
                                                        setup.experiment.seed, stop)
                                  : openWithOverlay(home, setup.experiment.data, setup.experiment.seed, true, stop);
    if (!dataset)
        return dataset.error();
    setup.dataset = std::move(*dataset);
    return refused(problems(setup.experiment, setup.dataset));
}

Result<void> buildNetwork(TrainSetup& setup, const std::filesystem::path& home) {
    const Experiment& experiment = setup.experiment;
    const Result<GraphSpec> graph = graphFor(experiment, static_cast<int>(setup.dataset.classes.size()));
    if (!graph)
        return graph.error();
    Result<std::shared_ptr<GraphModule>> module = GraphModule::make(*graph, experiment.seed);
    if (!module)
        return module.error();
    setup.module = *module;
    if (!setup.folder && !experiment.model.weights.empty()) { // a run that goes on has its own
        const Result<std::filesystem::path> file =
            weightsFile(experiment.model.weights, home, experiment.model.graph.is_null() ? experiment.model.name : "");
        if (!file)
            return badInput("model.weights: " + file.error().message);
        LoadedWeights loaded;
        if (const Result<void> read = loadWeights(*setup.module, *file, true, &loaded); !read)
            return read;
        for (const std::string& name : loaded.fresh)
            setup.notes.push_back(
                (name.starts_with("head.") ? "The weights lack a layer: " : "The weights are for other classes: ") +
                name + " starts from random values.");
        if (const HubWeights* known = hubEntryOf(experiment.model.weights);
            known && experiment.normalization != NormalizationSettings{presetOf(*known)})
            setup.notes.push_back("The weights " + known->name + " were trained with normalization.preset " +
                                  known->normalization + "; the experiment uses another normalization.");
        if (!loaded.unexpected.empty())
            setup.notes.push_back(
                "The weights contain tensors that the network does not have: " + listed(loaded.unexpected) + ".");
    }
    setup.step = {
        experiment.training.optimizer, experiment.training.loss, {}, usesBf16(experiment.training.precision, *graph)};
    if (experiment.training.loss.balancedClassWeight)
        setup.step.classWeights = balancedWeights(setup.dataset);
    return {};
}

Result<void> prepareReading(TrainSetup& setup, std::stop_token stop) {
    const Experiment& experiment = setup.experiment;
    LoaderSettings& reading = setup.reading;
    reading = {experiment.data, experiment.augmentation, experiment.normalization, experiment.seed,
               experiment.training.batchSize};
    reading.cache = cacheLimits(experiment.data, setup.store->home());
    auto fitted = setup.folder ? readFittedNormalization(setup.folder->path(), experiment.normalization,
                                                         experiment.data.channels())
                               : fitNormalization(setup.dataset, setup.dataset.indices(Subset::Train), reading, stop);
    if (!fitted)
        return fitted.error();
    setup.fitted = reading.fitted = std::move(*fitted);
    return {};
}

} // namespace

Result<void> prepareTraining(const TrainRequest& request, std::stop_token stop, TrainSetup& setup) {
    setup.experiment = request.experiment;
    setup.compute.emplace(request.experiment.training.threads, request.background);
    Result<RunStore> store = RunStore::open(request.home);
    if (!store)
        return store.error();
    setup.store = std::move(*store);
    if (!request.resume.empty())
        if (const Result<void> taken = takeRun(request.resume, request.background, setup); !taken)
            return taken;
    if (const Result<void> opened = openData(setup, request.home, stop); !opened)
        return opened;
    if (const Result<void> built = buildNetwork(setup, request.home); !built)
        return built;
    return prepareReading(setup, stop);
}

int TrainSetup::batchesPerEpoch() const {
    const auto size = static_cast<std::size_t>(experiment.training.batchSize);
    return static_cast<int>((dataset.count(Subset::Train) + size - 1) / size);
}

Result<void> openTrainingFeeds(TrainSetup& setup, bool features, std::stop_token stop,
                               const std::function<void(const std::string&)>& note) {
    LoaderSettings judging = setup.reading;
    judging.training = judging.shuffle = false;
    setup.trainFeed.reset();
    setup.validationFeed.reset();
    if (features) {
        Result<FeatureSets> sets = featureSets(*setup.module, setup.dataset, setup.reading, setup.step.bf16,
                                               setup.store->home(), std::move(stop));
        if (!sets)
            return sets.error();
        note(sets->note);
        const bool validates = !sets->validation.indices.empty();
        setup.trainFeed = featureFeed(setup.dataset, std::move(sets->training), setup.reading);
        if (validates)
            setup.validationFeed = featureFeed(setup.dataset, std::move(sets->validation), judging);
        return {};
    }
    setup.trainFeed = imageFeed(setup.dataset, setup.dataset.indices(Subset::Train), setup.reading);
    std::vector<std::uint32_t> validation = setup.dataset.indices(Subset::Validation);
    if (validation.empty())
        return {};
    std::erase_if(validation, [&](std::uint32_t index) { return setup.dataset.samples[index].label < 0; });
    setup.validationFeed = imageFeed(setup.dataset, std::move(validation), judging);
    return {};
}

} // namespace sightline::engine
