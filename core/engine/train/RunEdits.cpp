// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RunEdits.h"

#include <torch/types.h>

#include <algorithm>

#include "augment/Reading.h"
#include "network/Freezing.h"

namespace sightline::engine {

namespace {

/// Whether one of the paths is, or lies in, `block`; or the other way round.
bool touches(const Json& changes, const std::string& block) {
    return std::any_of(changes.items().begin(), changes.items().end(), [&](const auto& change) {
        const std::string& path = change.key();
        return path == block || path.starts_with(block + ".") || block.starts_with(path + ".");
    });
}

} // namespace

Result<void> mayGoOnWith(const Experiment& next, const TrainSetup& setup, const TrainState& state) {
    const auto refused = [](const std::string& why) {
        return badInput("The run cannot continue with these settings: " + why);
    };
    std::vector<Problem> found = problems(next);
    if (found.empty())
        found = problems(next, setup.dataset);
    if (!found.empty())
        return refused(joined(found) + ".");
    const int needed = state.isWithinEpoch() ? state.epoch : state.finished();
    if (next.training.epochs < needed)
        return refused("training.epochs: " + std::to_string(needed) + " epochs are trained or under way.");
    const DataSettings& data = setup.experiment.data;
    if (outputSize(next.augmentation, data.imageHeight, data.imageWidth) !=
        outputSize(setup.experiment.augmentation, data.imageHeight, data.imageWidth))
        return refused("augmentation: the size of the network's input cannot be changed once a run has begun.");
    const std::vector<Node>& nodes = setup.module->spec().nodes;
    const bool drops = std::any_of(nodes.begin(), nodes.end(), [](const Node& node) { return node.op == Op::Dropout; });
    const auto rate = [](const Experiment& of) { return of.model.options.value("dropout", Json()); };
    if (!drops && rate(next) != rate(setup.experiment))
        return refused("model.options.dropout: the run's network has no dropout layer.");
    const Result<std::size_t> frozen = frozenNodes(setup.module->spec(), next.model.freeze);
    return frozen ? Result<void>() : refused(frozen.error().message);
}

EditEffect goOnWith(const Experiment& next, const Json& changes, TrainSetup& setup, TrainState& state) {
    setup.experiment = next;
    setup.step.loss = next.training.loss;
    setup.step.classWeights = classWeightsFor(setup);
    if (const Json rate = next.model.options.value("dropout", Json()); touches(changes, "model.options.dropout"))
        setup.module->setDropout(rate);
    if (touches(changes, "training.optimizer.learning_rate"))
        state.baseRate = namedRate(next);
    state.callbacks.change(next.training, setup.dataset.count(Subset::Validation) > 0);
    EditEffect effect;
    effect.feeds = touches(changes, "augmentation") || touches(changes, "training.loader_threads");
    effect.plan = touches(changes, "model.freeze") || touches(changes, "training.fine_tune");
    if (effect.feeds) {
        const CacheLimits cache = setup.reading.cache;
        setup.reading = readingFor(next, setup.fitted, Reading::Training);
        setup.reading.cache = cache;
    }
    return effect;
}

RunNote noteOfEdit(const Json& changes, RunPlace place) {
    std::string sentence;
    const auto said = [](const Json& value) { return value.is_null() ? std::string("none") : toText(value, -1); };
    for (const auto& [path, values] : changes.items())
        sentence +=
            (sentence.empty() ? "Changed: " : "; ") + path + " from " + said(values[0]) + " to " + said(values[1]);
    return {sentence + ".",
            Json{{"type", "edit"}, {"epoch", place.epoch}, {"batch", place.batch}, {"changes", changes}}};
}

} // namespace sightline::engine
