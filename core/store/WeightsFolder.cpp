// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/WeightsFolder.h"

#include <algorithm>
#include <system_error>
#include <tuple>

#include "store/Safetensors.h"
#include "support/Files.h"
#include "zoo/Hub.h"
#include "zoo/WeightFit.h"
#include "zoo/Zoo.h"

namespace sightline {

namespace {

namespace fs = std::filesystem;

constexpr const char* kModelFile = "model.safetensors";

/// The newest snapshot of a model that the hub's own tools keep; empty where there is none.
fs::path newestSnapshot(const fs::path& model) {
    fs::path newest;
    fs::file_time_type time{};
    std::error_code code;
    for (fs::directory_iterator at(model / "snapshots", code), end; !code && at != end; at.increment(code)) {
        const fs::path file = at->path() / kModelFile;
        std::error_code unknown;
        const auto written = fs::last_write_time(file, unknown);
        if (!unknown && (newest.empty() || written > time)) {
            newest = file;
            time = written;
        }
    }
    return newest;
}

/// What an entry of the folder offers; an empty name: nothing.
FolderWeights offeredBy(const fs::directory_entry& entry) {
    const std::string name = entry.path().filename().string();
    std::error_code code;
    if (!entry.is_directory(code))
        return entry.path().extension() == ".safetensors" ? FolderWeights{entry.path().stem().string(), entry.path()}
                                                          : FolderWeights();
    if (fs::is_regular_file(entry.path() / kModelFile, code))
        return {name, entry.path() / kModelFile};
    const fs::path snapshot = newestSnapshot(entry.path());
    const std::size_t owner = name.rfind("--");
    if (snapshot.empty() || owner == std::string::npos)
        return {};
    return {name.substr(owner + 2), snapshot};
}

} // namespace

Result<std::vector<FolderWeights>> weightsIn(const fs::path& folder) {
    std::vector<FolderWeights> found;
    std::error_code code;
    for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
        FolderWeights weights = offeredBy(*at);
        std::error_code unknown;
        weights.bytes = weights.name.empty() ? 0 : fs::file_size(weights.file, unknown);
        if (!weights.name.empty() && !unknown)
            found.push_back(std::move(weights));
    }
    if (code)
        return badInput("The folder " + folder.string() + " cannot be listed: " + code.message() + ".");
    std::sort(found.begin(), found.end(), [](const FolderWeights& a, const FolderWeights& b) {
        return std::tie(a.name, a.file) < std::tie(b.name, b.file);
    });
    return found;
}

Result<WeightsNetwork> networkOf(const FolderWeights& weights) {
    const Result<SafetensorsFile> file = SafetensorsFile::open(weights.file);
    if (!file)
        return file.error();
    const std::vector<TensorSpec> tensors = specsOf(*file);
    const HubWeights* known = findInHub(weights.name);
    for (const ZooEntry& entry : zoo()) {
        if (known && known->network != entry.name)
            continue;
        const Result<WeightFit> fit = fitOf(entry.name, tensors);
        if (fit && fit->match.isComplete())
            return WeightsNetwork{entry.name, fit->classes};
        if (known)
            return badInput(fit ? describeFault(fit->match, weights.file.string(), known->network)
                                : fit.error().message);
    }
    return WeightsNetwork{};
}

bool areFor(const FolderWeights& weights, const std::string& network) {
    if (const HubWeights* known = findInHub(weights.name))
        return known->network == network;
    const Result<SafetensorsFile> file = SafetensorsFile::open(weights.file);
    const Result<WeightFit> fit = file ? fitOf(network, specsOf(*file)) : Result<WeightFit>(file.error());
    return fit && fit->match.isComplete();
}

Result<fs::path> takeWeights(const FolderWeights& weights, const fs::path& home) {
    const Result<WeightsNetwork> network = networkOf(weights);
    if (!network)
        return network.error();
    if (network->network.empty())
        return badInput(weights.file.string() + " fits no network that sightline-cli model list names.");
    const fs::path file = hubFile(home, weights.name), copy = file.string() + ".part";
    if (const Result<void> made = makeFolder(file.parent_path()); !made)
        return made.error();
    std::error_code code;
    if (!fs::equivalent(weights.file, file, code)) {
        code.clear();
        fs::copy_file(weights.file, copy, fs::copy_options::overwrite_existing, code);
        if (!code)
            fs::rename(copy, file, code);
    } else
        code.clear();
    if (!code)
        return file;
    const Error error{file.string() + " cannot be written: " + code.message() + "."};
    fs::remove(copy, code);
    return error;
}

} // namespace sightline
