// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <limits>

#include "engine/train/TrainSetup.h"

namespace sightline::engine {

/// Sets this thread's compute threads and fills `setup` as far as it comes; what is there stays useful where it fails.
/// Errors: the experiment, its data, its weights or the data home cannot be used; the run is in progress elsewhere.
Result<void> prepareTraining(const TrainRequest& request, std::stop_token stop, TrainSetup& setup);

/// What is tried without a run.
struct TrialRequest {
    const Experiment& experiment;
    const Dataset& dataset;
    std::filesystem::path home;                                   ///< weights by name are looked for there
    std::size_t fitted = std::numeric_limits<std::size_t>::max(); ///< images that a normalization is fitted to, at most
};

/// The same as prepareTraining() for images that are open; nothing is written.
Result<void> prepareTrial(const TrialRequest& request, std::stop_token stop, TrainSetup& setup);

} // namespace sightline::engine
