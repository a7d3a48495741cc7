// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "Command.h"
#include "ExperimentOptions.h"
#include "engine/TrainEvents.h"

namespace sightline::cli {

/// "toys": the tables that --preset-table knows.
std::string presetTableNames();

/// Trains the experiments of a table of presets (`table`), or those that a group lacks (`group`), and prints the table.
/// `changes` holds what is set in all of them. The exit code: 1 where one of them failed.
struct TableOptions {
    std::string table, group;
    ExperimentOptions changes;
    bool json = false;
};
int trainTable(const TableOptions& options, Context& context, const EventSink& sink);

} // namespace sightline::cli
