// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
    Experiment before;             ///< before `changes`
    Json changes = Json::object(); ///< { PATH: [old, new] }: to be recorded when it is sure to go on
    bool namesEpochs = false;      ///< the request does, be they as many as before: one that stopped early has them yet
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

} // namespace sightline::engine
