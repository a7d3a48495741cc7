// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "metrics/Prediction.h"

namespace sightline {

/// An image, and how much its label is in doubt.
struct SuspectLabel {
    std::size_t prediction = 0; ///< its place among the predictions
    int suggested = 0;          ///< what the network would call it
    double selfConfidence = 0;  ///< probability of its own label
    bool isSuspect = false;     ///< counted off the diagonal of the confident joint
};

/// Confident learning (Northcutt et al. 2021, "Confident learning: estimating uncertainty in dataset labels"): a class
/// is likely where its probability reaches the mean it has among the images labelled so; an image is suspect whose most
/// probable likely class is not its label. Suspects come first, then the others, each by self-confidence, lowest first.
/// Images of unknown class are left out. `predictions` must be of images the network was not trained on.
std::vector<SuspectLabel> suspectLabels(const std::vector<Prediction>& predictions, std::size_t classes);

} // namespace sightline
