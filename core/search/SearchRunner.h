// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "engine/Engine.h"
#include "search/SearchFolder.h"

namespace sightline {

struct TrialBegan {
    SearchTrial trial;
    bool goesOn = false; ///< it was in progress when the search ended before
};
struct TrialTrains {
    int trial = 0, execution = 0; ///< from 0
    TrainEvent event;
};
struct TrialEnded {
    SearchTrial trial;
    bool isBest = false; ///< so far
};
struct SearchNote {
    std::string message;
};
struct CheckpointsRemoved {
    std::vector<int> trials; ///< whose they were
    int keepBest = 0;        ///< how many trials keep theirs
};
/// "The checkpoints of trials 3, 5 to 9 are removed; the best 3 trials keep theirs.": of trials in any order.
std::string removedWords(CheckpointsRemoved removed);

using SearchEvent = std::variant<TrialBegan, TrialTrains, TrialEnded, SearchNote, CheckpointsRemoved>;
/// Called from the threads that train, one at a time; must be quick and must not throw.
using SearchSink = std::function<void(const SearchEvent&)>;

struct SearchRequest {
    std::filesystem::path home;
    SearchFolder folder;
    bool background = false; ///< as TrainRequest
    bool waitsForRoom = false;
    /// Steers the trials, which are then tried one after the other whatever the plan says. Null: steerSearch() does.
    TrainControl* control = nullptr;
    std::string dataPath = {}; ///< where the images are now; remembered by the search. Empty: where they were
    /// Nobody said so of dataPath: it is taken only where its images are the very ones that the runs know.
    bool guessesPlace = false;
    bool leavesJob = false; ///< `stop` only ends the watching of a job on Slurm, which goes on; steerSearch() ends it
};

/// How a search, or one go of it, ended.
struct SearchEnded {
    SearchView view;
    std::string why;         ///< why trials are left, a sentence; empty where none are
    std::string reason = {}; ///< its beginning, "The time is up"; empty also where somebody stopped it
};

/// Tries the points that are left: trials that were in progress go on first, under their numbers and from their last
/// checkpoints, so that a kill at any time neither loses nor doubles one. A trial that fails is kept as failed; where
/// no trial could do better (images that are gone, a full disk) it is left for the next time and the search ends.
/// `stop` has the trials in progress saved and left, too, and so has steerSearch(), which can pause them. Data set and
/// decoded images are shared by all trials. Synchronous. Errors: the search is running elsewhere; its images are not
/// there, its files are damaged or cannot be written.
Result<SearchEnded> runSearch(Engine& engine, const SearchRequest& request, std::stop_token stop,
                              const SearchSink& sink);
/// The same of a search on Slurm: this process trains nothing and needs no engine.
Result<SearchEnded> watchSearch(const SearchRequest& request, std::stop_token stop, const SearchSink& sink);

} // namespace sightline
