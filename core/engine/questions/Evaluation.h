// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "metrics/Evaluation.h"

namespace sightline {

/// How good is the network on the images of a split? Of a run only.
struct EvaluationQuestion {
    using Answer = Evaluation;
    std::string split = {}; ///< train | val | test; empty: test, else val
    int batchSize = 32;
    std::string dataPath = {}; ///< where the run's images are now; empty: where the run says
    bool judgeNew = false;     ///< images that came since the run began, too, as a group of their own
};

} // namespace sightline
