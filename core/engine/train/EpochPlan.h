// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/train/RunReporter.h"
#include "engine/train/TrainState.h"
#include "network/Freezing.h"

namespace sightline::engine {

/// Which part of the network an epoch trains, at what share of the learning rate, and what it is fed: images, or the
/// features of the frozen part while that is the one the run began with.
class EpochPlan {
public:
    /// All outlive this.
    EpochPlan(TrainSetup& setup, TrainState& state, Moments& moments, RunReporter& reporter, std::stop_token stop)
        : m_setup(setup), m_state(state), m_moments(moments), m_reporter(reporter), m_stop(std::move(stop)) {}

    /// Freezes and thaws for an epoch as `by` says. What thaws begins with fresh moments, as if the optimiser were new
    /// (Keras' compile). True: the feeds were opened anew. Errors: as openTrainingFeeds().
    Result<bool> follow(int epoch, const Experiment& by);
    double rateFactor() const { return m_plan.rateFactor; }
    /// Other feeds of the same kind, after the setup's reading has changed.
    Result<bool> openFeeds();

private:
    void thaw(int epoch);

    TrainSetup& m_setup;
    TrainState& m_state;
    Moments& m_moments;
    RunReporter& m_reporter;
    std::stop_token m_stop;
    FreezePlan m_plan;                          ///< of the epoch
    std::optional<FineTuneSettings> m_fineTune; ///< that m_plan is of
};

} // namespace sightline::engine
