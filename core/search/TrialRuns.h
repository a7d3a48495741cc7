// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "search/SearchPlan.h"
#include "search/SearchTrial.h"
#include "store/RunFolder.h"
#include "store/RunGroup.h"

namespace sightline {

/// What one execution of a trial is as a run of the search's group. `execution` counts from 0.
RunGroup trialMember(const SearchPlan& plan, const std::string& search, int trial, int execution);

/// The runs of a search there are in the data home, by what they are in it: the folders know, also where a kill came
/// before the journal heard of them. Of several of one execution the newest.
std::map<std::string, RunFolder> runsOfSearch(const std::filesystem::path& home, const std::string& search);

/// The experiment of one execution. Errors: the point is impossible, named.
Result<Experiment> executionAt(const SearchPlan& plan, const SearchTrial& trial, int execution);

/// Whether a run needs no more training.
bool isDone(const RunFolder& run);

/// What a run came to: the figures of its best epoch by the objective, with the number of the epoch itself.
struct ExecutionFigures {
    double value = 0;
    std::map<std::string, double> others;
};
/// Errors: no epoch has the objective.
Result<ExecutionFigures> figuresOf(const RunFolder& run, const SearchPlan& plan);

/// Gives a trial that has ended its value and figures: means of the executions of a complete one, the last report of a
/// pruned one. A complete one whose runs lack them has failed.
void settle(SearchTrial& trial, const std::filesystem::path& home, const SearchPlan& plan);

/// Removes the checkpoints of the runs of all trials that have ended, except the best `keepBest` complete ones. The
/// numbers of the trials that lost theirs.
std::vector<int> dropCheckpoints(const std::filesystem::path& home, const SearchPlan& plan,
                                 const std::vector<SearchTrial>& trials);

} // namespace sightline
