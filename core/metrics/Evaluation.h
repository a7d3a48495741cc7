// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "metrics/Calibration.h"
#include "metrics/ConfusionMatrix.h"
#include "metrics/Prediction.h"
#include "metrics/Statistics.h"
#include "support/Json.h"

namespace sightline {

/// One class against the rest.
struct ClassReport {
    std::string name;
    std::int64_t support = 0;
    double precision = 0, recall = 0, f1 = 0;       ///< 0 where undefined, as scikit-learn
    std::optional<double> rocAuc, averagePrecision; ///< by its probability; undefined without images, or without others
    std::optional<double> meanConfidence;           ///< of its images; undefined where there are none
};

/// Evaluation::split of the images that came since a run began.
inline constexpr const char* kNewImages = "new";

/// What `evaluate` finds. What is undefined is absent; without images everything is.
struct Evaluation {
    std::string split; ///< train, val, test
    std::vector<std::string> classes;
    double loss = 0, accuracy = 0, top5Accuracy = 0;
    std::vector<double> topK; ///< [k - 1]: share whose class is among the k most probable; up to 10
    std::optional<double> balancedAccuracy, cohenKappa, mcc;
    std::optional<double> brier; ///< squared error of the probabilities, summed over classes, mean over images
    std::optional<double> nll;   ///< -log of the true class's probability, as scikit-learn's log_loss
    ClassAverages macro, weighted;
    std::optional<Interval> accuracyInterval; ///< Wilson, 95 %
    std::optional<Interval> macroF1Interval;  ///< bootstrap, 95 %, 1,000 draws
    Calibration calibration;
    std::vector<ConfusedPair> mostConfused; ///< the most frequent first, at most 20
    std::vector<ClassReport> perClass;
    ConfusionMatrix confusion;
    std::vector<Prediction> predictions;
    std::vector<std::string> skipped; ///< unreadable images, and images of classes the run does not know
    // Against what the run was trained on; absent for runs of older versions, which kept no list of their images.
    std::optional<std::size_t> missing, fresh;   ///< of all splits: gone since, and new since
    std::vector<std::string> notes;              ///< for the person: damaged checkpoints, missing images ...
    std::shared_ptr<const Evaluation> newImages; ///< where they were asked for; split "new"
};

/// Fills all figures from predictions and classes; `seed` is that of the bootstrap. `temperature`: fitted on
/// validation (fittedTemperature()), where it could be.
void summarize(Evaluation& evaluation, std::uint64_t seed = 0, std::optional<double> temperature = {});
/// CLI.md's document for `evaluate --json`.
Json toJson(const Evaluation& evaluation);

} // namespace sightline
