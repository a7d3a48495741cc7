// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <vector>

#include "augment/Drawn.h"
#include "experiment/AugmentationSettings.h"
#include "support/Image.h"
#include "support/Random.h"

namespace sightline {

/// The operations of the policies: identity, shear-x, shear-y (shift a row or column by this share of its distance from
/// the corner), translate-x, translate-y (pixels), rotate (degrees, counter-clockwise), brightness, color, contrast,
/// sharpness (Pillow's factor, 1 = as it is), posterize (bits kept), solarize (threshold), auto-contrast, equalize.
bool isPolicyOperation(std::string_view name);

/// What a policy does to one sample, with strengths by the published tables (31 steps; signs even).
std::vector<PolicyStep> drawPolicy(const PolicySettings& policy, int width, int height, CounterRandom& random);

/// One operation as Pillow computes it; shears, shifts and turns read bilinearly, and beyond the border by `fill`.
Image applied(const PolicyStep& step, const Image& image, FillMode fill, double cval);

} // namespace sightline
