// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "metrics/ConfusionMatrix.h"

namespace sightline {

// Figures that follow from the counts of a confusion matrix, as scikit-learn defines them.

/// A class by its counts.
struct ClassCounts {
    std::int64_t right = 0, support = 0, predicted = 0;

    bool occurs() const { return support + predicted > 0; }
    double precision() const; ///< 0 where undefined, as scikit-learn; so are the next two
    double recall() const;
    double f1() const;
};
std::vector<ClassCounts> classCounts(const ConfusionMatrix& confusion);

/// Means over classes; absent without images.
struct ClassAverages {
    std::optional<double> precision, recall, f1;
};
/// Every class that occurs, as true or as predicted, counts the same.
ClassAverages macroAverages(const std::vector<ClassCounts>& classes);
/// Every class counts by its images.
ClassAverages weightedAverages(const std::vector<ClassCounts>& classes);

/// Mean recall of the classes that have images. Undefined without images.
std::optional<double> balancedAccuracy(const std::vector<ClassCounts>& classes);
/// Agreement beyond chance (Cohen 1960). Undefined where chance alone agrees: one class only.
std::optional<double> cohenKappa(const std::vector<ClassCounts>& classes);
/// Matthews' correlation of true and predicted classes (Gorodkin 2004). Undefined where either is one class only.
std::optional<double> matthewsCorrelation(const std::vector<ClassCounts>& classes);

struct Interval {
    double low = 0, high = 0;
};
/// 95 % of a share (Wilson 1927). Undefined without images.
std::optional<Interval> wilsonInterval(std::int64_t right, std::int64_t images);

/// Two classes taken for each other, in one direction.
struct ConfusedPair {
    int truth = 0, predicted = 0;
    std::int64_t images = 0;
    double share = 0; ///< of the true class's images
};
/// The most frequent first, of equal ones the larger share; at most `most`.
std::vector<ConfusedPair> mostConfusedPairs(const ConfusionMatrix& confusion, std::size_t most);

} // namespace sightline
