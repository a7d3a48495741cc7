// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/questions/HeatMap.h"
#include "support/Json.h"

namespace sightline {

/// Can the map be believed? Its own regions are hidden and shown, its network's weights are drawn again.
struct Trust;
struct TrustQuestion {
    using Answer = Trust;
    HeatMapQuestion of; ///< its seed draws the squares and the weights, too
};

/// Figures as CLI.md ("Trust") defines them. Deletion and insertion: Petsiuk et al. 2018 (RISE); randomised: Adebayo
/// et al. 2018 (sanity checks). For a target A-B they are about A's probability.
struct Trust {
    std::string target;     ///< as the map's
    double probability = 0; ///< of the target, with the whole image
    bool isEmpty = false;   ///< the map is all zero, or has one value everywhere: it says nothing
    double drop = 0;        ///< probability lost when the hottest fifth of the pixels gets the blurred image
    double randomDrop = 0;  ///< the same for squares of that area anywhere, mean of 5
    double deletionAuc = 0, insertionAuc = 0;
    std::vector<double> deletion, insertion; ///< the target's probability at 0/30, 1/30 ... 30/30
    /// Rank correlation with the map after the classifier, or all weights, were drawn again; nothing where it is not
    /// defined: one of the two maps has one value everywhere.
    std::optional<double> randomisedLast, randomisedAll;
};

enum class TrustVerdict {
    Shows,      ///< what it marks is what the network uses
    Unclear,    ///< the test cannot tell
    Fails,      ///< hiding what it marks costs no more than hiding anything
    Indifferent ///< it does not depend on what the network has learned
};
TrustVerdict verdictOf(const Trust& trust);

/// What the figures mean, for people: "Hiding the hottest fifth costs 61 points, hiding a random fifth 4: the map shows
/// what the network uses."
std::string sentenceOn(const Trust& trust);

/// CLI.md's `trust`, with the curves, the verdict and the sentence beside.
Json toJson(const Trust& trust);

} // namespace sightline
