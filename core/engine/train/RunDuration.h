// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <vector>

#include "data/Dataset.h"
#include "engine/train/RunCourse.h"
#include "engine/train/TrainSetup.h"
#include "network/TrainingStages.h"

namespace sightline::engine {

/// Speeds of a run's parts, each measured alone, in images a second.
struct MeasuredSpeeds {
    double network = 0;      ///< training, of the first stage
    double firstReading = 0; ///< of images in their files
    double laterReading = 0; ///< of images that are decoded; the same where they do not stay so
};

struct RunToTime {
    const TrainSetup& setup; ///< of prepareTrial()
    std::shared_ptr<const Dataset> dataset;
    const std::vector<TrainingStage>& stages;
    MeasuredSpeeds speeds;
    double checkpoint = 0; ///< seconds of writing one
};
/// Measures epochs of the first and the last stage with real images, where steps are quick; else works them out.
Result<RunCourse> courseOf(const RunToTime& run, const std::stop_token& stop);

/// Seconds that so many bytes take to reach the disk below a folder, or the nearest one above that is there. Leaves
/// nothing behind; 0 where it cannot be tried.
double secondsToWrite(std::filesystem::path folder, std::uint64_t bytes);

/// The folder, or the nearest one above that is there.
std::filesystem::path existingFolder(std::filesystem::path folder);

} // namespace sightline::engine
