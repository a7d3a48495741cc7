// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/TrainingStages.h"

#include "network/Freezing.h"

namespace sightline {

std::vector<TrainingStage> trainingStages(const GraphSpec& spec, const Experiment& experiment) {
    const TrainingSettings& training = experiment.training;
    std::vector<TrainingStage> stages;
    for (int epoch = 1; epoch <= training.epochs; ++epoch) {
        const std::size_t frozen = freezePlan(spec, experiment.model.freeze, training.fineTune, epoch).frozen;
        if (stages.empty() || stages.back().frozen != frozen)
            stages.push_back({0, frozen});
        ++stages.back().epochs;
        if (frozen == 0 || !training.fineTune) { // nothing more to thaw
            stages.back().epochs += training.epochs - epoch;
            break;
        }
    }
    return stages;
}

TrainingMemory worstTrainingMemory(const GraphSpec& spec, const GraphCost& cost, TrainingMemoryRequest request,
                                   const std::vector<TrainingStage>& stages) {
    TrainingMemory worst;
    for (const TrainingStage& stage : stages) {
        request.frozen = stage.frozen;
        const TrainingMemory memory = trainingMemory(spec, cost, request);
        if (memory.total() > worst.total())
            worst = memory;
    }
    return worst;
}

double stepWork(const GraphCost& cost, std::size_t frozen) {
    double work = 0;
    for (std::size_t i = 0; i < cost.nodes.size(); ++i)
        work += static_cast<double>(cost.nodes[i].multiplyAdds) * (i < frozen ? 1 : 3);
    return work;
}

} // namespace sightline
