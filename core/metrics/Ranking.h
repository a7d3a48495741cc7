// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "metrics/Prediction.h"

namespace sightline {

/// How well a class's probability puts its images before all others, as scikit-learn's roc_auc_score and
/// average_precision_score. Undefined without images of the class, the first also without others.
struct RankingFigures {
    std::optional<double> rocAuc, averagePrecision;
};

struct ScoredImage {
    float score = 0;
    bool isOfClass = false;
};
/// Equal scores are one step of both curves. Nothing is defined where a score is no number. O(n log n).
RankingFigures rankingOf(std::vector<ScoredImage> images);

/// Each class against the rest. O(classes x n log n).
std::vector<RankingFigures> rankingPerClass(const std::vector<Prediction>& predictions, std::size_t classes);

/// [k - 1]: share of the images whose true class is among the k most probable, k up to `most` and the number of
/// classes. Of equally probable classes the first comes first, as in Prediction::predicted.
std::vector<double> topKAccuracy(const std::vector<Prediction>& predictions, std::size_t classes, std::size_t most);

} // namespace sightline
