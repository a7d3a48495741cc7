// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/MemberTraining.h"
#include "experiment/PresetTables.h"
#include "store/TableGroup.h"

namespace sightline {

/// How the experiments of a table ended.
struct TableEnded {
    TableGroup group;
    bool stopped = false;         ///< before all were trained: trainTable() goes on with the group
    std::size_t failures() const; ///< rows without figures
};

/// Makes the group and leaves its training to trainTable(). Errors: an experiment is impossible, the images cannot be
/// opened, the home cannot be written, cancelled.
Result<TableGroup> beginTable(const std::filesystem::path& home, const std::string& name, std::vector<TableRow> rows,
                              const std::stop_token& stop);

/// Trains the experiments one after the other, each a run of the group, and judges each by its best checkpoint on the
/// test images, where there are any. Runs that were interrupted are resumed, those that are done are kept; one that
/// fails is noted in its row, and the others go on. `sink` hears of each run as of one alone. Errors: there is no such
/// group, or its file cannot be written.
Result<TableEnded> trainTable(Engine& engine, const SeriesRequest& request, const std::stop_token& stop,
                              TrainControl& control, const EventSink& sink);

} // namespace sightline
