// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "Command.h"
#include "engine/AskedModel.h"

namespace sightline::cli {

/// What else `evaluate` is asked of the same split.
struct MoreAsked {
    ModelSource source;
    std::string split, dataPath;
    int threads = 0;
};

/// --robustness: how accuracy falls as images get worse.
Result<Robustness> evaluateRobustness(Engine& engine, const MoreAsked& asked);
void printRobustness(const Robustness& robustness);

/// --maps: where the network looks, class by class.
Result<MapsReport> evaluateMaps(Engine& engine, const MoreAsked& asked);
/// The mean maps as pictures in a folder that is there; the JSON of `maps` with their files.
Result<Json> writeMaps(const MapsReport& report, const std::filesystem::path& folder);
void printMaps(const MapsReport& report);

} // namespace sightline::cli
