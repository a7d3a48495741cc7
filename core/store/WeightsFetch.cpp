// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/WeightsFetch.h"

#include "store/Safetensors.h"
#include "support/Files.h"
#include "zoo/WeightFit.h"

namespace sightline {

Result<std::filesystem::path> fetchWeights(const HubWeights& weights, const std::filesystem::path& home,
                                           std::stop_token stop, const DownloadProgress& progress) {
    const std::filesystem::path file = hubFile(home, weights.name);
    if (const Result<void> made = makeFolder(file.parent_path()); !made)
        return made.error();
    const Download wanted{weights.address(), file, 0, weights.sha256.empty() ? "" : "sha256:" + weights.sha256};
    DownloadSettings settings;
    settings.maximumBytes = 2 * static_cast<std::uint64_t>(weights.bytes); // the size is about known
    if (const Result<void> fetched = download(wanted, std::move(stop), progress, settings); !fetched)
        return fetched.error();
    // A hash is known for some only: what came must be a sound file of that network in any case.
    const Result<SafetensorsFile> read = SafetensorsFile::open(file);
    const Result<WeightFit> fit = read ? fitOf(weights.network, specsOf(*read)) : Result<WeightFit>(read.error());
    if (fit && fit->match.isComplete())
        return file;
    const Error error = fit ? Error{describeFault(fit->match, file.string(), weights.network)} : fit.error();
    std::error_code code;
    std::filesystem::remove(file, code);
    return Error{error.message + " The file from " + weights.address() + " was deleted."};
}

} // namespace sightline
