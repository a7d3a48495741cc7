// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "search/SearchTrial.h"

namespace sightline {

/// How much each setting of a space matters to the objective, shares that sum to 1: the mean decrease of variance over
/// the splits of a forest of 64 trees on bootstrapped complete trials (Breiman, "Bagging predictors", 1996), fully
/// grown. A list's share is that of its length and its values together; a choice counts by its place. The same trials
/// give the same shares. Empty where fewer than two trials are complete, or all have the same value.
std::map<std::string, double> importanceOf(const SearchSpace& space, const std::vector<SearchTrial>& trials);

} // namespace sightline
