// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "experiment/Experiment.h"
#include "support/Result.h"

namespace sightline {

/// Presets that a text compares line by line.
struct PresetTable {
    struct Row {
        std::string preset;
        std::string changes; ///< in the text's words
    };
    std::string name;  ///< as a command line names it
    std::string title; ///< for people
    std::vector<Row> rows;
};

const std::vector<PresetTable>& presetTables();
const PresetTable* findPresetTable(const std::string& name);

/// The preset's experiment, its images still to be named. Error: there is no such preset.
Result<Experiment> presetExperiment(const std::string& name);

} // namespace sightline
