// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "augment/BatchLoader.h"
#include "data/Overlay.h"
#include "engine/Engine.h"
#include "engine/module/ComputeThreads.h"
#include "engine/train/Compute.h"
#include "engine/train/Feed.h"
#include "engine/train/Ranks.h"
#include "store/RunData.h"
#include "store/RunStore.h"

namespace sightline::engine {

/// Everything a run needs before its first batch, read and checked.
struct TrainSetup {
    Experiment experiment; ///< of the request, or of the run that goes on
    std::optional<RunStore> store;
    std::optional<RunFolder> folder; ///< of the run that goes on; a new run gets one later
    std::optional<RunMark> mark;     ///< this process's claim on the folder
    // Of a run that goes on:
    Experiment before;                ///< before `changes`
    Json changes = Json::object();    ///< { PATH: [old, new] }: to be recorded when it is sure to go on
    std::vector<RecordedEdit> later;  ///< edits of earlier sessions, for places it has yet to reach
    std::optional<double> editedRate; ///< learning rate that one of them named at the very place of its checkpoint
    std::optional<DataPlace> moved;   ///< where its images are from now on
    // Of a new one:
    Overlay overlay; ///< what was changed by hand, in effect in `dataset`
    Dataset dataset;
    std::shared_ptr<GraphModule> module; ///< fresh weights, or those the experiment names
    StepSettings step;
    LoaderSettings reading;                            ///< of the training images
    std::unique_ptr<Feed> trainFeed, validationFeed;   ///< opened later; the second null without validation images
    std::shared_ptr<const FittedNormalization> fitted; ///< null where the normalization is not fitted
    std::vector<std::string> notes;                    ///< for the person: a classifier that starts anew
    std::optional<ComputeThreads> compute;
    Ranks* ranks = nullptr; ///< where several processes train; all but the first leave the run's folder as it is
    int sharers = 1;        ///< processes of these that share the CPUs
    std::vector<SkippedImage> trainSkips, validationSkips; ///< of all processes, as of the end of an epoch
    bool keeps() const { return !ranks || ranks->isFirst(); }

    // Of `dataset`, counted once: every batch asks.
    std::size_t trainImages = 0, validationImages = 0;

    void countImages();
    /// What is changed now holds from now on: nothing of `later` takes it back.
    void dropLater(const Json& changed);
    int batchesPerEpoch() const;
};

/// By class, as the loss settings ask for; empty: all 1.
std::vector<float> classWeightsFor(const TrainSetup& setup);

/// Where the steps get their batches from: images, or with `features` what the module's frozen part makes of them,
/// which may take a while. `note` hears a sentence about it. Errors: as featureSets().
Result<void> openTrainingFeeds(TrainSetup& setup, bool features, std::stop_token stop,
                               const std::function<void(const std::string&)>& note);

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
