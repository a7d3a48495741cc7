// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "metrics/Evaluation.h"
#include "report/GroupTable.h"
#include "report/RunReport.h"
#include "store/RunFolder.h"

namespace sightline {

/// One run of a group, as its report compares it.
struct GroupMember {
    RunSummary run;
    Experiment experiment;
    std::vector<EpochMetrics> history;
    std::optional<Evaluation> evaluation;
};

/// One run that stands for all.
struct MemberMethods {
    std::string member;                ///< "fold 1 of 5"; empty: none could be read
    std::string text;                  ///< methodsText() of it
    std::optional<RunReport> run = {}; ///< its images, network and figures, without pictures
};

/// All that one file says of the runs of a group: folds, a search, a table of experiments.
struct GroupReport {
    RunGroup group;
    std::vector<GroupMember> members; ///< in the group's order
    std::vector<std::string> notes;
    std::optional<GroupTable> table = {}; ///< where the group has a file of its own
    MemberMethods methods = {};
    std::optional<Evaluation> outOfFold = {}; ///< of folds that are all trained
    Json repeated = {};       ///< the experiment that trains the group again, or the one of `methods`; null: none does
    std::string command = {}; ///< with which: "train experiment.json --folds 5"
    std::string commandOfAll = {}; ///< of a table of presets: what trains all its models, without a file
    std::vector<std::string> withoutCheckpoints = {}; ///< runs of a search that keeps those of its best trials only
};

/// Orders the members as `runs`, ids, are; others come last.
void putInOrder(GroupReport& report, const std::vector<std::string>& runs);

/// As reportHtml() of a run: the runs side by side, their curves in one chart, the settings that differ.
std::string reportHtml(const GroupReport& report);

} // namespace sightline
