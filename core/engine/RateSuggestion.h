// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/RateFinder.h"

namespace sightline {

/// An exponential mean of losses whose beginning does not pull it to zero (bias corrected, as Adam's moments are).
class SmoothedLoss {
public:
    static constexpr double kBeta = 0.98;

    /// The mean with this loss in it.
    double add(double loss);

private:
    double m_mean = 0;
    double m_share = 1; ///< kBeta to the number of losses
};

/// What a curve of smoothed losses over rising rates says. All are absent where the loss never falls: where, once the
/// mean has settled (after a tenth of the batches), it does not get a hundredth below what it was.
///
/// `valley` follows fastai's: the longest sequence of ever lower losses, taken as a stretch that ends with its last
/// one; two thirds into it. `steep` is looked for within that fall: elsewhere noise is steeper.
RateSuggestion suggestRates(const std::vector<double>& rates, const std::vector<double>& losses);

} // namespace sightline
