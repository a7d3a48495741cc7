// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RunEdits.h"

#include <torch/types.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <stdexcept>

#include "augment/Reading.h"
#include "network/Attributes.h"
#include "network/Freezing.h"

namespace sightline::engine {

namespace {

constexpr const char* kRate = "training.optimizer.learning_rate";

/// A rate that float32 arithmetic made, as a person writes it: 0.0001, not 0.00010000000474974513.
double rounded(double rate) {
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), rate, std::chars_format::general, 6).ptr;
    double value = rate;
    std::from_chars(text.data(), end, value);
    return value;
}

/// Whether one of the paths is, or lies in, `block`; or the other way round.
bool touches(const Json& changes, const std::string& block) {
    return std::any_of(changes.items().begin(), changes.items().end(), [&](const auto& change) {
        const std::string& path = change.key();
        return path == block || path.starts_with(block + ".") || block.starts_with(path + ".");
    });
}

std::array<int, 2> inputSize(const Experiment& experiment) {
    return outputSize(experiment.augmentation, experiment.data.imageHeight, experiment.data.imageWidth);
}

Json dropoutOf(const Experiment& experiment) {
    return experiment.model.options.value("dropout", Json());
}

std::set<double> dropoutRates(const GraphSpec& graph) {
    std::set<double> rates;
    for (const Node& node : graph.nodes)
        if (node.op == Op::Dropout)
            rates.insert(numberAttribute(node, "rate", 0));
    return rates;
}

/// What a run's network was built with.
struct BuiltDropout {
    Json named;                  ///< by its experiment; null: each layer has a rate of its own
    Json rates = Json::object(); ///< { NODE: rate }
};

Result<BuiltDropout> builtDropout(const RunFolder& run) {
    const Result<Experiment> began = run.experimentAtStart();
    if (!began)
        return began.error();
    const Result<Json> json = run.graph();
    const Result<GraphSpec> graph = json ? graphFromJson(*json) : json.error();
    if (!graph)
        return graph.error();
    BuiltDropout built{dropoutOf(*began)};
    for (const Node& node : graph->nodes)
        if (node.op == Op::Dropout)
            built.rates[node.id] = numberAttribute(node, "rate", 0);
    return built;
}

/// What is named as it is, though one of `later` is to change it, is changed to what it is.
void nameWhatStays(EditedExperiment& edit, const std::vector<Setting>& settings,
                   const std::vector<RecordedEdit>& later) {
    const Json document = toJson(edit.experiment);
    for (const Setting& setting : settings) {
        const bool isToChange = std::any_of(later.begin(), later.end(), [&](const RecordedEdit& other) {
            return touches(other.changes, setting.path);
        });
        if (!isToChange || touches(edit.changes, setting.path))
            continue;
        const Json value = settingIn(document, setting.path);
        edit.changes[setting.path] = Json::array({value, value});
    }
}

} // namespace

Result<void> mayGoOnWith(const Experiment& next, const RunAsIs& run) {
    const auto refused = [](const std::string& why) {
        return badInput("The run cannot continue with these settings: " + why);
    };
    std::vector<Problem> found = problems(next);
    if (found.empty())
        found = problems(next, run.dataset);
    if (!found.empty())
        return refused(joined(found) + ".");
    if (next.training.epochs < run.epochs)
        return refused("training.epochs: " + std::to_string(run.epochs) + " epochs are trained or under way.");
    if (inputSize(next) != inputSize(run.experiment))
        return refused("augmentation: the size of the network's input cannot be changed once a run has begun.");
    if (const Json rate = dropoutOf(next); rate != dropoutOf(run.experiment)) {
        if (dropoutRates(run.graph).empty())
            return refused("model.options.dropout: the run's network has no dropout layer.");
        const Result<BuiltDropout> built = builtDropout(run.folder);
        if (!built)
            return built.error();
        if (rate != built->named && (!rate.is_number() || rate < 0 || rate > 0.95))
            return refused("model.options.dropout must be a number from 0 to 0.95.");
    }
    const Result<std::size_t> frozen = frozenNodes(run.graph, next.model.freeze);
    return frozen ? Result<void>() : refused(frozen.error().message);
}

Result<EditedExperiment> editedInEffect(const Experiment& now, double rate, const std::vector<Setting>& settings,
                                        const std::vector<RecordedEdit>& later) {
    const bool namesRate =
        std::any_of(settings.begin(), settings.end(), [](const Setting& setting) { return setting.path == kRate; });
    Experiment inEffect = now;
    if (namesRate && rate != namedRate(now))
        inEffect.training.optimizer.learningRate = rounded(rate);
    Result<EditedExperiment> next = edited(inEffect, settings);
    if (next)
        nameWhatStays(*next, settings, later);
    if (next && !next->changes.contains(kRate))
        next->experiment.training.optimizer.learningRate = now.training.optimizer.learningRate;
    return next;
}

void nameDropout(Json& changes, const GraphSpec& graph) {
    const auto change = changes.find("model.options.dropout");
    const std::set<double> rates = dropoutRates(graph);
    if (change != changes.end() && (*change)[0].is_null() && !(*change)[1].is_null() && rates.size() == 1)
        (*change)[0] = *rates.begin();
}

EditEffect goOnWith(const Experiment& next, const Json& changes, TrainSetup& setup, TrainState& state) {
    setup.experiment = next;
    setup.step.loss = next.training.loss;
    setup.step.classWeights = classWeightsFor(setup);
    if (const Json rate = dropoutOf(next); touches(changes, "model.options.dropout")) {
        const Result<BuiltDropout> built = builtDropout(*setup.folder);
        if (!built)
            throw std::runtime_error(built.error().message);
        setup.module->setDropout(rate == built->named ? built->rates : rate);
    }
    if (touches(changes, kRate))
        state.baseRate = namedRate(next);
    state.callbacks.change(next.training, setup.dataset.count(Subset::Validation) > 0);
    EditEffect effect;
    effect.feeds = touches(changes, "augmentation");
    effect.plan = touches(changes, "model.freeze") || touches(changes, "training.fine_tune");
    if (touches(changes, "training.loader_threads")) {
        setup.reading.threads = next.training.loaderThreads;
        for (Feed* feed : {setup.trainFeed.get(), setup.validationFeed.get()})
            if (feed)
                feed->setLoaderThreads(setup.reading.threads);
    }
    if (effect.feeds) {
        const LoaderSettings before = setup.reading;
        setup.reading = readingFor(next, setup.fitted, Reading::Training);
        setup.reading.cache = before.cache;
        setup.reading.part = before.part;
    }
    return effect;
}

RunNote noteOfEdit(const Json& changes, RunPlace place) {
    std::string sentence;
    bool isChange = false;
    for (const auto& [path, values] : changes.items()) {
        const char* const none = path == "model.options.dropout" ? "the network's own" : "none";
        const auto said = [&](const Json& value) { return value.is_null() ? std::string(none) : toText(value, -1); };
        const bool stays = values[0] == values[1];
        isChange = isChange || !stays;
        sentence += (sentence.empty() ? "" : "; ") + path +
                    (stays ? " stays at " + said(values[1]) : " from " + said(values[0]) + " to " + said(values[1]));
    }
    return {(isChange ? "Changed: " : "Unchanged: ") + sentence + ".",
            Json{{"type", "edit"}, {"epoch", place.epoch}, {"batch", place.batch}, {"changes", changes}}};
}

} // namespace sightline::engine
