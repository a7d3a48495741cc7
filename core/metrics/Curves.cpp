// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Curves.h"

#include <algorithm>
#include <cmath>

#include "zoo/Zoo.h"

namespace sightline {

namespace {
constexpr std::size_t kFewest = 4; ///< epochs before anything is said
constexpr int kLast = 3;           ///< epochs for which something must hold
constexpr double kFarAhead = 0.1;  ///< of accuracy
constexpr double kHardly = 0.05;   ///< of the first epoch's loss
constexpr double kAboveChance = 0.05;

bool augments(const Experiment& experiment) {
    AugmentationSettings settings = experiment.augmentation, none;
    settings.fillMode = none.fillMode; // by itself it changes nothing
    return settings != none;
}

/// Where dropout is set, and whether there is any; no path: the network has none to set.
struct Dropout {
    std::string path;
    bool isOn = false;
};

Dropout dropoutOf(const ModelSettings& model) {
    if (model.head)
        return {"model.head.dropout", model.head->dropout > 0};
    const ZooEntry* entry = model.graph.is_null() ? findInZoo(model.name) : nullptr;
    const auto options = entry ? entry->options : std::vector<ZooOption>();
    const auto option =
        std::find_if(options.begin(), options.end(), [](const ZooOption& o) { return o.key == "dropout"; });
    if (option == options.end())
        return {};
    const Json rate = model.options.value("dropout", option->defaultValue);
    return {"model.options.dropout", rate.is_number() && rate.get<double>() > 0};
}

std::vector<Remedy> againstOverfitting(const Experiment& experiment) {
    std::vector<Remedy> remedies;
    remedies.push_back(
        {"augmentation.rotation_range", augments(experiment) ? "stronger augmentation" : "augmentation"});
    if (const Dropout dropout = dropoutOf(experiment.model); !dropout.path.empty() && !dropout.isOn)
        remedies.push_back({dropout.path, "dropout"});
    if (experiment.training.optimizer.weightDecay == 0)
        remedies.push_back({"training.optimizer.weight_decay", "weight decay"});
    if (!experiment.training.earlyStopping)
        remedies.push_back({"training.early_stopping", "early stopping"});
    return remedies;
}

std::vector<Remedy> againstStalling(const Experiment& experiment) {
    std::vector<Remedy> remedies;
    if (!experiment.training.reduceLrOnPlateau && experiment.training.schedule.name == ScheduleSettings::Name::Constant)
        remedies.push_back({"training.reduce_lr_on_plateau", "a learning rate that is reduced"});
    remedies.push_back({"data.image_size", "larger images"});
    remedies.push_back({"model.name", "a larger network"});
    return remedies;
}

/// The first epoch from which on training has been far ahead of validation; 0: it is not, or not for long.
int aheadSince(const std::vector<EpochMetrics>& history) {
    int since = 0, epochs = 0;
    for (auto epoch = history.rbegin(); epoch != history.rend(); ++epoch, ++epochs) {
        if (!epoch->valAccuracy || epoch->accuracy - *epoch->valAccuracy < kFarAhead)
            break;
        since = epoch->epoch;
    }
    return epochs >= kLast ? since : 0;
}

/// Position of the epoch with the lowest validation loss; -1: there is no validation.
int bestEpoch(const std::vector<EpochMetrics>& history) {
    int best = -1;
    for (std::size_t i = 0; i < history.size(); ++i)
        if (history[i].valLoss && (best < 0 || *history[i].valLoss < *history[static_cast<std::size_t>(best)].valLoss))
            best = static_cast<int>(i);
    return best;
}

/// Against the first epoch, or against guessing where that one was good already: a little more of next to nothing is no
/// divergence.
bool diverges(const std::vector<EpochMetrics>& history, std::size_t classes) {
    const EpochMetrics& last = history.back();
    if (!std::isfinite(last.loss))
        return true;
    const double guessing = std::log(static_cast<double>(std::max<std::size_t>(classes, 2)));
    const double much = 1.2 * std::max(history[0].loss, guessing / 4);
    return std::all_of(history.end() - kLast, history.end(), [&](const EpochMetrics& e) { return e.loss > much; });
}
} // namespace

CurveReading readCurves(const std::vector<EpochMetrics>& history, const Experiment& experiment, std::size_t classes) {
    if (history.size() < kFewest)
        return {};
    const Remedy slower{"training.optimizer.learning_rate", "a lower learning rate"};
    if (diverges(history, classes))
        return {CurveShape::Diverging, 0, {slower, {"training.optimizer.clip_norm", "clipped gradients"}}};
    const EpochMetrics& first = history.front();
    const EpochMetrics& last = history.back();
    const double chance = classes > 0 ? 1.0 / static_cast<double>(classes) : 0;
    if (last.loss > (1 - kHardly) * first.loss && last.accuracy < chance + kAboveChance)
        return {CurveShape::NotLearning,
                0,
                {{"training.optimizer.learning_rate", "another learning rate"},
                 {"normalization.preset", "normalization"},
                 {"model.name", "another network"}}};
    const int best = bestEpoch(history), count = static_cast<int>(history.size());
    const bool improves = best >= 0 && count - 1 - best < kLast;
    if (const int since = aheadSince(history); since > 0 && !improves)
        return {CurveShape::Overfitting, since, againstOverfitting(experiment)};
    if (best >= 0 && count - 1 - best >= std::max(5, count / 3))
        return {CurveShape::Stalled, history[static_cast<std::size_t>(best)].epoch, againstStalling(experiment)};
    if (last.epoch >= experiment.training.epochs && best == count - 1)
        return {CurveShape::Unfinished, 0, {{"training.epochs", "more epochs"}}};
    return {CurveShape::Learning, 0, {}};
}

} // namespace sightline
