// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/Image.h"

namespace sightline {

/// What can make an image worse, as cameras, files and people do (after Hendrycks and Dietterich 2019, "Benchmarking
/// neural network robustness to common corruptions and perturbations").
enum class Corruption { Rotation, Shift, Zoom, Brightness, Contrast, Blur, Noise, Jpeg, Occlusion };

/// Every kind, in the order shown.
const std::vector<Corruption>& corruptions();
const char* nameOf(Corruption kind); ///< as the command line says it: "rotation"
std::optional<Corruption> corruptionFromName(const std::string& name);

/// What the strength of a kind means; at 0 the image stays as it is.
struct CorruptionScale {
    const char* unit;           ///< "degrees", "%", "pixels", "gray levels"
    double least, most;         ///< of a slider; least is below 0 where the kind has two directions
    std::vector<double> points; ///< of a curve over a split: rising from 0, for both directions

    bool hasDirections() const { return least < 0; }
};

/// Strengths:
/// - rotation: degrees, counter-clockwise above 0
/// - shift: % of the side, to the right above 0; downwards instead where the seed is odd
/// - zoom: % nearer above 0 (parts at the border are lost), farther below
/// - brightness: % brighter above 0, darker below; values beyond white are cut
/// - contrast: % lost, towards the mean of each channel; below 0 more contrast
/// - blur: pixels, the Gaussian's deviation
/// - noise: gray levels, the deviation of normal noise drawn from the seed
/// - jpeg: 100 less the quality
/// - occlusion: % of the area behind a gray square, placed by the seed
CorruptionScale scaleOf(Corruption kind);

/// The image made worse: a pure function of its arguments. What a turn, a shift or a zoom brings in from beyond the
/// border is the image mirrored. Any number of channels. Strengths beyond the scale count as its ends.
Image corrupted(const Image& image, Corruption kind, double strength, std::uint64_t seed = 0);

} // namespace sightline
