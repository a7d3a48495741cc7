// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "augment/BatchLoader.h"
#include "engine/Engine.h"
#include "engine/train/Compute.h"
#include "store/RunStore.h"

namespace sightline::engine {

/// Everything a run needs before its first batch, read and checked.
struct TrainSetup {
    Experiment experiment;            ///< of the request, or of the run that goes on
    std::optional<RunStore> store;
    std::optional<RunFolder> folder;  ///< of the run that goes on; a new run gets one later
    Dataset dataset;
    std::shared_ptr<GraphModule> module; ///< ready to train; fresh weights, or those the experiment names
    StepSettings step;
    std::unique_ptr<BatchLoader> trainLoader, validationLoader; ///< the second null without validation images
    std::shared_ptr<const FittedNormalization> fitted; ///< null where the normalization is not fitted
    std::vector<std::string> notes;   ///< for the person: a classifier that starts anew
    int threads = 1;
};

/// Sets this thread's compute threads and fills `setup` as far as it comes; what is there stays useful where it fails.
/// Errors: the experiment, its data, its weights or the data home cannot be used; the run is in progress elsewhere.
Result<void> prepareTraining(const TrainRequest& request, std::stop_token stop, TrainSetup& setup);

} // namespace sightline::engine
