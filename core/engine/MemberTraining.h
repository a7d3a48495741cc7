// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>

#include "engine/Engine.h"
#include "store/RunGroup.h"

namespace sightline {

/// How the runs of a group are trained, one after the other.
struct SeriesRequest {
    std::filesystem::path home;
    std::string group; ///< id
    bool background = false;
    bool waitsForRoom = false;
    int threads = 0; ///< of the judging
    /// Hears which run is next before it begins: from 1, of how many, what it is.
    std::function<void(std::size_t index, std::size_t count, const std::string& words)> next = {};
};

/// Whether a run needs no more training.
bool isTrained(const std::filesystem::path& home, const std::string& run);

/// Trains one run of a group, or goes on with the one that has begun; where nothing of that was kept it is begun anew.
/// `run`: its id, empty before; it is told as soon as it is another. `sink` hears of it as of one alone. The
/// control is its own while it lasts: the runs of a series share one.
RunEnded trainMember(Engine& engine, const SeriesRequest& request, const Experiment& experiment, const RunGroup& member,
                     const std::string& run, const std::function<Result<void>(const std::string& run)>& begun,
                     const std::stop_token& stop, TrainControl& control, const EventSink& sink);

} // namespace sightline
