// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "experiment/Experiment.h"
#include "network/TrainingMemory.h"

namespace sightline {

/// Epochs in a row in which the same nodes train.
struct TrainingStage {
    int epochs = 0;
    std::size_t frozen = 0; ///< leading nodes that keep their weights

    bool operator==(const TrainingStage&) const = default;
};

/// Of a whole run, in their order: model.freeze, then what training.fine_tune thaws. The settings must have no problem.
std::vector<TrainingStage> trainingStages(const GraphSpec& spec, const Experiment& experiment);

/// The memory of the stage that needs the most; `request` says the rest.
TrainingMemory worstTrainingMemory(const GraphSpec& spec, const GraphCost& cost, TrainingMemoryRequest request,
                                   const std::vector<TrainingStage>& stages);

/// Multiply-adds of a training step for one image: forward through all, and twice that backward through what trains.
double stepWork(const GraphCost& cost, std::size_t frozen);

} // namespace sightline
