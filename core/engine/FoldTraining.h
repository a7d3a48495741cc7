// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/MemberTraining.h"
#include "store/FoldGroup.h"

namespace sightline {

/// How the folds of an experiment ended.
struct FoldsEnded {
    FoldGroup group;
    bool stopped = false; ///< before all were trained: trainFolds() goes on with the group
    // Where all are trained:
    std::vector<double> values{};       ///< each run's best val_accuracy
    double mean = 0, deviation = 0;     ///< of these; the population's deviation
    std::filesystem::path outOfFold{};  ///< outOfFoldFile(), absolute
    std::vector<std::string> skipped{}; ///< images that nobody could judge
};

/// Makes the group and leaves its training to trainFolds(). Errors: the experiment is impossible, its images cannot be
/// cut into so many folds, the home cannot be written, cancelled.
Result<FoldGroup> beginFolds(const std::filesystem::path& home, const Experiment& experiment, int folds,
                             std::stop_token stop);

/// Trains the folds one after the other, each a run of the group; runs that were interrupted are resumed, or begun
/// again where nothing of them was kept, those that are done are kept. Then each image is judged by the best checkpoint
/// of the run that was not trained on it. `sink` hears of each run as of one alone. Errors: a fold failed (those before
/// it are kept), the images are gone.
Result<FoldsEnded> trainFolds(Engine& engine, const SeriesRequest& request, std::stop_token stop, TrainControl& control,
                              const EventSink& sink);

} // namespace sightline
