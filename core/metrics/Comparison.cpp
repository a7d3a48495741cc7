// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Comparison.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>

namespace sightline {

namespace {

const std::string& trueClass(const Evaluation& evaluation, const Prediction& prediction) {
    static const std::string unknown;
    return prediction.truth < 0 ? unknown : evaluation.classes[static_cast<std::size_t>(prediction.truth)];
}

} // namespace

double mcNemar(std::int64_t onlyFirst, std::int64_t onlySecond) {
    const std::int64_t all = onlyFirst + onlySecond, fewer = std::min(onlyFirst, onlySecond);
    if (2 * fewer == all)
        return 1;
    // Upwards from nothing, in logarithms: 2^-n is no number for a thousand images.
    double logWays = -static_cast<double>(all) * std::log(2.0), sum = std::exp(logWays);
    for (std::int64_t k = 1; k <= fewer; ++k) {
        logWays += std::log(static_cast<double>(all - k + 1) / static_cast<double>(k));
        sum += std::exp(logWays);
    }
    return std::min(1.0, 2 * sum);
}

Comparison compared(const Evaluation& first, const Evaluation& second, const std::set<std::string>& otherContents) {
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < second.predictions.size(); ++i)
        places.emplace(second.predictions[i].path, i);
    Comparison comparison;
    std::size_t shared = 0;
    for (std::size_t i = 0; i < first.predictions.size(); ++i) {
        const Prediction& one = first.predictions[i];
        const auto place = places.find(one.path);
        if (one.truth < 0 || place == places.end())
            continue;
        if (otherContents.contains(one.path)) {
            ++comparison.otherContents;
            continue;
        }
        const Prediction& other = second.predictions[place->second];
        if (trueClass(first, one) != trueClass(second, other))
            continue;
        ++shared;
        const bool isRight = one.predicted == one.truth, isOtherRight = other.predicted == other.truth;
        auto& group = isRight ? (isOtherRight ? comparison.bothRight : comparison.onlyFirst)
                              : (isOtherRight ? comparison.onlySecond : comparison.bothWrong);
        group.push_back({i, place->second});
    }
    comparison.leftOut = first.predictions.size() + second.predictions.size() - 2 * (shared + comparison.otherContents);
    comparison.p = mcNemar(static_cast<std::int64_t>(comparison.onlyFirst.size()),
                           static_cast<std::int64_t>(comparison.onlySecond.size()));
    return comparison;
}

std::vector<ComparedClass> comparedClasses(const Evaluation& first, const Evaluation& second) {
    std::vector<ComparedClass> both;
    for (const ClassReport& one : first.perClass) {
        const auto other = std::find_if(second.perClass.begin(), second.perClass.end(),
                                        [&](const ClassReport& known) { return known.name == one.name; });
        if (other != second.perClass.end())
            both.push_back({one, *other});
    }
    return both;
}

} // namespace sightline
