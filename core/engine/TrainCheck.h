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
    Overfit overfits; ///< one batch, without augmentation, regularization and dropout
    GivenBatch batch; ///< the first batch of the run, as the network gets it
    double loaderImagesPerSecond = 0, networkImagesPerSecond = 0;
    std::uint64_t peakBytes = 0, freeBytes = 0; ///< memory: of this process while it trains; what is there for it
    double secondsTotal = 0;                    ///< of the whole run
    std::uint64_t diskBytes = 0;                ///< of the whole run's folder
    std::vector<std::string> problems;          ///< one sentence each, with what to do; empty: go
};

/// CLI.md's train --check --json.
Json toJson(const TrainCheck& check);

} // namespace sightline
