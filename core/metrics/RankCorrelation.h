// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>

namespace sightline {

/// Spearman's rank correlation, -1...1; equal values share the mean of their ranks. Nothing where it is not defined:
/// either side has one value only, or a value that is no number. Both sides are of the same length.
std::optional<double> rankCorrelation(std::span<const float> first, std::span<const float> second);

} // namespace sightline
