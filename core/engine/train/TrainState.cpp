// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/TrainState.h"

#include <torch/torch.h>

#include "experiment/RunEdit.h"

namespace sightline::engine {

double namedRate(const Experiment& experiment) {
    return static_cast<double>(static_cast<float>(experiment.training.optimizer.learningRate));
}

TrainState beginningState(const TrainSetup& setup) {
    TrainState state;
    state.optimizer.first = torch::zeros_like(setup.module->parameters());
    state.optimizer.second = torch::zeros_like(setup.module->parameters());
    state.baseRate = namedRate(setup.experiment);
    state.callbacks = EpochCallbacks(setup.experiment.training, setup.dataset.count(Subset::Validation) > 0);
    return state;
}

Json checkpointState(const TrainState& state, const Experiment& experiment, bool stoppedEarly) {
    Json json = {{"epoch", state.lastEpoch},
                 {"step", state.optimizer.step},
                 {"optimizer_origin", state.optimizer.origin},
                 {"learning_rate", state.baseRate},
                 {"stopped_early", stoppedEarly},
                 {"settings", changeableSettings(experiment)}};
    state.callbacks.save(json);
    return json;
}

} // namespace sightline::engine
