// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/Npy.h"

namespace sightline {

/// What does the network know of each image of a split just before it decides? Of a run only.
struct Features;
struct FeaturesQuestion {
    using Answer = Features;
    std::string split;    ///< train | val | test; empty: test, else val
    std::string dataPath; ///< where the run's images are now; empty: where the run says
};

struct Features {
    std::string split, layer;           ///< the input of the classifier
    FloatArray values;                  ///< [N, D]
    FloatArray logits;                  ///< [N, classes]
    std::vector<std::uint32_t> samples; ///< [N] indices into the data set
    std::vector<std::string> paths;     ///< [N] relative to the data root
    std::vector<int> truth;             ///< [N]
};

} // namespace sightline
