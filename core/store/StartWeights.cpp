// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/StartWeights.h"

#include "store/RunFolder.h"
#include "store/Safetensors.h"
#include "zoo/Hub.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

bool isRun(const fs::path& folder) {
    std::error_code code;
    return fs::is_regular_file(folder / "experiment.json", code);
}

/// Empty where it is none.
fs::path runFolderOf(const std::string& weights, const fs::path& home) {
    if (isRun(weights))
        return weights;
    const bool isName = weights.find('/') == std::string::npos && weights != "." && weights != "..";
    return isName && isRun(home / "runs" / weights) ? home / "runs" / weights : fs::path();
}

std::string nameOf(const RunFolder& run) {
    const std::string name = run.about().name;
    const Result<Experiment> experiment = name.empty() ? run.experimentAtStart() : Result<Experiment>(Experiment{});
    return name.empty() && experiment ? experiment->name : name;
}

std::vector<std::string> labelsOf(const fs::path& file) {
    const Result<SafetensorsFile> opened = SafetensorsFile::open(file);
    const auto labels =
        opened ? opened->metadata().find("labels") : std::map<std::string, std::string>::const_iterator();
    if (!opened || labels == opened->metadata().end())
        return {};
    std::vector<std::string> names;
    if (const Result<Json> list = parseJson(labels->second, file.string()); list && list->is_array())
        for (const Json& name : *list)
            if (name.is_string())
                names.push_back(name.get<std::string>());
    return names;
}

} // namespace

Result<StartWeights> startWeights(const std::string& weights, const fs::path& home, const std::string& network) {
    if (const fs::path folder = runFolderOf(weights, home); !folder.empty()) {
        const RunFolder run(folder);
        const Result<fs::path> file = run.checkpoint("best");
        if (!file)
            return file.error();
        Result<std::vector<std::string>> classes = run.classes();
        if (!classes)
            return classes.error();
        return StartWeights{*file, std::move(*classes), nameOf(run)};
    }
    const Result<fs::path> file = weightsFile(weights, home, network);
    if (!file)
        return file.error();
    return StartWeights{*file, labelsOf(*file), {}};
}

} // namespace sightline
