// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/TakeRun.h"

#include <torch/types.h>

#include <algorithm>

#include "engine/train/RunEdits.h"
#include "experiment/EditFold.h"
#include "store/RemoteCommand.h"
#include "store/RunEvents.h"
#include "store/RunFork.h"
#include "store/RunParts.h"
#include "store/RunState.h"

namespace sightline::engine {

namespace {

constexpr const char* kRate = "training.optimizer.learning_rate";

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
Result<void> turnBack(TrainSetup& setup, RunPlace place) {
    const std::vector<RecordedEdit> edits = readRunEdits(setup.folder->path() / "events.jsonl");
    setup.later = editsAfter(edits, place);
    std::vector<RecordedEdit> earlier = edits;
    std::erase_if(earlier, [&](const RecordedEdit& edit) { return edit.place > place; });
    const Result<Experiment> began = setup.folder->experimentAtStart();
    Result<Experiment> then = began ? withEdits(*began, earlier) : began;
    if (!then)
        return then.error();
    then->data = std::move(setup.before.data); // where the images are now
    setup.before = std::move(*then);
    if (const std::optional<double> rate = rateNamedAt(edits, place)) {
        setup.before.training.optimizer.learningRate = *rate;
        setup.editedRate = namedRate(setup.before);
    }
    return {};
}

} // namespace

Result<void> takeRun(const TrainRequest& request, TrainSetup& setup) {
    const Result<RunFolder> folder = setup.store->find(request.resume);
    if (!folder)
        return folder.error();
    if (setup.keeps()) { // before anything is looked at
        const auto left = leftCommands(folder->path());
        Result<RunMark> mark = RunMark::take(folder->path());
        if (!mark)
            return mark.error();
        setup.mark = std::move(*mark);
        forgetCommands(left); // of an earlier session; whoever sees the mark may have left one for this
    }
    if (isHalfFork(*folder)) {
        const std::optional<RunParent> parent = parentOf(*folder);
        return badInput("The run " + folder->id() + " is half a fork: making it was interrupted. Fork " +
                        (parent ? "the run " + parent->run : "its parent") + " again.");
    }
    setup.folder = *folder;
    Result<RunParts> parts = readRunParts(*folder);
    if (!parts)
        return parts.error();
    setup.before = std::move(parts->experiment);
    const std::optional<KeptCheckpoint> from = checkpointToResume(folder->path());
    const Json state = stateIn(from);
    if (from)
        if (const Result<void> turned = turnBack(setup, {from->epoch + 1, from->batch}); !turned)
            return turned;
    const Json rate = state.value("learning_rate", Json());
    const double kept = rate.is_number() ? rate.get<double>() : namedRate(setup.before);
    std::vector<Setting> settings = settingsToBeginWith(*folder);
    settings.insert(settings.end(), request.settings.begin(), request.settings.end());
    Result<EditedExperiment> now = editedInEffect(setup.before, setup.editedRate.value_or(kept), settings, setup.later);
    if (!now)
        return now.error();
    setup.experiment = std::move(now->experiment);
    setup.changes = std::move(now->changes);
    setup.namesEpochs = std::any_of(settings.begin(), settings.end(),
                                    [](const Setting& setting) { return setting.path == "training.epochs"; });
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
    return {};
}

} // namespace sightline::engine
