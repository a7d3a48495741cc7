// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "search/SearchSpace.h"

namespace sightline {

/// A point that a search tries, and what came of it.
struct SearchTrial {
    enum class State {
        Running,
        Complete,
        Pruned,
        Failed
    };              ///< running: begun and not ended, also of a search that stopped
    int number = 0; ///< from 0, in the order they began
    State state = State::Running;
    Point point;
    std::map<int, double> reports;         ///< the objective after each epoch (from 1) of the first execution
    std::optional<double> value;           ///< mean of `values`; of a pruned one the last report
    std::vector<double> values;            ///< of each execution: the best epoch's objective
    std::map<std::string, double> figures; ///< the other figures of these epochs, and the epoch: means
    std::vector<std::string> runs;         ///< ids, by execution
    std::string task;                      ///< of Slurm's that trains it, "123_4"; empty: none
    std::string error;                     ///< why it failed, a sentence
    std::string started, ended;            ///< ISO 8601, UTC; `ended` is empty while it runs

    bool operator==(const SearchTrial&) const = default;
};

const char* nameOf(SearchTrial::State state);

/// The number of the best complete trial, the earliest of equal ones; nothing where none is complete.
std::optional<int> bestTrial(const std::vector<SearchTrial>& trials, bool maximize);

/// Complete trials, the best first; equal ones in their order.
std::vector<const SearchTrial*> rankedTrials(const std::vector<SearchTrial>& trials, bool maximize);

} // namespace sightline
