// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "data/Split.h"
#include "experiment/Experiment.h"
#include "suggest/Look.h"

namespace sightline {

/// Seconds that an epoch of an experiment takes on this machine, measured or estimated. Errors end the search.
using EpochSeconds = std::function<Result<double>(const Experiment&)>;

struct SuggestRequest {
    Look look;
    DataSettings data;                     ///< how the images were opened; path, format, table and so on are kept
    bool ownValidation = false;            ///< the source has a validation split
    std::optional<GroupSuggestion> groups; ///< suggestGroups() of the data set
    std::filesystem::path home;            ///< whose fetched weights are offered first
    double minutes = 10;                   ///< that a person gives to the training
    std::uint64_t freeBytes = 0;           ///< of memory
    EpochSeconds epochSeconds;
};

/// One setting of a suggestion, and why.
struct Reason {
    std::string path; ///< "data.image_size"
    Json value;       ///< as in the experiment's JSON
    std::string why;  ///< one sentence

    bool operator==(const Reason&) const = default;
};

/// Settings to start with. `reasons` covers every setting that is not the default, and each that a person would ask
/// about.
struct Suggestion {
    Experiment experiment;
    std::vector<Reason> reasons;
    double secondsPerEpoch = 0;
};

/// What somebody who trains such networks every day would begin with, for these images, this machine and these minutes.
/// The rules look at the images only, never at names of data sets. Errors: those of `epochSeconds`; fewer than two
/// classes.
Result<Suggestion> suggest(const SuggestRequest& request);

} // namespace sightline
