// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/EpochPlan.h"

#include <torch/torch.h>

#include "engine/train/TrainingFeeds.h"

namespace sightline::engine {

Result<bool> EpochPlan::openFeeds() {
    const Experiment& experiment = m_setup.experiment;
    const FreezePlan first = freezePlan(m_setup.module->spec(), experiment.model.freeze, {}, 1);
    const Result<void> opened =
        openTrainingFeeds(m_setup, experiment.training.cacheFeatures && m_plan.frozen == first.frozen, m_stop,
                          [this](const std::string& note) { m_reporter.report(RunNote{note}); });
    const Result<void> everywhere = m_setup.ranks ? agreed(*m_setup.ranks, opened) : opened;
    return everywhere ? Result<bool>(true) : everywhere.error();
}

void EpochPlan::thaw(int epoch) {
    m_moments.first.zero_();
    m_moments.second.zero_();
    m_state.origin = m_state.step;
    const GraphSpec& spec = m_setup.module->spec();
    const std::string from =
        m_plan.frozen == 0 ? "the whole network" : "everything after " + spec.nodes[m_plan.frozen - 1].id;
    m_reporter.report(RunNote{"Fine-tuning from epoch " + std::to_string(epoch) + ": training " + from + "."});
}

Result<bool> EpochPlan::follow(int epoch, const Experiment& by) {
    const TrainingSettings& training = by.training;
    GraphModule& module = *m_setup.module;
    const FreezePlan plan = freezePlan(module.spec(), by.model.freeze, training.fineTune, epoch), before = m_plan;
    const bool begins = m_setup.trainFeed == nullptr;
    const bool otherRates = training.fineTune != m_fineTune; // edited since the epoch before
    if (!begins && plan == before && !otherRates)
        return false;
    m_plan = plan;
    m_fineTune = training.fineTune;
    if (begins || otherRates || plan.frozen != before.frozen)
        module.enableTraining(plan.frozen, training.fineTune);
    if (begins)
        return openFeeds();
    if (plan.frozen != before.frozen)
        thaw(epoch);
    if (plan.rateFactor != before.rateFactor)
        m_reporter.report(LearningRateChanged{epoch, m_state.baseRate * before.rateFactor,
                                              m_state.baseRate * plan.rateFactor,
                                              "training.fine_tune.learning_rate_factor"});
    return m_setup.experiment.training.cacheFeatures && plan.frozen != before.frozen ? openFeeds()
                                                                                     : Result<bool>(false);
}

} // namespace sightline::engine
