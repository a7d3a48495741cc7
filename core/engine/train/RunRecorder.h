// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>

#include "engine/train/Ending.h"
#include "engine/train/LearningRecorder.h"
#include "engine/train/RunCheckpoints.h"
#include "engine/train/RunReporter.h"
#include "engine/train/SkippedImages.h"
#include "engine/train/TrainLoop.h"
#include "engine/train/TrainState.h"

namespace sightline::engine {

/// Keeps what a run comes to in its folder: checkpoints, history.csv, the learning history, and which images could not
/// be read.
class RunRecorder {
public:
    /// All outlive this.
    RunRecorder(TrainSetup& setup, TrainState& state, const Moments& moments, RunReporter& reporter)
        : m_setup(setup), m_state(state), m_moments(moments), m_reporter(reporter) {}

    /// From here on the setup's folder is written to. Where it cannot be, `tryAgain` decides.
    void begin(std::function<bool(const Error&)> tryAgain);
    /// Of a run that stands where it goes on.
    void beginLearning();
    RunCheckpoints& checkpoints() { return m_checkpoints; }

    void feedsOpened();
    /// Says which images cannot be read: `atOnce`, or once a second.
    void tellSkipped(bool atOnce);
    bool follows(std::span<const std::uint32_t> samples) const { return m_learning.follows(samples); }
    void record(const LoopBatch& batch);

    /// Whether training.save_every_minutes have passed since the last checkpoint to go on from.
    bool isSaveDue() const;
    /// Seconds that keepEpoch() and saveHere() took, the last time; waiting for room is not in it.
    double secondsWriting() const { return m_secondsWriting; }
    /// TrainState::step of the last checkpoint to go on from; below 0: none was kept by this process.
    std::int64_t savedStep() const { return m_savedStep; }
    /// A checkpoint in the middle of an epoch.
    Result<void> saveHere();
    /// After TrainState::endEpoch(): history.csv and the weights, last of them the checkpoint to go on from.
    Result<void> keepEpoch(const EpochVerdict& verdict);
    /// The last of these once more, of a run that stands where it stood but is to go on after all.
    Result<void> keepLast();
    /// Keras 3 restores at the end of training (SPEC 5.1); `last` keeps the last epoch's state to resume from.
    Ending restoreBest();
    void end();

private:
    Result<void> persistently(const std::function<Result<void>()>& write);
    Result<void> saveLast();
    Result<void> saveLastOfEpoch();
    Result<void> keepWeights(const EpochVerdict& verdict);
    void tellUnkept(const Result<void>& written);

    using Clock = std::chrono::steady_clock;

    TrainSetup& m_setup;
    TrainState& m_state;
    const Moments& m_moments;
    RunReporter& m_reporter;
    std::function<bool(const Error&)> m_tryAgain;
    RunCheckpoints m_checkpoints;
    LearningRecorder m_learning;
    SkippedImages m_skipped{"training"}, m_skippedValidation{"validation"};
    Clock::time_point m_toldSkipped{}, m_saved = Clock::now();
    double m_secondsWriting = 0;
    std::int64_t m_savedStep = -1;
    bool m_toldLearning = false;
};

} // namespace sightline::engine
