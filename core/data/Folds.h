// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "data/Dataset.h"

namespace sightline {

/// Cuts all images that are not for testing into `settings.fold.of` parts, by class and by group where there are any,
/// and makes part `settings.fold.index` validation, the others training. The parts depend on the seed and their number
/// alone: over all indices each image validates once. The order of the images within a subset stays.
///
/// Without groups the parts of a class differ by at most one image, and so do the parts as a whole. With groups whole
/// groups are dealt, the largest first, each to the part where it brings the classes' counts nearest to equal.
/// Errors: a class has fewer images, or there are fewer groups, than parts.
Result<void> cutFold(Dataset& dataset, const DataSettings& settings, std::uint64_t seed);

} // namespace sightline
