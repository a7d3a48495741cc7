// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "search/SearchFolder.h"

namespace sightline {

/// What no trial can do without, whatever its settings: settings that are possible, images where the plan says, the
/// weights to begin with, a home whose runs can be written, room in the search's folder. Errors: one is lacking, named;
/// cancelled.
Result<void> canTrain(const std::filesystem::path& home, const SearchFolder& folder, const SearchPlan& plan,
                      std::stop_token stop);

/// Makes `path` the place of a search's images from now on. Errors: they cannot be opened there, they are others than
/// those of the search's runs, the search's file cannot be written, cancelled.
Result<void> moveImages(const std::filesystem::path& home, const SearchFolder& folder, const std::string& path,
                        std::stop_token stop);

} // namespace sightline
