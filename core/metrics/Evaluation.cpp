// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/Bootstrap.h"
#include "metrics/Metrics.h"
#include "metrics/Ranking.h"

namespace sightline {

namespace {

constexpr std::size_t kMostPairs = 20, kMostGuesses = 10, kFive = 5;

/// Sum over the classes.
double squaredError(const Prediction& prediction) {
    double sum = 0;
    for (std::size_t i = 0; i < prediction.probabilities.size(); ++i) {
        const double wanted = static_cast<int>(i) == prediction.truth ? 1 : 0;
        const double error = static_cast<double>(prediction.probabilities[i]) - wanted;
        sum += error * error;
    }
    return sum;
}

/// scikit-learn's log_loss: a probability of 0 counts as the least that 1 can be added to.
double logLoss(const Prediction& prediction) {
    constexpr double kLeast = std::numeric_limits<double>::epsilon();
    const auto own = static_cast<double>(prediction.probabilities[static_cast<std::size_t>(prediction.truth)]);
    return -std::log(own < kLeast ? kLeast : own);
}

std::optional<double> meanOf(const RunningMean& mean) {
    return mean.weight() > 0 ? std::optional(mean.mean()) : std::nullopt;
}

void reportClasses(Evaluation& evaluation, const std::vector<ClassCounts>& counts) {
    std::vector<RunningMean> confidence(counts.size());
    for (const Prediction& prediction : evaluation.predictions)
        if (prediction.truth >= 0)
            confidence[static_cast<std::size_t>(prediction.truth)].add(prediction.confidence);
    const std::vector<RankingFigures> ranking = rankingPerClass(evaluation.predictions, counts.size());
    evaluation.perClass.clear();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        ClassReport report;
        report.name = evaluation.classes[i];
        report.support = counts[i].support;
        report.precision = counts[i].precision();
        report.recall = counts[i].recall();
        report.f1 = counts[i].f1();
        report.rocAuc = ranking[i].rocAuc;
        report.averagePrecision = ranking[i].averagePrecision;
        report.meanConfidence = meanOf(confidence[i]);
        evaluation.perClass.push_back(std::move(report));
    }
}

} // namespace

void summarize(Evaluation& evaluation, std::uint64_t seed, std::optional<double> temperature) {
    evaluation.confusion = ConfusionMatrix(static_cast<int>(evaluation.classes.size()));
    RunningMean loss, right, error, likelihood;
    for (const Prediction& prediction : evaluation.predictions) {
        if (prediction.truth < 0)
            continue;
        evaluation.confusion.add(prediction.truth, prediction.predicted);
        loss.add(prediction.loss);
        right.add(prediction.truth == prediction.predicted ? 1 : 0);
        error.add(squaredError(prediction));
        likelihood.add(logLoss(prediction));
    }
    const std::vector<ClassCounts> counts = classCounts(evaluation.confusion);
    evaluation.loss = loss.mean();
    evaluation.accuracy = right.mean();
    evaluation.topK = topKAccuracy(evaluation.predictions, evaluation.classes.size(), kMostGuesses);
    evaluation.top5Accuracy =
        evaluation.topK.empty() ? 0 : evaluation.topK[std::min(kFive, evaluation.topK.size()) - 1];
    evaluation.balancedAccuracy = balancedAccuracy(counts);
    evaluation.macro = macroAverages(counts);
    evaluation.weighted = weightedAverages(counts);
    evaluation.cohenKappa = cohenKappa(counts);
    evaluation.mcc = matthewsCorrelation(counts);
    evaluation.brier = meanOf(error);
    evaluation.nll = meanOf(likelihood);
    const auto images = static_cast<std::int64_t>(right.weight());
    evaluation.accuracyInterval = wilsonInterval(std::llround(right.mean() * right.weight()), images);
    evaluation.macroF1Interval = macroF1Interval(evaluation.confusion, seed);
    evaluation.calibration = calibrationOf(evaluation.predictions, temperature);
    evaluation.mostConfused = mostConfusedPairs(evaluation.confusion, kMostPairs);
    reportClasses(evaluation, counts);
}

} // namespace sightline
