// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "experiment/Experiment.h"

namespace sightline {

/// The experiment's file with what it leaves out at its default, options of a named network too, and without its name.
Json wholeSettings(const Experiment& experiment);

/// A setting that is not the same in all of some experiments.
struct DifferingSetting {
    std::string path;         ///< "training.optimizer.learning_rate"; a list is one value
    std::vector<Json> values; ///< one for each experiment; null where it has no such setting
};

/// In the order of the file; a block's settings that the first has not come last in it. Empty for fewer than two.
std::vector<DifferingSetting> differingSettings(const std::vector<Experiment>& experiments);
/// The same of what wholeSettings() gave, or of a part of it: what stands at `path`, null where there is nothing.
std::vector<DifferingSetting> differingSettings(const std::vector<Json>& documents, const std::string& path = {});

/// Of runs' documents, all their settings. Those that were imported were not trained here: settings of training are
/// compared among the others, and null for them.
std::vector<DifferingSetting> settingsThatDiffer(std::vector<Json> documents, const std::vector<bool>& imported);

} // namespace sightline
