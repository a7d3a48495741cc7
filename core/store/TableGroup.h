// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiment/Experiment.h"
#include "store/RunGroup.h"

namespace sightline {

/// One line of a table of experiments.
struct TableRow {
    std::string changes;   ///< what is done otherwise than in the lines before: "Add Dropout (0.5)"
    Experiment experiment; ///< as its run begins
    // What became of it:
    std::string run = {};                    ///< id; empty until it has begun
    std::optional<double> valAccuracy = {};  ///< the best one; absent until the run is done, or without validation
    std::optional<double> testAccuracy = {}; ///< of its best checkpoint; absent without test images
    std::string failure = {};                ///< why there are no figures, one sentence; tried again when it goes on
};

/// Experiments on the same images that are compared line by line: groups/<id>/group.json of the data home.
struct TableGroup {
    std::string id;
    std::string name; ///< for people
    std::vector<TableRow> rows;

    RunGroup memberOf(std::size_t row) const; ///< "model 3 of 9"
};

/// Errors: there is no such group; its file is damaged.
Result<TableGroup> readTableGroup(const std::filesystem::path& home, const std::string& id);
/// Makes its folder where needed.
Result<void> writeTableGroup(const std::filesystem::path& home, const TableGroup& group);

/// What trains a table's models again, "train --preset-table toys --set data.path=toys": where they are those of a
/// table of presets with the same changes in all. Empty: they are not.
std::string trainedAgainBy(const TableGroup& group);

} // namespace sightline
