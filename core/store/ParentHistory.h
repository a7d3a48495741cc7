// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "metrics/Metrics.h"
#include "store/RunFolder.h"

namespace sightline {

/// The epochs of the run that a fork comes from, which lies beside it. Where it was deleted: those it had then, or,
/// where that was done by hand, those the fork began with.
std::vector<EpochMetrics> historyOfParent(const RunFolder& fork);

/// Leaves a run's epochs to the forks of it among these run folders, before it is deleted. Best effort: for want of
/// them a run can be deleted all the same.
void leaveHistoryToForks(const RunFolder& parent, const std::filesystem::path& runs);

} // namespace sightline
