// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "experiment/Experiment.h"

namespace sightline::engine {

/// What the parts of a run take, in seconds.
struct RunCourse {
    struct Stage {
        int epochs = 0;
        double epoch = 0; ///< training and validation, of images as every epoch but the first finds them
    };
    std::vector<Stage> stages;
    double once = 0;               ///< before the first epoch, and what that takes longer: reading and decoding
    double checkpoint = 0;         ///< writing one
    double checkpointsAnEpoch = 1; ///< at its end
    double saveEveryMinutes = 0;   ///< within epochs; 0: none
};
double secondsOf(const RunCourse& run);

/// Checkpoints that the end of an epoch writes, at most: the last, the best, those that are kept, and the weights for
/// early stopping, which are a third of one.
double checkpointsAnEpoch(const TrainingSettings& training, bool validates);

} // namespace sightline::engine
