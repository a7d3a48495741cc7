// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Suspects.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "metrics/Metrics.h"

namespace sightline {

namespace {

/// Of each class the mean of its probability among the images labelled so; of one without images, never reached.
std::vector<double> thresholdsOf(const std::vector<Prediction>& predictions, std::size_t classes) {
    std::vector<RunningMean> means(classes);
    for (const Prediction& one : predictions)
        if (one.truth >= 0)
            means[static_cast<std::size_t>(one.truth)].add(
                static_cast<double>(one.probabilities[static_cast<std::size_t>(one.truth)]));
    std::vector<double> thresholds;
    for (const RunningMean& mean : means)
        thresholds.push_back(mean.weight() > 0 ? mean.mean() : std::numeric_limits<double>::infinity());
    return thresholds;
}

/// The most probable of the likely classes; -1: none is likely.
int likelyClass(const Prediction& prediction, const std::vector<double>& thresholds) {
    int likely = -1;
    for (std::size_t i = 0; i < thresholds.size(); ++i) {
        const float probability = prediction.probabilities[i];
        if (static_cast<double>(probability) >= thresholds[i] &&
            (likely < 0 || probability > prediction.probabilities[static_cast<std::size_t>(likely)]))
            likely = static_cast<int>(i);
    }
    return likely;
}

} // namespace

std::vector<SuspectLabel> suspectLabels(const std::vector<Prediction>& predictions, std::size_t classes) {
    const std::vector<double> thresholds = thresholdsOf(predictions, classes);
    std::vector<SuspectLabel> labels;
    for (std::size_t i = 0; i < predictions.size(); ++i) {
        const Prediction& one = predictions[i];
        if (one.truth < 0)
            continue;
        const int likely = likelyClass(one, thresholds);
        const bool isSuspect = likely >= 0 && likely != one.truth;
        labels.push_back({i, isSuspect ? likely : one.predicted,
                          static_cast<double>(one.probabilities[static_cast<std::size_t>(one.truth)]), isSuspect});
    }
    const auto rank = [](const SuspectLabel& one) { return std::tuple(!one.isSuspect, one.selfConfidence); };
    std::stable_sort(labels.begin(), labels.end(),
                     [&](const SuspectLabel& a, const SuspectLabel& b) { return rank(a) < rank(b); });
    return labels;
}

} // namespace sightline
