// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "augment/Augment.h"
#include "augment/WarpJob.h"

namespace sightline {

/// applyFast() with the instruction set chosen by the caller: for tests and measurements. All give the same bits.
void applyFastWith(InstructionSet set, const AugmentationSettings& settings, const Drawn& drawn, const Image& image,
                   const Normalizer& normalizer, float* out);

} // namespace sightline
