// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "search/SearchRunner.h"

namespace sightline {

/// Error: no trial of a search can be trained, whatever its images; what is wrong is named.
Result<void> hasPossibleTrials(const SearchFolder& folder, const SearchPlan& plan);

/// What no trial can do without, whatever its settings: settings that are possible, images where the plan says, the
/// weights to begin with, a home whose runs can be written, room in the search's folder. Errors: one is lacking, named;
/// cancelled.
Result<void> canTrain(const std::filesystem::path& home, const SearchFolder& folder, const SearchPlan& plan,
                      std::stop_token stop);

/// Makes the request's dataPath the place of a search's images from now on. Errors: they cannot be opened there, they
/// are others than those of the search's runs, the search's file cannot be written, cancelled. A place that was guessed
/// has to have each image of a run by its content and label and no other one; a search whose runs know none has no such
/// place.
Result<void> moveImages(const SearchRequest& request, std::stop_token stop);

} // namespace sightline
