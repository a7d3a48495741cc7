// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support/Json.h"

namespace sightline {

/// Where a search's trials run on Slurm: `"backend": { "slurm": { ... } }` of SEARCH.json.
struct SlurmSettings {
    std::string partition; ///< empty: the site's default
    std::string time;      ///< limit of a task, as sbatch has it ("1-12", "02:00:00", minutes); empty: the partition's
    int gpus = 0;          ///< of each task
    std::vector<std::string> options{}; ///< more of sbatch's ("--account=x"), as they are

    bool operator==(const SlurmSettings&) const = default;
};

/// A task is told so long before its time is over, and saves.
inline constexpr int kSlurmNoticeSeconds = 120;

/// Minutes of a time limit; nothing where it is none of Slurm's forms, or UNLIMITED.
std::optional<double> slurmMinutes(const std::string& time);

/// Reads the object "slurm" and reports its problems.
SlurmSettings slurmSettingsFrom(JsonReader& reader);
Json toJson(const SlurmSettings& settings);

} // namespace sightline
