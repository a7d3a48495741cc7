// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/TrainCheck.h"

#include <cmath>
#include <cstdio>

#include "engine/CheckProblems.h"
#include "support/Download.h"
#include "support/Words.h"

namespace sightline {

namespace {

constexpr double kWaits = 0.5; ///< a loader this much slower than the network is worth a word

std::string shortNumber(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

/// Images a second.
std::string speed(double value) {
    return value >= 100 ? grouped(static_cast<std::size_t>(std::llround(value))) : shortNumber(value);
}

/// Whether a high loss means something: all steps are done, or many without any gain.
bool tells(const TrainCheck::Overfit& overfits, const CheckFacts& facts) {
    constexpr int kMany = 30;
    return facts.hadTime || !std::isfinite(overfits.loss) ||
           (overfits.steps >= kMany && overfits.loss > 0.9 * facts.firstLoss);
}

/// 0 where nothing was tried.
Json measured(double value) {
    return value > 0 ? Json(value) : Json();
}

std::string memoryProblem(const TrainCheck& check, const CheckFacts& facts) {
    return "Training needs about " + bytesText(check.peakBytes) + " of memory and " + bytesText(check.freeBytes) +
           " are free: choose a smaller batch size (training.batch_size) or image size (data.image_size)" +
           (facts.decodedBytes > 0 ? ", or keep less than " + bytesText(facts.decodedBytes) +
                                         " of decoded images in memory (data.cache_memory_mb)."
                                   : ".");
}

std::string overfitProblem(const TrainCheck::Overfit& overfits, const CheckFacts& facts) {
    const std::string rate =
        "the learning rate (training.optimizer.learning_rate, " + shortNumber(facts.learningRate) + ")";
    if (!std::isfinite(overfits.loss) && overfits.steps == 0)
        return "The loss of one batch is not a number before the first step: look at the normalization and the "
               "weights.";
    if (!std::isfinite(overfits.loss))
        return "The loss of one batch is not a number after " +
               counted(static_cast<std::size_t>(overfits.steps), "step") + ": lower " + rate +
               ", or look at the normalization and the weights.";
    const std::string course = std::to_string(overfits.steps) + " steps on one batch took its loss from " +
                               shortNumber(facts.firstLoss) + " to " + shortNumber(overfits.loss);
    if (overfits.loss >= facts.firstLoss)
        return course + ", up instead of down: lower " + rate + "; lr-find suggests one.";
    return course + ", where a network that learns gets below " + shortNumber(kOverfitted) + ": raise " + rate +
           ", look at the labels of the batch" +
           (facts.freeze == "none" ? std::string()
                                   : ", or freeze less of the network (model.freeze, " + facts.freeze + ")") +
           ".";
}

} // namespace

bool learns(const TrainCheck::Overfit& overfits, double firstLoss) {
    return overfits.loss <= kOverfitted || overfits.loss <= firstLoss / 4;
}

std::vector<std::string> checkProblems(const TrainCheck& check, const CheckFacts& facts) {
    std::vector<std::string> problems;
    if (check.peakBytes > check.freeBytes)
        problems.push_back(memoryProblem(check, facts));
    if (facts.tried && !learns(check.overfits, facts.firstLoss) && tells(check.overfits, facts))
        problems.push_back(overfitProblem(check.overfits, facts));
    if (facts.unreadable > 0)
        problems.push_back(counted(static_cast<std::size_t>(facts.unreadable), "image") +
                           " of those tried cannot be read (" + facts.firstUnreadable +
                           "): repair or exclude what the health check of the images finds.");
    const std::uint64_t disk = check.diskBytes + facts.checkpointBytes + facts.decodedFileBytes;
    if (disk > facts.freeDiskBytes)
        problems.push_back("The run needs about " + bytesText(disk) + " on the disk and " +
                           bytesText(facts.freeDiskBytes) +
                           " are free: make room, or keep fewer checkpoints (training.checkpoint.keep)" +
                           (facts.decodedFileBytes > 0 ? " or decoded images (data.cache_disk_mb)." : "."));
    const double loader = steadyLoaderSpeed(check);
    if (facts.tried && !facts.keepsFeatures && loader < kWaits * check.networkImagesPerSecond)
        problems.push_back("The network would wait for images: the loader gives " + speed(loader) +
                           " a second where the network could take " + speed(check.networkImagesPerSecond) +
                           "; smaller image files, less augmentation or more training.loader_threads help.");
    return problems;
}

std::string aboutTime(double seconds) {
    char text[32];
    if (seconds < 90)
        std::snprintf(text, sizeof text, "%.0f s", std::ceil(seconds));
    else if (seconds < 2 * 3600)
        std::snprintf(text, sizeof text, "%.3g min", seconds / 60);
    else
        std::snprintf(text, sizeof text, "%.1f h", seconds / 3600);
    return text;
}

double steadyLoaderSpeed(const TrainCheck& check) {
    return check.laterLoaderImagesPerSecond > 0 ? check.laterLoaderImagesPerSecond : check.loaderImagesPerSecond;
}

Json toJson(const TrainCheck& check) {
    Json json{{"overfits", {{"steps", check.overfits.steps}, {"loss", check.overfits.loss}}},
              {"loader_images_per_second", measured(check.loaderImagesPerSecond)},
              {"network_images_per_second", measured(check.networkImagesPerSecond)},
              {"peak_bytes", check.peakBytes},
              {"free_bytes", check.freeBytes},
              {"seconds_total", measured(check.secondsTotal)},
              {"disk_bytes", check.diskBytes},
              {"problems", check.problems}};
    if (check.laterLoaderImagesPerSecond > 0)
        json["loader_images_per_second_later"] = check.laterLoaderImagesPerSecond;
    return json;
}

} // namespace sightline
