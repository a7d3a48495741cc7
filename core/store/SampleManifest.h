// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/ContentDigest.h"
#include "support/Json.h"

namespace sightline {

/// One image a run knows.
struct SampleEntry {
    std::string path;      ///< Sample::path: relative to the root, '/' between names
    std::string className; ///< as it was trained with; empty: unknown
    Subset subset = Subset::Train;
    std::optional<ContentDigest> digest; ///< nothing: it could not be read when the run began

    bool operator==(const SampleEntry&) const = default;
};

/// What a run was trained on: samples.csv and data.json of its folder (CLI.md, Runs know their images). Written before
/// the first batch; later only the place changes. The order is that of the data set the trainer draws from.
struct SampleManifest {
    std::string path;           ///< what data.path is now, absolute
    std::filesystem::path root; ///< of the samples' paths, absolute
    std::string format;
    std::vector<std::string> classes;
    Json decoding; ///< { depth, channels, fit, page, background }
    std::vector<SampleEntry> samples;

    std::size_t count(Subset subset) const;
    bool operator==(const SampleManifest&) const = default;
};

/// Of a data set as it is now; what is excluded by hand is left out. `digests` are those of all its samples.
SampleManifest manifestOf(const Dataset& dataset, const DataSettings& settings, const ContentDigests& digests);

/// Writes both files, data.json last: a run that has it has samples.csv.
Result<void> writeManifest(const std::filesystem::path& runFolder, const SampleManifest& manifest);
/// Nothing where the run has none (older versions wrote none). Errors: a file is damaged, with its line.
Result<std::optional<SampleManifest>> readManifest(const std::filesystem::path& runFolder);

/// The words of data.json that are needed without the samples.
struct DataPlace {
    std::string path;
    std::filesystem::path root;
    DepthSettings depth = DepthSettings::full(); ///< what its images' values became; runs that do not say: Full
};
/// Where the images are now. Nothing where the run has no data.json, or none that can be read.
std::optional<DataPlace> readDataPlace(const std::filesystem::path& runFolder);
/// The images are at another place from now on; nothing else of data.json changes.
Result<void> writeDataPlace(const std::filesystem::path& runFolder, const DataPlace& place);

} // namespace sightline
