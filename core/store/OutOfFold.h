// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "metrics/Prediction.h"

namespace sightline {

/// What the folds that a run belongs to say of all images but test ones, each judged by the network that was not
/// trained on it; Prediction::sample is left 0. Nothing where the run is in no folds, or they are not all trained.
/// Errors: the table is damaged, or of other classes.
Result<std::optional<std::vector<Prediction>>> outOfFoldPredictions(const std::filesystem::path& runFolder,
                                                                    const std::vector<std::string>& classes);

} // namespace sightline
