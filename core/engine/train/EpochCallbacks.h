// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/TrainEvents.h"
#include "engine/train/Callbacks.h"

namespace sightline {

/// What the callbacks make of a finished epoch.
struct EpochVerdict {
    bool best = false; ///< the best so far by the checkpoint's monitor
    int bestEpoch = 0;
    bool keepWeights = false;           ///< early stopping wants these weights back at the end
    int patienceUsed = 0, patience = 0; ///< of early stopping; patience 0 = none
    double learningRate = 0;            ///< from the next epoch on, before any schedule
    std::optional<LearningRateChanged> change;
    std::string stop; ///< why the run ends with this epoch; empty: it goes on
};

/// The callbacks of a run in Keras' order: checkpoint, early stopping, learning rate (SPEC 5.1 to 5.3).
class EpochCallbacks {
public:
    EpochCallbacks() = default;
    EpochCallbacks(const TrainingSettings& training, bool hasValidation);

    /// `learningRate` is the base rate during the epoch.
    EpochVerdict epochEnded(const EpochMetrics& metrics, double learningRate);
    /// Without a checkpoint's monitor the last epoch is the best.
    int bestEpoch(int lastEpoch) const { return m_best ? m_best->epoch() : lastEpoch; }
    /// What early stopping stops for; empty where there is none.
    std::string whyStopped() const;
    bool reducesRate() const { return m_reduceLr.has_value(); }

    /// Adds the counters to a checkpoint's state, and takes them from there: each where it goes with what is watched
    /// now.
    void save(Json& state) const;
    void restore(const Json& state);
    /// Other settings from here on. A counter goes on while the same is watched: whatever else changes, the best so far
    /// stays the best. It sleeps while its callback is off or watches something else.
    void change(const TrainingSettings& training, bool hasValidation);
    /// Whether an epoch's verdict to stop still holds: the same is watched, and no more patience is asked for.
    bool stillStops(const EpochVerdict& verdict, const TrainingSettings& then) const;
    /// Early stopping is patient anew: what is the best so far stays.
    void restartPatience();

private:
    Json awake(const Json& state, const char* name, const std::optional<std::string>& watched);

    TrainingSettings m_training;
    std::optional<EarlyStopping> m_earlyStopping;
    std::optional<ReduceLrOnPlateau> m_reduceLr;
    std::optional<BestEpoch> m_best;
    Json m_asleep = Json::object(); ///< counters by name, to go on with when their callback is back
};

} // namespace sightline
