// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "Command.h"
#include "engine/TrainEvents.h"
#include "experiment/Experiment.h"

namespace sightline::cli {

/// --group-by: a pattern with a group in parentheses, or the name of a table's column.
void setGroupBy(Experiment& experiment, const std::string& by);

struct FoldsOptions {
    std::string group; ///< of one that goes on
    int folds = 0;     ///< of a new one
    int threads = -1;
    bool json = false;
};

/// Trains all folds, or those that a group lacks, and prints CLI.md's document. The exit code.
int trainFolds(const FoldsOptions& options, const Experiment& experiment, Context& context, const EventSink& sink);

} // namespace sightline::cli
