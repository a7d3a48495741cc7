// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Statistics.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace sightline {

namespace {

double ratioOf(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// Sums that the coefficients of agreement need.
struct Agreement {
    double images = 0, right = 0;
    double byChance = 0;                 ///< sum of support times predicted
    double support2 = 0, predicted2 = 0; ///< sums of squares
};

Agreement agreementOf(const std::vector<ClassCounts>& classes) {
    Agreement sums;
    for (const ClassCounts& one : classes) {
        const auto support = static_cast<double>(one.support), predicted = static_cast<double>(one.predicted);
        sums.images += support;
        sums.right += static_cast<double>(one.right);
        sums.byChance += support * predicted;
        sums.support2 += support * support;
        sums.predicted2 += predicted * predicted;
    }
    return sums;
}

template <typename Weight>
ClassAverages averages(const std::vector<ClassCounts>& classes, const Weight& weightOf) {
    double precision = 0, recall = 0, f1 = 0, weights = 0;
    for (const ClassCounts& one : classes) {
        const double weight = weightOf(one);
        precision += weight * one.precision();
        recall += weight * one.recall();
        f1 += weight * one.f1();
        weights += weight;
    }
    if (weights == 0)
        return {};
    return {precision / weights, recall / weights, f1 / weights};
}

} // namespace

double ClassCounts::precision() const {
    return ratioOf(right, predicted);
}
double ClassCounts::recall() const {
    return ratioOf(right, support);
}
double ClassCounts::f1() const {
    return ratioOf(2 * right, support + predicted);
}

std::vector<ClassCounts> classCounts(const ConfusionMatrix& confusion) {
    const int count = confusion.classes();
    std::vector<ClassCounts> classes(static_cast<std::size_t>(count));
    for (int truth = 0; truth < count; ++truth)
        for (int predicted = 0; predicted < count; ++predicted) {
            const std::int64_t images = confusion.at(truth, predicted);
            classes[static_cast<std::size_t>(truth)].support += images;
            classes[static_cast<std::size_t>(predicted)].predicted += images;
            if (truth == predicted)
                classes[static_cast<std::size_t>(truth)].right = images;
        }
    return classes;
}

ClassAverages macroAverages(const std::vector<ClassCounts>& classes) {
    return averages(classes, [](const ClassCounts& one) { return one.occurs() ? 1.0 : 0.0; });
}

ClassAverages weightedAverages(const std::vector<ClassCounts>& classes) {
    return averages(classes, [](const ClassCounts& one) { return static_cast<double>(one.support); });
}

std::optional<double> balancedAccuracy(const std::vector<ClassCounts>& classes) {
    return averages(classes, [](const ClassCounts& one) { return one.support > 0 ? 1.0 : 0.0; }).recall;
}

std::optional<double> cohenKappa(const std::vector<ClassCounts>& classes) {
    const Agreement sums = agreementOf(classes);
    const double disagreementByChance = sums.images * sums.images - sums.byChance;
    if (disagreementByChance <= 0)
        return {};
    return 1 - sums.images * (sums.images - sums.right) / disagreementByChance;
}

std::optional<double> matthewsCorrelation(const std::vector<ClassCounts>& classes) {
    const Agreement sums = agreementOf(classes);
    const double all = sums.images * sums.images;
    const double variances = (all - sums.support2) * (all - sums.predicted2);
    if (variances <= 0)
        return {};
    return (sums.right * sums.images - sums.byChance) / std::sqrt(variances);
}

std::optional<Interval> wilsonInterval(std::int64_t right, std::int64_t images) {
    constexpr double kZ = 1.959963984540054; // of the normal distribution: 97.5 %
    if (images <= 0)
        return {};
    const auto n = static_cast<double>(images);
    const double share = static_cast<double>(right) / n, z2 = kZ * kZ;
    const double middle = (share + z2 / (2 * n)) / (1 + z2 / n);
    const double half = kZ / (1 + z2 / n) * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    return Interval{right == 0 ? 0.0 : middle - half, right == images ? 1.0 : middle + half};
}

std::vector<ConfusedPair> mostConfusedPairs(const ConfusionMatrix& confusion, std::size_t most) {
    const std::vector<ClassCounts> classes = classCounts(confusion);
    std::vector<ConfusedPair> pairs;
    for (int truth = 0; truth < confusion.classes(); ++truth)
        for (int predicted = 0; predicted < confusion.classes(); ++predicted)
            if (const std::int64_t images = confusion.at(truth, predicted); truth != predicted && images > 0)
                pairs.push_back(
                    {truth, predicted, images, ratioOf(images, classes[static_cast<std::size_t>(truth)].support)});
    const auto rank = [](const ConfusedPair& one) { return std::tuple(-one.images, -one.share); };
    std::stable_sort(pairs.begin(), pairs.end(),
                     [&](const ConfusedPair& a, const ConfusedPair& b) { return rank(a) < rank(b); });
    pairs.resize(std::min(most, pairs.size()));
    return pairs;
}

} // namespace sightline
