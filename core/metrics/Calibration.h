// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "metrics/Prediction.h"

namespace sightline {

/// Images whose top probability lies in a range; the upper edge belongs to it.
struct ConfidenceBin {
    double lower = 0, upper = 0;
    std::size_t images = 0;
    std::optional<double> confidence, accuracy; ///< means; absent without images
};

/// Whether 80 % sure means 80 % right (Guo et al. 2017, "On calibration of modern neural networks").
struct Calibration {
    std::optional<double> ece;         ///< mean of |accuracy - confidence| over the bins, by images
    std::vector<ConfidenceBin> bins;   ///< 15 of equal width
    std::optional<double> temperature; ///< what logits would be divided by; absent where none could be fitted
    std::optional<double> eceAfter;    ///< with that temperature
};

/// `temperature`: fitted on images other than these, where it could be. Images of unknown class are left
/// out, and those whose probabilities are no numbers.
Calibration calibrationOf(const std::vector<Prediction>& predictions, std::optional<double> temperature);

/// The temperature with the lowest -log likelihood of the true classes. Nothing where none is best: no images, every
/// image right (colder is always better), or a network no better than guessing (hotter is). Newton's method, first
/// on a few of the images: O(images x classes) for each of about five steps.
std::optional<double> fittedTemperature(const std::vector<Prediction>& predictions);

} // namespace sightline
