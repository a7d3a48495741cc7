// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "data/Dataset.h"
#include "experiment/Experiment.h"
#include "support/Json.h"

namespace sightline {

/// A learning-rate range test (Smith 2017): the rate rises by one factor a batch while a copy of the network trains.
struct RateFindRequest {
    Experiment experiment;
    std::shared_ptr<const Dataset> dataset;
    std::filesystem::path home; ///< weights by name are looked for there
    double lowest = 1e-7, highest = 10;
    int batches = 100;
};

/// Learning rates worth trying; absent where the curve does not tell.
struct RateSuggestion {
    std::optional<double> steep;        ///< where the smoothed loss falls fastest over the logarithm of the rate
    std::optional<double> valley;       ///< two thirds into the longest fall
    std::optional<double> minimumTenth; ///< a tenth of the rate with the lowest smoothed loss
};

/// Ends early where the smoothed loss is four times its best, or not finite.
struct RateCurve {
    std::vector<double> rates, losses; ///< one a batch; losses smoothed (exponentially, bias corrected)
    RateSuggestion suggestion;
};

/// CLI.md's lr-find --json.
Json toJson(const RateCurve& curve);

} // namespace sightline
