// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "store/RunAbout.h"
#include "store/RunGroup.h"
#include "support/Json.h"

namespace sightline {

/// One line of the list of runs.
struct RunSummary {
    std::string id; ///< 20260131-142530-ab12 : sorts by time
    std::string name;
    std::string state;  ///< running, completed, stopped, failed, interrupted (no end was written)
    std::string reason; ///< why it failed or stopped, one sentence
    std::string network, dataPath;
    std::string created; ///< ISO 8601, UTC
    int epochs = 0, plannedEpochs = 0, bestEpoch = 0;
    std::optional<double> bestValAccuracy, bestValLoss; ///< over all epochs
    std::optional<double> lastLoss, lastAccuracy, lastValLoss, lastValAccuracy;
    std::string note;
    std::vector<std::string> tags;
    bool starred = false, archived = false;
    std::optional<RunGroup> group;
    std::string parent; ///< id of the run it was forked from; empty: none
    Json settings;      ///< wholeSettings() as they are now; null where the experiment cannot be read
    std::filesystem::path folder;

    bool operator==(const RunSummary&) const = default;
};

/// As `runs list --json` gives it; the settings, which `runs show` has, are not in it.
Json toJson(const RunSummary& summary);
/// What is missing, or of another type, stays as a new summary has it.
RunSummary runSummaryFrom(const Json& json);

/// Orders that `runs list --sort` and the window know, the best or newest first; runs without the figure come last.
inline constexpr const char* kRunOrders[] = {"created",  "name",     "epochs", "val_accuracy",
                                             "val_loss", "accuracy", "loss",   "starred"};
/// `order`: one of kRunOrders. Equal ones keep their order.
void sortRuns(std::vector<RunSummary>& runs, const std::string& order);

} // namespace sightline
