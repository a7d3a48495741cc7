// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "metrics/LearningHistory.h"
#include "support/Result.h"

namespace sightline {

inline constexpr const char* kLearningFile = "learning.csv.gz";
inline constexpr const char* kNewLearningFile = "learning-new.csv"; ///< path, epoch, right, loss; without a head

/// <run>/learning.csv.gz: path, then two columns an epoch, right_1 (0 or 1), loss_1, right_2, ...; empty cells where an
/// image was not judged.
Result<void> writeLearning(const std::filesystem::path& run, const LearningHistory& history);
/// Keeps one epoch beside that file, for little: readLearning() takes it in, and the next writeLearning() has it.
Result<void> appendLearning(const std::filesystem::path& run, const LearningHistory& history, int epoch);
/// Empty where the run has none. Errors: damaged, more than a run can have.
Result<LearningHistory> readLearning(const std::filesystem::path& run);

} // namespace sightline
