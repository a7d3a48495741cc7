// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/RunSummary.h"

namespace sightline {

/// A run or a group of runs with what stands below it: the group's runs, the run's forks.
struct RunNode {
    std::string id;                 ///< of the run, or of the group
    std::optional<std::size_t> run; ///< its place in the list; nothing: a group
    std::vector<RunNode> below;
};

/// The tree of the runs at these places of a list, in their order; a group stands where its first run stood. A fork
/// stands below the run it was forked from, where that one is among them and the fork belongs to no group.
std::vector<RunNode> runTree(const std::vector<RunSummary>& runs, const std::vector<std::size_t>& places);

} // namespace sightline
