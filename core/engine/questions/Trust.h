// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/questions/HeatMap.h"

namespace sightline {

/// Can the map be believed? Its own regions are hidden and shown, its network's weights are drawn again.
struct Trust;
struct TrustQuestion {
    using Answer = Trust;
    HeatMapQuestion of;
};

/// Figures as CLI.md ("Trust") defines them. Deletion and insertion: Petsiuk et al. 2018 (RISE); randomised: Adebayo
/// et al. 2018 (sanity checks).
struct Trust {
    std::string target;     ///< whose probability it is about
    double probability = 0; ///< of the target, with the whole image
    double drop = 0;        ///< probability lost when the hottest fifth of the pixels gets the blurred image
    double randomDrop = 0;  ///< the same for squares of that area anywhere, mean of 5
    double deletionAuc = 0, insertionAuc = 0;
    std::vector<double> deletion, insertion; ///< the target's probability at 0/30, 1/30 ... 30/30
    double randomisedLast = 0;               ///< rank correlation with the map after the classifier was drawn again
    double randomisedAll = 0;                ///< ... after all weights were
};

/// What the figures mean, in one sentence: "Hiding the hottest fifth costs 61 points, hiding a random fifth 4: the map
/// shows what the network uses."
enum class TrustVerdict { Shows, Unclear, Fails };
TrustVerdict verdictOf(const Trust& trust);

} // namespace sightline
