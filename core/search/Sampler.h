// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "search/SearchPlan.h"
#include "search/SearchTrial.h"

namespace sightline {

class CounterRandom;

/// The point of the next trial, whose number is `trials.size()`. A draw depends on the plan's seed, the trial's number
/// and the name of the value drawn, with TPE also on the trials that have ended: one trial after the other, the same
/// seed gives the same trials. Of a grid: the point of that number, below gridSize().
Point nextPoint(const SearchPlan& plan, const std::vector<SearchTrial>& trials);

/// A value drawn evenly (on the logarithm where the distribution says so).
double drawEvenly(const Distribution& distribution, double uniform);

/// The observations that TPE learns one value from, older ones first: those of the best trials, and of the others.
struct TpeSplit {
    std::vector<double> below, above;
};
/// The best tenth of the complete and pruned trials (rounded up, 25 at most) against the others. Pruned trials follow
/// complete ones; of these those that came further, then those with the better last report. Values of `name` only.
TpeSplit tpeSplit(const std::vector<SearchTrial>& trials, bool maximize, const std::string& name);

/// Tree-structured Parzen estimator (Bergstra and others, "Algorithms for hyper-parameter optimization", NIPS 2011)
/// with the choices of Optuna's TPESampler(multivariate=False): of 24 candidates drawn from the density of the good
/// observations the one where that is largest against the density of the others.
double tpeValue(const Distribution& distribution, const TpeSplit& split, CounterRandom& random);

} // namespace sightline
