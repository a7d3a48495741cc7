// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "engine/train/Ending.h"
#include "engine/train/ProbeDrawer.h"
#include "engine/train/RankSteps.h"
#include "engine/train/RunRecorder.h"
#include "engine/train/RunResume.h"
#include "engine/train/Steering.h"
#include "engine/train/TrainLoop.h"

namespace sightline::engine {

/// The epochs of a run, one after the other: drives a TrainLoop, has it steered, and has what it gives recorded.
class RunEpochs {
public:
    struct Parts {
        TrainSetup& setup;
        TrainState& state;
        Moments& moments;
        RunReporter& reporter;
        RunRecorder& recorder;
        Steering& steering;
        TrainControl& control;
        std::stop_token stop;
    };
    /// All outlive this.
    explicit RunEpochs(const Parts& parts) : m(parts) {}

    /// Of a run whose folder is there.
    void beginProbes() { m_probes.begin(m.setup.folder->path(), m.state.finished()); }
    /// Those that are left; a run that was cut off when all were trained only comes to its end. `from`: of a run that
    /// goes on; null for a new one.
    Ending train(const Resumed* from);
    /// The epoch under way is entered at its next batch.
    void enterEpoch();
    /// Of the epoch under way, which there is.
    const TrainLoop& loop() const { return *m_loop; }

private:
    bool keeps() const { return m.setup.keeps(); } ///< the run's folder; false: rank 0 does
    const Experiment& experiment() const { return m.setup.experiment; }
    double rateAt(std::int64_t step) const;
    Ending endTrained(const Resumed& from);
    std::optional<Ending> trainEpoch();
    std::optional<Ending> trainBatches();
    Ending diverged(double loss, bool isFirst);
    std::optional<Ending> endTraining();
    void record(const LoopBatch& batch);
    void reportBatch(const LoopBatch& batch);
    std::optional<Ending> validate();
    std::optional<Ending> endEpoch(const EpochMetrics& metrics);
    std::optional<Ending> decideAfterEpoch(const EpochVerdict& verdict, const TrainingSettings& then);
    Result<void> keepEpoch(const EpochMetrics& metrics, const EpochVerdict& verdict);
    void drawProbes(const EpochMetrics& metrics, bool isLast);

    Parts m;
    ProbeDrawer m_probes;
    std::optional<RankSteps> m_steps; ///< where several processes train
    std::optional<TrainLoop> m_loop;  ///< of the epoch under way
    double m_secondsAfterEpoch = 0;   ///< what came after its last batch took, so far
    bool m_toldFeed = false;
    bool m_isFirst = false; ///< the batch to come is the first one after a checkpoint
};

} // namespace sightline::engine
