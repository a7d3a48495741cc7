// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "search/SearchPlan.h"
#include "search/SearchTrial.h"

namespace sightline {

/// Whether a trial ends here, after the epoch of its last report.
///
/// Median (Golovin and others, "Google Vizier", KDD 2017; Optuna's MedianPruner): from five complete trials on, a trial
/// whose best report is worse than the median of the complete trials' reports after the same epoch.
///
/// ASHA (Li and others, "A system for massively parallel hyperparameter tuning", MLSys 2020; Optuna's
/// SuccessiveHalvingPruner with min_resource 1): after 1, 4, 16, ... epochs only the best quarter of the trials that
/// came so far go on, and of fewer than four the best.
///
/// A report that is no number ends the trial in both.
bool isPruned(const SearchPlan& plan, const std::vector<SearchTrial>& trials, const SearchTrial& trial);

} // namespace sightline
