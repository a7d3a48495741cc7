// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "metrics/LearningHistory.h"

namespace sightline {

/// Orders of images by what their epochs say of them. Of equal images the one of higher mean loss comes first, and what
/// no epoch tells of comes last.
enum class LearningOrder {
    ForgottenMost, ///< by how often it was right in one epoch and wrong in the next that tells of it
    LearnedLast,   ///< by the epoch from which on it stayed right, the latest first; then those wrong at the end
    NeverLearned   ///< by the share of epochs in which it was right, so that those never right come first
};

bool comesBefore(LearningOrder order, const LearningFacts& first, const LearningFacts& second);

/// One or more epochs side by side.
struct LearningCell {
    int epochs = 0, right = 0; ///< as in LearningFacts; no epochs: nothing is known
    double meanLoss = 0;

    bool operator==(const LearningCell&) const = default;
};

/// An image's epochs in order, one a cell. Where there are more than `most`, neighbours share one: the first cells as
/// many as the others or one epoch more.
std::vector<LearningCell> learningStrip(const LearningHistory& history, const std::string& path, std::size_t most);

} // namespace sightline
