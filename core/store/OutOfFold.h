// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "metrics/Evaluation.h"
#include "store/FoldGroup.h"

namespace sightline {

/// What the folds that a run belongs to say of all images but test ones, each judged by the network that was not
/// trained on it; Prediction::sample is left 0. Nothing where the run is in no folds, or they are not all trained.
/// Errors: the table is damaged, or of other classes.
Result<std::optional<std::vector<Prediction>>> outOfFoldPredictions(const std::filesystem::path& runFolder,
                                                                    const std::vector<std::string>& classes);

/// Errors: there are no such folds, or they are not all trained, which is needed to judge every image.
Result<FoldGroup> trainedFolds(const std::filesystem::path& home, const std::string& group);

/// Evaluation::split of images that were each judged by the network that was not trained on them.
inline constexpr const char* kOutOfFold = "out_of_fold";

/// The figures of all images but test ones, each judged by the fold that was not trained on it. Its temperature is
/// fitted on the same images, as that of validation is. Errors: there are no such folds, they are not all trained,
/// their table is damaged.
Result<Evaluation> evaluationOfFolds(const std::filesystem::path& home, const std::string& group);

} // namespace sightline
