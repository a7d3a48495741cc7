// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "network/GraphSpec.h"
#include "network/Passes.h"

namespace sightline {

/// What pixels a network takes, as far as its first layers tell.
enum class ExpectedPixels {
    NotSaid, ///< it begins with a layer that learns, or with a normalisation of what is normalised already
    To255,   ///< it scales pixels of 0 to 255 itself: by about 1/255 or 1/127.5, or by their mean and deviation
    To1,     ///< the same of pixels of 0 to 1
    Unclear  ///< it scales pixels, which could be any
};

/// Judged by the factors and offsets between the input and the first other layer.
ExpectedPixels expectedPixels(const GraphSpec& spec, const TensorValues& values);

} // namespace sightline
