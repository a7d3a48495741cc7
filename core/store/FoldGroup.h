// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiment/Experiment.h"
#include "store/RunGroup.h"

namespace sightline {

/// Runs of one experiment that differ in which fold validates: groups/<id>/group.json of the data home.
struct FoldGroup {
    std::string id;
    Experiment experiment; ///< without a fold
    int folds = 0;
    std::vector<std::string> runs; ///< ids, fold 1 first; fewer than `folds` until all have begun

    /// "toys: 5 folds".
    std::string name() const;
    /// The experiment of fold `index`, from 1.
    Experiment experimentOf(int index) const;
    RunGroup memberOf(int index) const;
};

/// Errors: there is no such group; its file is damaged.
Result<FoldGroup> readFoldGroup(const std::filesystem::path& home, const std::string& id);
/// Makes its folder where needed.
Result<void> writeFoldGroup(const std::filesystem::path& home, const FoldGroup& group);

/// What each image's network said that was not trained on it: a table as predictions.csv, once all folds are trained.
std::filesystem::path outOfFoldFile(const std::filesystem::path& home, const std::string& id);
/// That of the folds a run belongs to; nothing where it is in none, or they are not all trained.
std::optional<std::filesystem::path> outOfFoldFileOf(const std::filesystem::path& runFolder);

} // namespace sightline
