// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "report/GroupReport.h"
#include "report/GroupTable.h"
#include "search/SearchFolder.h"
#include "store/RunStore.h"

namespace sightline {

/// A search as a table and a report show it.
TrialTable trialTableOf(const SearchView& view);

/// A group's id: as it is, by an unambiguous prefix of it, or by a name that one group alone has. Errors: there is
/// none, or several.
Result<std::string> findGroup(RunStore& store, const std::string& group);
/// The same, also of the name of an experiment, where one group alone is its folds.
Result<std::string> findGroupOrFoldsOf(RunStore& store, const std::string& given);

/// readGroupTable() of any group, a search too.
Result<GroupTable> readTableOf(const std::filesystem::path& home, const std::string& id);

/// The run that a report of a group shows for all: of a search its best trial's first, by the search's own objective.
/// Empty where the group is no search or has none.
std::string exampleOf(const std::filesystem::path& home, const std::string& id);

/// Where a report is of a search: its trials, the best, what matters, SEARCH.json; the runs in the order of the trials,
/// pruned ones by that name. Errors: a file of the search is damaged.
Result<void> describeSearch(const std::filesystem::path& home, GroupReport& report);

} // namespace sightline
