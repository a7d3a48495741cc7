// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "Command.h"
#include "engine/Engine.h"
#include "experiment/Experiment.h"
#include "experiment/RunEdit.h"

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
/// "path=value" each. Error: one without '='.
Result<std::vector<Setting>> settingsOf(const std::vector<std::string>& given, const std::string& option = "--set");

/// Adds --set to a command that asks a run: data.path alone may be set there, where the run's images are now.
void addDataPath(CLI::App& command, std::vector<std::string>& settings);
/// The place; empty where none is given. Error: another setting, by name; `command` does the asking.
Result<std::string> dataPathOf(const std::vector<std::string>& settings, const std::string& command);

/// Where the images of a run are: `dataPath`, or where the run says. Empty: it does not say.
std::filesystem::path imagesOfRun(const std::filesystem::path& runFolder, const std::string& dataPath);

/// The file of an image of a run: as it is named, else below the root of the run's images (`dataPath`, or where the run
/// says they are), as its tables name it.
std::filesystem::path imageOfRun(const std::string& name, const std::filesystem::path& runFolder,
                                 const std::string& dataPath);

/// Says on stderr where a checkpoint that is asked for is damaged and another takes its place.
void sayIfDamaged(const std::filesystem::path& runFolder, const std::string& checkpoint);

/// Reads it. Errors name the file or the preset and the path of each impossible setting.
Result<Experiment> experimentOf(const ExperimentOptions& options);

/// An experiment's document with what the options change. `what` names it in errors.
Result<Experiment> changedBy(const ExperimentOptions& options, Json document, const std::string& what);

/// An experiment with its images as a run would have them, and the engine that tries something of it without a run.
struct OpenedExperiment {
    Experiment experiment;
    std::shared_ptr<const Dataset> images;
    Engine* engine = nullptr;
};
/// Errors: as experimentOf(), there are no such images, or the engine cannot be loaded.
Result<OpenedExperiment> openExperiment(const ExperimentOptions& options, const Context& context,
                                        const std::stop_token& stop);

} // namespace sightline::cli
