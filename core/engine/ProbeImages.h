// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/Dataset.h"

namespace sightline {

/// Where pinned images (training.probes) are in a data set: indices into Dataset::samples, in the order of `probes`;
/// nothing for those that it does not have.
std::vector<std::optional<std::uint32_t>> probeSamples(const std::vector<std::string>& probes, const Dataset& dataset);

/// Names those that it does not have.
std::vector<Problem> probeProblems(const std::vector<std::string>& probes, const Dataset& dataset);

/// Those of `probes` that a run on these images can draw: they are there, and nobody has excluded them.
std::vector<std::string> drawableProbes(std::vector<std::string> probes, const Dataset& dataset);

/// The heat maps of the pinned images may take this share of a run's time.
inline constexpr double kProbeShare = 0.02;

/// Whether they are drawn again after an epoch: once the run has trained so long since they were drawn last that this
/// has paid for it. So what takes more than its share of an epoch is drawn every k-th one.
bool isProbeDrawingDue(double secondsOfLastDrawing, double secondsTrainedSince);

} // namespace sightline
