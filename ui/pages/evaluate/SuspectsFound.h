// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <filesystem>
#include <optional>
#include <vector>

#include "engine/questions/Suspects.h"
#include "metrics/Evaluation.h"

namespace sightline::ui {

/// An image whose label is in doubt, among those of an evaluation or beside them.
struct SuspectImage {
    Prediction image;
    int suggested = 0;                       ///< what the network would call it
    double selfConfidence = 0;               ///< probability of its own label
    std::optional<std::uint32_t> place = {}; ///< among the evaluation's predictions
};

/// Of an evaluation's images, the most suspect first.
std::vector<SuspectImage> suspectsIn(const Evaluation& evaluation);
/// Of these, as the folds of the run judge those that they were not trained on. Error: their table cannot be read.
Result<std::vector<SuspectImage>> suspectsByFolds(const Evaluation& evaluation, const std::filesystem::path& run);
/// Of all that the question judged.
std::vector<SuspectImage> suspectsOf(const Suspects& suspects, const Evaluation& evaluation);

/// What was judged, how, and how many labels are in doubt.
QString noteOn(const Suspects& suspects, std::size_t inDoubt);

} // namespace sightline::ui
