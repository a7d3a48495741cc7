// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace sightline {

/// Spearman's rank correlation, -1...1; equal values share the mean of their ranks. 0 where either side has one value
/// only (it is not defined there), or a value that is no number. Both sides are of the same length.
double rankCorrelation(std::span<const float> first, std::span<const float> second);

} // namespace sightline
