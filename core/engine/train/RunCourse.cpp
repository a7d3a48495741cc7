// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RunCourse.h"

#include <cmath>

namespace sightline::engine {

double secondsOf(const RunCourse& run) {
    double seconds = run.once;
    for (const RunCourse::Stage& stage : run.stages) {
        const double within = run.saveEveryMinutes > 0 ? std::floor(stage.epoch / (60 * run.saveEveryMinutes)) : 0;
        seconds += stage.epochs * (stage.epoch + (run.checkpointsAnEpoch + within) * run.checkpoint);
    }
    return seconds;
}

double checkpointsAnEpoch(const TrainingSettings& training, bool validates) {
    double checkpoints = 1;
    if (training.checkpoint ? !training.checkpoint->monitor.empty() : validates)
        checkpoints += 1;
    if (training.checkpoint && training.checkpoint->keepEvery > 0)
        checkpoints += 1.0 / training.checkpoint->keepEvery;
    if (training.earlyStopping)
        checkpoints += 1.0 / 3;
    return checkpoints;
}

} // namespace sightline::engine
