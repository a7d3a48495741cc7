// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "Command.h"
#include "experiment/Experiment.h"

namespace sightline::cli {

/// An experiment as a command line gives it: a file or a preset, and what is changed of it.
struct ExperimentOptions {
    std::string file, preset;
    std::vector<std::string> settings; ///< path=value
    int threads = -1;
    std::string device;
    std::optional<std::uint64_t> seed;
};

/// Adds EXPERIMENT, --preset, --set, --device, --seed and --threads.
void addExperiment(CLI::App& command, ExperimentOptions& options);
/// Reads it. Errors name the file or the preset and the path of each impossible setting.
Result<Experiment> experimentOf(const ExperimentOptions& options);

} // namespace sightline::cli
