// SPDX-License-Identifier: GPL-3.0-or-later
#include "ExperimentOptions.h"

#include "experiment/Presets.h"

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
    command.add_option("--seed", options.seed, "Random seed");
    addThreads(command, options.threads);
}

Result<Experiment> experimentOf(const ExperimentOptions& options) {
    Result<Json> document = documentOf(options);
    if (!document)
        return document.error();
    for (const std::string& setting : options.settings) {
        const auto equals = setting.find('=');
        if (equals == std::string::npos)
            return badInput("--set " + setting + ": use path=value, such as training.epochs=3.");
        if (const Result<void> set = setJsonPath(*document, setting.substr(0, equals), setting.substr(equals + 1));
            !set)
            return set.error();
    }
    if (options.threads >= 0)
        (*document)["training"]["threads"] = options.threads;
    if (!options.device.empty())
        (*document)["training"]["device"] = options.device;
    if (options.seed)
        (*document)["seed"] = *options.seed;
    Result<Experiment> experiment = experimentFromJson(*document);
    if (!experiment)
        return badInput((options.preset.empty() ? options.file : options.preset) + ": " + experiment.error().message);
    return experiment;
}

} // namespace sightline::cli
