// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RunDuration.h"

#include <fcntl.h>
#include <torch/types.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "engine/train/EpochTime.h"

namespace sightline::engine {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double kMeasuredSeconds = 2;      ///< whole epochs
constexpr double kSlowStep = 1.5;           ///< seconds: from here on the time is worked out rather than measured
constexpr double kJudgingShare = 1.0 / 3;   ///< of the time of a training step
constexpr std::uint64_t kTried = 32u << 20; ///< bytes written to see how fast the disk is

/// How much longer something takes at one speed than at another, where it does.
double longer(double images, double speed, double than) {
    return speed > 0 && than > 0 ? images * std::max(0.0, 1 / speed - 1 / than) : 0;
}

/// The experiment whose first epoch trains what the last one of this trains.
Experiment fromItsEnd(Experiment experiment) {
    experiment.training.cacheFeatures = false; // those are of the first stage
    if (experiment.training.fineTune)
        experiment.training.fineTune->atEpoch -= experiment.training.epochs - 1;
    return experiment;
}

/// Between the first and the last stage, by what a step has to compute.
void fillStages(const RunToTime& run, double first, double last, RunCourse& course) {
    const GraphCost& cost = run.setup.module->cost();
    const double least = stepWork(cost, run.stages.front().frozen), most = stepWork(cost, run.stages.back().frozen);
    for (const TrainingStage& stage : run.stages) {
        const double share = most > least ? (stepWork(cost, stage.frozen) - least) / (most - least) : 0;
        course.stages.push_back({stage.epochs, first + share * (last - first)});
    }
}

/// Training and validation at these speeds.
double workedOut(const RunToTime& run, double network) {
    return static_cast<double>(run.setup.trainImages) / std::min(network, run.speeds.laterReading) +
           static_cast<double>(run.setup.validationImages) * kJudgingShare / network;
}

} // namespace

Result<RunCourse> courseOf(const RunToTime& run, const std::stop_token& stop) {
    const Experiment& experiment = run.setup.experiment;
    const MeasuredSpeeds& speeds = run.speeds;
    const auto training = static_cast<double>(run.setup.trainImages),
               validation = static_cast<double>(run.setup.validationImages);
    RunCourse course;
    course.checkpoint = run.checkpoint;
    course.checkpointsAnEpoch = checkpointsAnEpoch(experiment.training, run.setup.validationImages > 0);
    course.saveEveryMinutes = experiment.training.saveEveryMinutes;
    double trains = std::min(speeds.network, speeds.laterReading); // images a second, once they are decoded
    if (experiment.training.batchSize / speeds.network < kSlowStep) {
        const Result<EpochTime> first = measureEpoch({experiment, run.dataset, kMeasuredSeconds}, stop);
        if (!first)
            return first.error();
        Result<EpochTime> last = *first;
        if (run.stages.size() > 1)
            last = measureEpoch({fromItsEnd(experiment), run.dataset, kMeasuredSeconds}, stop);
        if (!last)
            return last.error();
        course.once = first->secondsOnce;
        trains = first->imagesPerSecond;
        fillStages(run, first->secondsPerEpoch, last->secondsPerEpoch, course);
    } else {
        const GraphCost& cost = run.setup.module->cost();
        const double more = stepWork(cost, run.stages.back().frozen) / stepWork(cost, run.stages.front().frozen);
        fillStages(run, workedOut(run, speeds.network), workedOut(run, speeds.network / more), course);
    }
    if (experiment.training.cacheFeatures)
        course.once = std::max(course.once, (training + validation) / speeds.firstReading);
    else if (speeds.firstReading < speeds.laterReading)
        course.once += longer(training, speeds.firstReading, trains) +
                       longer(validation, speeds.firstReading, speeds.network / kJudgingShare);
    return course;
}

std::filesystem::path existingFolder(std::filesystem::path folder) {
    std::error_code code;
    folder = std::filesystem::absolute(folder, code);
    while (!std::filesystem::exists(folder, code) && folder.has_relative_path())
        folder = folder.parent_path();
    return folder;
}

double secondsToWrite(std::filesystem::path folder, std::uint64_t bytes) {
    const int file = ::open(existingFolder(std::move(folder)).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0)
        return 0;
    const std::string tried(std::min(bytes, kTried), '\1');
    const Clock::time_point start = Clock::now();
    const bool done =
        ::write(file, tried.data(), tried.size()) == static_cast<ssize_t>(tried.size()) && ::fsync(file) == 0;
    const double took = std::chrono::duration<double>(Clock::now() - start).count();
    ::close(file);
    return done && !tried.empty() ? took * static_cast<double>(bytes) / static_cast<double>(tried.size()) : 0;
}

} // namespace sightline::engine
