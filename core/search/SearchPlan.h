// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiment/Experiment.h"
#include "experiment/RunEdit.h"
#include "search/SearchSpace.h"
#include "search/SlurmSettings.h"

namespace sightline {

/// SEARCH.json (CLI.md, "Many runs"): everything about a search, as a value.
struct SearchPlan {
    enum class Sampler { Random, Grid, Tpe };
    enum class Pruner { None, Median, Asha };
    std::string name; ///< empty: the experiment's
    Experiment base;
    SearchSpace space;
    std::string objective = "val_accuracy"; ///< a figure of an epoch: loss, accuracy, val_loss, val_accuracy
    bool maximize = true;
    Sampler sampler = Sampler::Random;
    Pruner pruner = Pruner::None;
    int trials = 30;
    int executionsPerTrial = 1;         ///< runs of a trial, which differ in their seed
    std::uint64_t seed = 1;             ///< of the sampler
    int parallel = 1;                   ///< trials at the same time, which on one machine share its CPUs
    std::optional<SlurmSettings> slurm; ///< where the trials are tasks of a Slurm job; nothing: on this machine
    double minutes = 0;                 ///< after which no trial begins; 0: no limit
    int keepBest = 3;                   ///< trials whose checkpoints are kept

    /// "toys: search" where it has no name.
    std::string title() const;
    bool operator==(const SearchPlan&) const = default;
};

/// `folder`: where a `base` that is a file's name is looked for. Keeps what could be read and hands the problems back.
SearchPlan searchPlanFromJson(const Json& json, const std::filesystem::path& folder, std::vector<Problem>& problems);
/// All problems are reported at once; `what` names the file in the error. `changes` are made to the base experiment.
Result<SearchPlan> searchPlanFromJson(const Json& json, const std::filesystem::path& folder, const std::string& what,
                                      const std::vector<Setting>& changes = {});
/// The same of a file.
Result<SearchPlan> readSearchPlan(const std::filesystem::path& file, const std::vector<Setting>& changes = {});
/// A search that has begun, as its folder keeps it. What is impossible among its settings, as this version knows them,
/// is left to the trials; the rest of a search can be looked at and goes on.
Result<SearchPlan> storedSearchPlan(const Json& json, const std::filesystem::path& folder, const std::string& what);
/// With the base experiment in it.
Json toJson(const SearchPlan& plan);
/// All keys but version, name, base and space: how a search goes, whatever it searches. What is wrong stays as it was.
void readSearchOptions(JsonReader& reader, SearchPlan& plan);
Json searchOptionsToJson(const SearchPlan& plan);

/// What is impossible whatever the images are, a setting that there is not above all.
std::vector<Problem> problems(const SearchPlan& plan);
/// Those of how it goes, whatever it searches: numbers out of range, an objective or a grid that there is not.
std::vector<Problem> optionProblems(const SearchPlan& plan);

/// What is wrong with the first of many points where no point is without a problem: no trial could be trained. Empty:
/// some can, and a trial that cannot fails alone.
std::vector<Problem> problemsOfAllTrials(const SearchPlan& plan);

/// The base with a point's settings, and what is wrong with it.
Experiment experimentAt(const SearchPlan& plan, const Point& point, std::vector<Problem>& problems);

/// How many points a grid has; nothing where it cannot be counted: a number without steps, or more than ten million.
std::optional<std::size_t> gridSize(const SearchSpace& space);
/// Trials it ends after: those asked for, or all points of a grid.
int trialsOf(const SearchPlan& plan);

} // namespace sightline
