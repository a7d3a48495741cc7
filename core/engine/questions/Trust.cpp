// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/questions/Trust.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace sightline {

namespace {

constexpr double kLeastProbability = 0.1; ///< below it there is nothing to lose that could be told from chance
constexpr double kClearlyMore = 0.1;      ///< probability that the map's region costs beyond a random one
constexpr double kClearlyTimes = 1.5;     ///< ... and so many times as much
constexpr double kSameMap = 0.7;          ///< rank correlation from which a map counts as unchanged

std::string number(double value, const char* format) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

long points(double drop) {
    return std::lround(drop * 100);
}

/// "costs 61 points", "costs 1 point", "costs nothing", "adds 3 points".
std::string costing(double drop) {
    const long whole = points(drop);
    if (whole == 0)
        return "costs nothing";
    const long size = std::labs(whole);
    return std::string(whole > 0 ? "costs " : "adds ") + std::to_string(size) + (size == 1 ? " point" : " points");
}

/// The same after the first, shorter where both are costs.
std::string beside(double first, double second) {
    return points(first) > 0 && points(second) > 0 ? std::to_string(points(second)) : costing(second);
}

const char* nameOf(TrustVerdict verdict) {
    switch (verdict) {
    case TrustVerdict::Shows:
        return "shows";
    case TrustVerdict::Unclear:
        return "unclear";
    case TrustVerdict::Fails:
        return "fails";
    case TrustVerdict::Indifferent:
        break;
    }
    return "indifferent";
}

/// Hidden or shown, no part makes a difference: of an image of one color, whose blurred image and mean are itself.
bool isUntouchable(const Trust& trust) {
    constexpr double kRounding = 1e-5;
    if (trust.deletion.empty() || trust.insertion.empty())
        return false;
    const auto same = [&](double probability) { return std::abs(probability - trust.probability) < kRounding; };
    return std::all_of(trust.deletion.begin(), trust.deletion.end(), same) &&
           std::all_of(trust.insertion.begin(), trust.insertion.end(), same) && std::abs(trust.drop) < kRounding &&
           std::abs(trust.randomDrop) < kRounding;
}

} // namespace

TrustVerdict verdictOf(const Trust& trust) {
    const double more = trust.drop - trust.randomDrop;
    if (trust.isEmpty || !std::isfinite(more))
        return TrustVerdict::Fails;
    if (isUntouchable(trust))
        return TrustVerdict::Unclear;
    // Both: a map of the place where objects usually are survives one of the two.
    if (trust.randomisedAll.value_or(0) >= kSameMap || trust.randomisedLast.value_or(0) >= 0.99)
        return TrustVerdict::Indifferent;
    if (trust.probability < kLeastProbability)
        return TrustVerdict::Unclear;
    if (more < kClearlyMore / 2)
        return TrustVerdict::Fails;
    const bool isClear = more >= kClearlyMore && trust.drop >= kClearlyTimes * trust.randomDrop;
    return isClear && trust.insertionAuc > trust.deletionAuc ? TrustVerdict::Shows : TrustVerdict::Unclear;
}

std::string sentenceOn(const Trust& trust) {
    if (trust.isEmpty)
        return "The map is empty: it shows no evidence for " + trust.target + ".";
    if (isUntouchable(trust))
        return "Hiding any part of this image changes nothing, as in an image of one color: nothing can be told about "
               "the map.";
    const TrustVerdict verdict = verdictOf(trust);
    const std::string hiding = "Hiding the hottest fifth " + costing(trust.drop) + ", hiding a random fifth " +
                               beside(trust.drop, trust.randomDrop);
    switch (verdict) {
    case TrustVerdict::Shows:
        return hiding + ": the map shows what the network uses.";
    case TrustVerdict::Fails:
        return hiding + ": the map does not show what the network uses.";
    case TrustVerdict::Indifferent:
        if (trust.randomisedAll.value_or(0) < kSameMap)
            return "The map stays nearly the same (rank correlation " + number(*trust.randomisedLast, "%.2f") +
                   ") when the classifier gets random weights: it does not tell what is evidence for " + trust.target +
                   ".";
        return "The map stays nearly the same (rank correlation " + number(*trust.randomisedAll, "%.2f") +
               ") when all weights are random: it shows the image, not what the network has learned.";
    case TrustVerdict::Unclear:
        break;
    }
    if (trust.probability < kLeastProbability)
        return "The network gives " + trust.target + " only " + number(trust.probability * 100, "%.1f") +
               " %: too little to tell by hiding parts what it uses.";
    return hiding + ": too close to tell whether the map shows what the network uses.";
}

Json toJson(const Trust& trust) {
    const auto orNull = [](const std::optional<double>& value) { return value ? Json(*value) : Json(); };
    return {{"drop", trust.drop},
            {"random_drop", trust.randomDrop},
            {"deletion_auc", trust.deletionAuc},
            {"insertion_auc", trust.insertionAuc},
            {"randomised", {{"last", orNull(trust.randomisedLast)}, {"all", orNull(trust.randomisedAll)}}},
            {"target", trust.target},
            {"probability", trust.probability},
            {"deletion", trust.deletion},
            {"insertion", trust.insertion},
            {"verdict", nameOf(verdictOf(trust))},
            {"sentence", sentenceOn(trust)}};
}

} // namespace sightline
