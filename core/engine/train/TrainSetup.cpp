// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/TrainSetup.h"

#include <torch/types.h>

#include <algorithm>

#include "augment/Fitting.h"
#include "augment/Reading.h"
#include "augment/SharedImages.h"
#include "engine/ProbeImages.h"
#include "engine/module/LoadedModel.h"
#include "engine/train/RunEdits.h"
#include "engine/train/RunImages.h"
#include "store/RemoteCommand.h"
#include "store/RunEvents.h"
#include "store/RunParts.h"
#include "store/RunState.h"
#include "store/StartWeights.h"
#include "support/Files.h"
#include "support/Words.h"
#include "zoo/Hub.h"

namespace sightline::engine {

namespace {

constexpr const char* kRate = "training.optimizer.learning_rate";

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

/// Dropout that was edited takes effect in the graph the run began with.
void setDropout(GraphSpec& graph, const Json& rate) {
    for (Node& node : graph.nodes)
        if (node.op == Op::Dropout && rate.is_number())
            node.attributes["rate"] = rate;
}

/// What the checkpoint that the run goes on from says; nothing where there is none, which is said when it is loaded.
Json stateIn(const std::optional<KeptCheckpoint>& from) {
    const Result<SafetensorsFile> file =
        from ? SafetensorsFile::open(from->file) : Result<SafetensorsFile>(Error{"none"});
    return file ? runStateIn(*file).value_or(Json::object()) : Json::object();
}

/// The learning rate that an edit named at this very place: the checkpoint may be from a moment before it. Nothing
/// where the last one up to here was made earlier.
std::optional<double> rateNamedAt(const std::vector<RecordedEdit>& edits, RunPlace place) {
    const auto last = std::find_if(edits.rbegin(), edits.rend(), [&](const RecordedEdit& edit) {
        return edit.place <= place && edit.changes.contains(kRate);
    });
    if (last == edits.rend() || last->place != place)
        return {};
    const Json& values = last->changes[kRate];
    const bool isPair = values.is_array() && values.size() == 2 && values[1].is_number();
    return isPair ? std::optional(values[1].get<double>()) : std::nullopt;
}

/// The run's settings as they were at the checkpoint it goes on from; edits made after that are for later.
Result<void> turnBack(TrainSetup& setup, RunPlace place, const Json& state) {
    const std::vector<RecordedEdit> edits = readRunEdits(setup.folder->path() / "events.jsonl");
    setup.later = editsAfter(edits, place);
    for (auto edit = setup.later.rbegin(); edit != setup.later.rend(); ++edit) {
        Json back = Json::object();
        for (const auto& [path, values] : edit->changes.items())
            back[path] = Json::array({values[1], values[0]});
        Result<Experiment> earlier = withChanges(setup.before, back);
        if (!earlier)
            return earlier.error();
        setup.before = std::move(*earlier);
    }
    // An edit names the rate that was in effect before it, which is not the one the settings named.
    double& inEffect = setup.before.training.optimizer.learningRate;
    if (const Json settings = state.value("settings", Json()); !setup.later.empty() && settings.is_object())
        if (const Json rate = settings.value(kRate, Json()); rate.is_number())
            inEffect = rate.get<double>();
    if (const std::optional<double> rate = rateNamedAt(edits, place)) {
        inEffect = *rate;
        setup.editedRate = namedRate(setup.before);
    }
    return {};
}

/// Compute threads: automatic ones are shared out among the processes of a training.
int threadsFor(const TrainSetup& setup) {
    const int asked = setup.experiment.training.threads;
    return asked > 0 || setup.sharers == 1 ? asked : std::max(1, availableCpus() / setup.sharers);
}

/// The run's folder and its experiment take the place of the request's.
Result<void> takeRun(const TrainRequest& request, TrainSetup& setup) {
    const Result<RunFolder> folder = setup.store->find(request.resume);
    if (!folder)
        return folder.error();
    if (setup.keeps()) { // before anything is looked at
        Result<RunMark> mark = RunMark::take(folder->path());
        if (!mark)
            return mark.error();
        setup.mark = std::move(*mark);
        forgetCommands(folder->path()); // of an earlier session; whoever sees the mark may leave new ones from here on
    }
    setup.folder = *folder;
    Result<RunParts> parts = readRunParts(*folder);
    if (!parts)
        return parts.error();
    setup.before = std::move(parts->experiment);
    const std::optional<KeptCheckpoint> from = checkpointToResume(folder->path());
    const Json state = stateIn(from);
    if (from)
        if (const Result<void> turned = turnBack(setup, {from->epoch + 1, from->batch}, state); !turned)
            return turned;
    const Json rate = state.value("learning_rate", Json());
    const double kept = rate.is_number() ? rate.get<double>() : namedRate(setup.before);
    Result<EditedExperiment> now = editedInEffect(setup.before, setup.editedRate.value_or(kept), request.settings);
    if (!now)
        return now.error();
    setup.experiment = std::move(now->experiment);
    setup.changes = std::move(now->changes);
    nameDropout(setup.changes, parts->graph);
    setup.dropLater(setup.changes);
    setup.fitted = std::move(parts->fitted);
    // The network it began with: weights of another family changed its batch-norms, and a file may have changed since.
    const Result<Experiment> began = folder->experimentAtStart();
    if (!began)
        return began.error();
    if (const Json dropout = setup.experiment.model.options.value("dropout", Json());
        dropout != began->model.options.value("dropout", Json()))
        setDropout(parts->graph, dropout);
    const Json graph = toJson(parts->graph);
    for (Experiment* experiment : {&setup.before, &setup.experiment}) {
        experiment->model.graph = graph;
        experiment->model.head.reset(); // the graph has it
    }
    if (request.threads)
        setup.experiment.training.threads = *request.threads;
    setup.compute.emplace(threadsFor(setup), request.background);
    return {};
}

Result<void> refused(const std::vector<Problem>& found) {
    if (found.empty())
        return {};
    return badInput("The experiment cannot be used: " + joined(found) + ".");
}

Result<void> openData(const TrainRequest& request, TrainSetup& setup, std::stop_token stop) {
    if (const Result<void> fine = refused(problems(setup.experiment)); !fine)
        return fine;
    if (const Result<void> opened = openRunImages(request, std::move(stop), setup); !opened)
        return opened;
    setup.countImages();
    std::vector<Problem> found = problems(setup.experiment, setup.dataset);
    if (!setup.folder || setup.changes.contains("training.probes")) // of a run that goes on they may be gone since
        for (Problem& problem : probeProblems(setup.experiment.training.probes, setup.dataset))
            found.push_back(std::move(problem));
    return refused(found);
}

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

Result<void> prepareReading(TrainSetup& setup, std::stop_token stop) {
    setup.reading = readingFor(setup.experiment, nullptr, Reading::Training, setup.store->home());
    if (!setup.folder && setup.keeps()) { // else the run's or rank 0's
        auto fitted = fitNormalization(setup.dataset, setup.dataset.indices(Subset::Train), setup.reading, stop);
        if (!fitted)
            return fitted.error();
        setup.fitted = std::move(*fitted);
    }
    setup.reading.fitted = setup.fitted;
    if (setup.ranks)
        setup.reading.part = {static_cast<std::size_t>(setup.ranks->rank()),
                              static_cast<std::size_t>(setup.ranks->size())};
    return {};
}

/// At most so many of them, from all over.
std::vector<std::uint32_t> evenly(std::vector<std::uint32_t> indices, std::size_t most) {
    if (indices.size() <= most)
        return indices;
    std::vector<std::uint32_t> some;
    for (std::size_t i = 0; i < most; ++i)
        some.push_back(indices[i * indices.size() / most]);
    return some;
}

} // namespace

Result<void> prepareTrial(const TrialRequest& request, std::stop_token stop, TrainSetup& setup) {
    setup.experiment = request.experiment;
    setup.dataset = request.dataset;
    std::erase_if(setup.dataset.samples, [](const Sample& sample) { return sample.excluded; }); // as a run has them
    setup.countImages();
    setup.compute.emplace(request.experiment.training.threads);
    for (const std::vector<Problem>& found : {problems(setup.experiment), problems(setup.experiment, setup.dataset)})
        if (const Result<void> fine = refused(found); !fine)
            return fine;
    if (const Result<void> built = buildNetwork(setup, request.home, stop); !built)
        return built;
    setup.reading = readingFor(setup.experiment, nullptr, Reading::Training);
    auto fitted = fitNormalization(setup.dataset, evenly(setup.dataset.indices(Subset::Train), request.fitted),
                                   setup.reading, stop);
    if (!fitted)
        return fitted.error();
    setup.reading.fitted = setup.fitted = std::move(*fitted);
    return {};
}

std::vector<float> classWeightsFor(const TrainSetup& setup) {
    return setup.experiment.training.loss.balancedClassWeight ? balancedWeights(setup.dataset) : std::vector<float>();
}

Result<void> prepareTraining(const TrainRequest& request, std::stop_token stop, TrainSetup& setup) {
    setup.experiment = request.experiment;
    setup.compute.emplace(threadsFor(setup), request.background);
    Result<RunStore> store = setup.keeps() ? RunStore::open(request.home) : RunStore::openToRead(request.home);
    if (!store)
        return store.error();
    setup.store = std::move(*store);
    if (!request.resume.empty())
        if (const Result<void> taken = takeRun(request, setup); !taken)
            return taken;
    if (const Result<void> opened = openData(request, setup, stop); !opened)
        return opened;
    if (const Result<void> built = buildNetwork(setup, request.home, stop); !built)
        return built;
    if (setup.folder) // epochs beside the checkpoint's: resumeRun()
        if (const Result<void> may =
                mayGoOnWith(setup.experiment, {setup.before, setup.module->spec(), setup.dataset, *setup.folder});
            !may)
            return may;
    if (const Result<void> read = prepareReading(setup, stop); !read)
        return read;
    if (request.images && !setup.folder)
        setup.reading.decoded =
            request.images->decoded(setup.experiment, setup.dataset.samples.size(), setup.reading.cache);
    return {};
}

int TrainSetup::batchesPerEpoch() const {
    const auto size = static_cast<std::size_t>(experiment.training.batchSize);
    return static_cast<int>((trainImages + size - 1) / size);
}

void TrainSetup::dropLater(const Json& changed) {
    for (RecordedEdit& edit : later)
        for (const auto& [path, values] : changed.items())
            edit.changes.erase(path);
    std::erase_if(later, [](const RecordedEdit& edit) { return edit.changes.empty(); });
}

void TrainSetup::countImages() {
    trainImages = dataset.count(Subset::Train);
    validationImages = dataset.count(Subset::Validation);
}

Result<void> openTrainingFeeds(TrainSetup& setup, bool features, std::stop_token stop,
                               const std::function<void(const std::string&)>& note) {
    const LoaderSettings judging = asJudging(setup.reading);
    setup.trainFeed.reset();
    setup.validationFeed.reset();
    if (features) {
        Result<FeatureSets> sets = featureSets(*setup.module, setup.dataset, setup.reading, setup.step.bf16,
                                               setup.store->home(), std::move(stop), setup.ranks);
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
