// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "data/Dataset.h"
#include "engine/GivenBatch.h"
#include "experiment/Experiment.h"
#include "support/Json.h"

namespace sightline {

/// Pre-flight: everything a run will do, tried in a minute. No run is made.
struct TrainCheckRequest {
    Experiment experiment;
    std::shared_ptr<const Dataset> dataset;
    std::filesystem::path home; ///< where the run would be kept
};

struct TrainCheck {
    struct Overfit {
        int steps = 0;
        double loss = 0; ///< of the batch after them
    };
    Overfit overfits;                      ///< one batch, without augmentation, regularization and dropout
    GivenBatch batch;                      ///< the first batch of the run, as the network gets it
    double loaderImagesPerSecond = 0;      ///< as in the first epoch: read from their files, decoded, augmented
    double laterLoaderImagesPerSecond = 0; ///< in later epochs, where the images stay decoded; 0: as in the first
    double networkImagesPerSecond = 0;
    /// Memory: of this process while it trains, at its most, whatever is thawed on the way; what is there for it.
    std::uint64_t peakBytes = 0, freeBytes = 0;
    double secondsTotal = 0;           ///< of the whole run: reading, training, validation, checkpoints
    std::uint64_t diskBytes = 0;       ///< of the whole run's folder
    std::vector<std::string> problems; ///< one sentence each, with what to do; empty: go
};

/// CLI.md's train --check --json.
Json toJson(const TrainCheck& check);

} // namespace sightline
