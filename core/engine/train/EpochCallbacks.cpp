// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/EpochCallbacks.h"

#include "experiment/MonitorWords.h"

namespace sightline {

namespace {

std::string didNotImprove(const std::string& monitor, int patience) {
    return "the " + spokenMonitor(monitor) + " did not improve for " + std::to_string(patience) +
           (patience == 1 ? " epoch" : " epochs");
}

constexpr const char *kStopping = "early_stopping", *kReduceLr = "reduce_lr", *kAsleep = "asleep",
                     *kWatched = "watched";

/// What a counter's best is the best of; with another one it cannot be compared.
template <typename Settings>
std::optional<std::string> watchedBy(const std::optional<Settings>& settings) {
    if (!settings)
        return {};
    return (monitorsMaximum(settings->mode, settings->monitor) ? "max " : "min ") + settings->monitor;
}

Json counter(Json state, const std::optional<std::string>& watched) {
    state[kWatched] = *watched;
    return state;
}

} // namespace

EpochCallbacks::EpochCallbacks(const TrainingSettings& training, bool hasValidation) : m_training(training) {
    if (training.earlyStopping)
        m_earlyStopping.emplace(*training.earlyStopping);
    if (training.reduceLrOnPlateau)
        m_reduceLr.emplace(*training.reduceLrOnPlateau);
    if (training.checkpoint ? !training.checkpoint->monitor.empty() : hasValidation)
        m_best.emplace(training.checkpoint.value_or(CheckpointSettings{}));
}

EpochVerdict EpochCallbacks::epochEnded(const EpochMetrics& metrics, double learningRate) {
    EpochVerdict verdict;
    verdict.learningRate = learningRate;
    verdict.best =
        m_best &&
        m_best->epochEnded(metrics.epoch, metrics.value(m_training.checkpoint.value_or(CheckpointSettings{}).monitor));
    verdict.bestEpoch = bestEpoch(metrics.epoch);
    if (m_earlyStopping) {
        const EarlyStoppingSettings& settings = *m_training.earlyStopping;
        const EarlyStopping::Verdict early =
            m_earlyStopping->epochEnded(metrics.epoch - 1, metrics.value(settings.monitor));
        verdict.keepWeights = early.improved; // also where they are not to be restored: that may change
        if (verdict.keepWeights)
            m_asleep.erase(kStopping); // its weights are gone
        verdict.patience = settings.patience;
        verdict.patienceUsed = m_earlyStopping->waited();
        if (early.stop)
            verdict.stop = whyStopped();
    }
    if (m_reduceLr) {
        const ReduceLrSettings& settings = *m_training.reduceLrOnPlateau;
        if (const auto reduced = m_reduceLr->epochEnded(metrics.value(settings.monitor), learningRate)) {
            verdict.learningRate = *reduced;
            verdict.change = LearningRateChanged{metrics.epoch, learningRate, *reduced,
                                                 didNotImprove(settings.monitor, settings.patience)};
        }
    }
    return verdict;
}

std::string EpochCallbacks::whyStopped() const {
    const auto& settings = m_training.earlyStopping;
    if (!settings)
        return {};
    std::string why = didNotImprove(settings->monitor, settings->patience) + ".";
    why.front() = 'T';
    return why;
}

void EpochCallbacks::save(Json& state) const {
    if (m_earlyStopping)
        state[kStopping] = counter(m_earlyStopping->state(), watchedBy(m_training.earlyStopping));
    if (m_reduceLr)
        state[kReduceLr] = counter(m_reduceLr->state(), watchedBy(m_training.reduceLrOnPlateau));
    if (m_best)
        state["best"] = m_best->state();
    if (!m_asleep.empty())
        state[kAsleep] = m_asleep;
}

void EpochCallbacks::change(const TrainingSettings& training, bool hasValidation) {
    Json counters = Json::object();
    save(counters);
    *this = EpochCallbacks(training, hasValidation);
    restore(counters);
}

bool EpochCallbacks::stillStops(const EpochVerdict& verdict, const TrainingSettings& then) const {
    return !verdict.stop.empty() && m_earlyStopping && verdict.patienceUsed >= m_training.earlyStopping->patience &&
           watchedBy(m_training.earlyStopping) == watchedBy(then.earlyStopping);
}

void EpochCallbacks::restartPatience() {
    if (m_asleep.contains(kStopping))
        m_asleep[kStopping]["wait"] = 0;
    if (!m_earlyStopping)
        return;
    Json state = m_earlyStopping->state();
    state["wait"] = 0;
    m_earlyStopping->restore(state);
}

/// The counter to go on with; the other one, if there is one, sleeps.
Json EpochCallbacks::awake(const Json& state, const char* name, const std::optional<std::string>& watched) {
    const auto fits = [&](const Json& one) {
        return watched && one.is_object() && one.value(kWatched, Json(*watched)) == *watched;
    };
    const Json before = state.value(name, Json()), asleep = m_asleep.value(name, Json());
    if (fits(before))
        return before;
    const bool wakes = fits(asleep);
    if (before.is_object())
        m_asleep[name] = before;
    else if (wakes)
        m_asleep.erase(name);
    return wakes ? asleep : Json::object();
}

void EpochCallbacks::restore(const Json& state) {
    m_asleep = Json::object();
    if (const Json asleep = state.value(kAsleep, Json()); asleep.is_object())
        for (const auto& [name, kept] : asleep.items())
            if (kept.is_object())
                m_asleep[name] = kept;
    const Json stopping = awake(state, kStopping, watchedBy(m_training.earlyStopping)),
               reduceLr = awake(state, kReduceLr, watchedBy(m_training.reduceLrOnPlateau));
    if (m_earlyStopping)
        m_earlyStopping->restore(stopping);
    if (m_reduceLr)
        m_reduceLr->restore(reduceLr);
    if (m_best)
        m_best->restore(state.value("best", Json::object()));
}

} // namespace sightline
