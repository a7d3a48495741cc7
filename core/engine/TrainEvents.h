// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "metrics/Metrics.h"
#include "support/Json.h"

namespace sightline {

struct RunStarted {
    std::string run, folder, name;
    std::vector<std::string> classes;
    int trainImages = 0, validationImages = 0;
    int epochs = 0, batchesPerEpoch = 0;
    int firstEpoch = 1; ///< above 1 when resumed
    std::int64_t parameters = 0;
    std::string device, precision;
    int threads = 1;
};

struct BatchFinished {
    int epoch = 0;                 ///< 1-based
    int batch = 0, batches = 0;    ///< 1-based
    double loss = 0, accuracy = 0; ///< of this batch
    double runningLoss = 0, runningAccuracy = 0;
    double imagesPerSecond = 0;
    double secondsLeft = 0; ///< of the whole run; 0 = not known yet
    double waitShare = 0;   ///< of the epoch so far: time spent waiting for images, 0...1
    int loaderThreads = 0;  ///< that read and augment at the moment
    /// The same as secondsLeft by the quickest and by the slowest of the last epochs; 0 = not known yet.
    double secondsLeftLow = 0, secondsLeftHigh = 0;
};

struct EpochFinished {
    EpochMetrics metrics;
    bool best = false; ///< by the checkpoint's monitor
    int bestEpoch = 0;
    int patienceUsed = 0, patience = 0; ///< early stopping; patience 0 = none
    std::string monitor = {};           ///< what early stopping watches: "val_loss"
};

struct LearningRateChanged {
    int epoch = 0;
    double from = 0, to = 0;
    std::string reason;
};
struct CheckpointSaved {
    int epoch = 0;
    std::string file;
    bool best = false;
    int batch = 0; ///< so many batches of the epoch are in it; 0 = all, and its validation
};
/// The heat maps of the pinned images, as they are after an epoch.
struct ProbesDrawn {
    int epoch = 0;
    std::string file; ///< in the run's folder
};
struct RunNote {
    std::string message;
    Json event = {}; ///< where it is an event of its own kind (edit, resumed): what is written instead of the note
};                   ///< a skipped image, a new classifier, restored weights ...
struct RunPaused {
    bool paused = false;
    std::string why = {}; ///< where nobody asked for it: what cannot be written; it waits for room
};

struct RunEnded {
    enum class Outcome { Completed, Stopped, Failed };
    Outcome outcome = Outcome::Completed;
    std::string reason;                      ///< one sentence where it failed or stopped
    ErrorKind errorKind = ErrorKind::Failed; ///< for a failed one: BadInput where the experiment is at fault
    int epochs = 0, bestEpoch = 0;
    std::string run, folder;
};

/// What a run reports. Exactly one RunEnded, always last, also when an exception escapes.
using TrainEvent = std::variant<RunStarted, BatchFinished, EpochFinished, LearningRateChanged, CheckpointSaved,
                                ProbesDrawn, RunNote, RunPaused, RunEnded>;

/// Called on the training thread; must be quick and must not throw.
using EventSink = std::function<void(const TrainEvent&)>;

/// CLI.md's line for `train --events` and events.jsonl: {"type": "epoch", ...}.
Json toJson(const TrainEvent& event);
const char* nameOf(RunEnded::Outcome outcome);

} // namespace sightline
