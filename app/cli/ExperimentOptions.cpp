// SPDX-License-Identifier: GPL-3.0-or-later
#include "ExperimentOptions.h"

#include <iostream>

#include "AtLeastZero.h"
#include "data/Overlay.h"
#include "experiment/Presets.h"
#include "store/RunCheckpoint.h"
#include "store/SampleManifest.h"

namespace sightline::cli {

namespace {

Result<Json> documentOf(const ExperimentOptions& options) {
    if (options.preset.empty())
        return readJsonFile(options.file);
    const Preset* preset = findPreset(options.preset);
    if (!preset) {
        std::string names;
        for (const Preset& known : presets())
            names += (names.empty() ? "" : ", ") + known.name;
        return badInput("There is no preset '" + options.preset + "'; available: " + names + ".");
    }
    return parseJson(preset->json, preset->name);
}

} // namespace

void addExperiment(CLI::App& command, ExperimentOptions& options) {
    command.add_option("EXPERIMENT", options.file, "Experiment file (JSON)");
    command.add_option("--preset", options.preset, "An experiment that comes with the program");
    command.add_option("--set", options.settings, "Change a setting, such as training.epochs=3")
        ->take_all()
        ->expected(1)
        ->allow_extra_args(false);
    command.add_option("--device", options.device, "auto, cpu or cuda:0");
    addSeed(command, options.seed, "Random seed");
    addThreads(command, options.threads);
}

Result<std::vector<Setting>> settingsOf(const std::vector<std::string>& given, const std::string& option) {
    std::vector<Setting> settings;
    for (const std::string& text : given) {
        const auto equals = text.find('=');
        if (equals == std::string::npos || equals == 0)
            return badInput(option + " " + text + ": use path=value, such as training.epochs=3.");
        settings.push_back({text.substr(0, equals), text.substr(equals + 1)});
    }
    return settings;
}

void addDataPath(CLI::App& command, std::vector<std::string>& settings) {
    command.add_option("--set", settings, "data.path=DIR: where the run's images are now")
        ->take_all()
        ->expected(1)
        ->allow_extra_args(false);
}

Result<std::string> dataPathOf(const std::vector<std::string>& given, const std::string& command) {
    const Result<std::vector<Setting>> settings = settingsOf(given);
    if (!settings)
        return settings.error();
    std::string path;
    for (const Setting& setting : *settings) {
        if (setting.path != "data.path")
            return badInput("--set " + shown(setting.path) + ": " + command +
                            " accepts only data.path; everything else comes from the run.");
        if (setting.value.empty())
            return badInput("--set data.path: give the folder of the images, as in data.path=DIR.");
        path = setting.value;
    }
    return path;
}

std::filesystem::path imagesOfRun(const std::filesystem::path& runFolder, const std::string& dataPath) {
    if (!dataPath.empty())
        return dataPath;
    const auto place = readDataPlace(runFolder);
    return place ? place->root : std::filesystem::path();
}

std::filesystem::path imageOfRun(const std::string& name, const std::filesystem::path& runFolder,
                                 const std::string& dataPath) {
    std::error_code code;
    if (std::filesystem::exists(name, code) || runFolder.empty())
        return name;
    const std::filesystem::path root = imagesOfRun(runFolder, dataPath);
    return !root.empty() && std::filesystem::exists(root / name, code) ? root / name : std::filesystem::path(name);
}

void sayIfDamaged(const std::filesystem::path& runFolder, const std::string& checkpoint) {
    if (const auto chosen = chooseCheckpoint(runFolder, checkpoint); chosen && !chosen->note.empty())
        std::clog << chosen->note << '\n';
}

Result<Experiment> experimentOf(const ExperimentOptions& options) {
    const Result<Json> document = documentOf(options);
    if (!document)
        return document.error();
    return changedBy(options, *document, options.preset.empty() ? options.file : options.preset);
}

Result<Experiment> changedBy(const ExperimentOptions& options, Json document, const std::string& what) {
    const Result<std::vector<Setting>> settings = settingsOf(options.settings);
    if (!settings)
        return settings.error();
    for (const Setting& setting : *settings)
        if (const Result<void> set = setSetting(document, setting.path, setting.value); !set)
            return set.error();
    if (options.threads >= 0)
        document["training"]["threads"] = options.threads;
    if (!options.device.empty())
        document["training"]["device"] = options.device;
    if (options.seed)
        document["seed"] = *options.seed;
    Result<Experiment> experiment = experimentFromJson(document);
    if (!experiment)
        return badInput(what + ": " + experiment.error().message);
    return experiment;
}

Result<OpenedExperiment> openExperiment(const ExperimentOptions& options, const Context& context,
                                        const std::stop_token& stop) {
    Result<Experiment> experiment = experimentOf(options);
    if (!experiment)
        return experiment.error();
    Result<Dataset> dataset = openWithOverlay(context.home, experiment->data, experiment->seed, true, stop);
    if (!dataset)
        return dataset.error();
    const Result<Engine*> engine = loadEngine();
    if (!engine)
        return engine.error();
    return OpenedExperiment{std::move(*experiment), std::make_shared<const Dataset>(std::move(*dataset)), *engine};
}

} // namespace sightline::cli
