// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Trial.h"

#include <torch/types.h>

namespace sightline::engine {

Trial::Trial(TrainSetup& setup) : m_setup(setup) {
    const Experiment& experiment = setup.experiment;
    GraphModule& module = *setup.module;
    m_plan = freezePlan(module.spec(), experiment.model.freeze, experiment.training.fineTune, 1);
    module.enableTraining(m_plan.frozen, experiment.training.fineTune);
    m_moments = Moments::zeros(module.parameters());
    m_state = TrainState::beginning(experiment, false);
    LoaderSettings reading = setup.reading;
    reading.training = !experiment.training.cacheFeatures;
    setup.trainFeed = imageFeed(setup.dataset, setup.dataset.indices(Subset::Train), reading);
    enterEpoch();
}

void Trial::enterEpoch() {
    m_state.batch = 0;
    m_state.soFar = {};
    m_loop.emplace(
        TrainParts{*m_setup.module, m_moments, m_setup.step, m_setup.trainFeed.get(), nullptr, m_setup.experiment.seed},
        m_state);
}

Result<LoopBatch> Trial::step(double learningRate, const std::stop_token& stop) {
    if (stop.stop_requested())
        return cancelled();
    if (const auto batch = m_loop->train(learningRate * m_plan.rateFactor))
        return *batch;
    ++m_state.epoch;
    enterEpoch();
    const auto batch = m_loop->train(learningRate * m_plan.rateFactor);
    return batch ? Result<LoopBatch>(*batch) : badInput("None of the training images can be read.");
}

} // namespace sightline::engine
