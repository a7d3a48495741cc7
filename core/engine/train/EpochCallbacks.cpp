// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/EpochCallbacks.h"

namespace sightline {

namespace {

std::string didNotImprove(const std::string& monitor, int patience) {
    return monitor + " did not improve for " + std::to_string(patience) + (patience == 1 ? " epoch" : " epochs");
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
        verdict.keepWeights = early.improved && settings.restoreBestWeights;
        verdict.patience = settings.patience;
        verdict.patienceUsed = m_earlyStopping->waited();
        if (early.stop)
            verdict.stop = didNotImprove(settings.monitor, settings.patience) + ".";
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

void EpochCallbacks::save(Json& state) const {
    if (m_earlyStopping)
        state["early_stopping"] = m_earlyStopping->state();
    if (m_reduceLr)
        state["reduce_lr"] = m_reduceLr->state();
    if (m_best)
        state["best"] = m_best->state();
}

void EpochCallbacks::change(const TrainingSettings& training, bool hasValidation) {
    Json counters = Json::object();
    save(counters);
    if (training.earlyStopping != m_training.earlyStopping)
        counters.erase("early_stopping");
    if (training.reduceLrOnPlateau != m_training.reduceLrOnPlateau)
        counters.erase("reduce_lr");
    *this = EpochCallbacks(training, hasValidation);
    restore(counters);
}

void EpochCallbacks::restartPatience() {
    if (!m_earlyStopping)
        return;
    Json state = m_earlyStopping->state();
    state["wait"] = 0;
    m_earlyStopping->restore(state);
}

void EpochCallbacks::restore(const Json& state) {
    if (m_earlyStopping)
        m_earlyStopping->restore(state.value("early_stopping", Json::object()));
    if (m_reduceLr)
        m_reduceLr->restore(state.value("reduce_lr", Json::object()));
    if (m_best)
        m_best->restore(state.value("best", Json::object()));
}

} // namespace sightline
