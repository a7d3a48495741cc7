// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/Image.h"
#include "support/Npy.h"

namespace sightline {

/// What does the network know of each image of a split: at each stage, and just before it decides? Of a run only, but
/// for a single image.
struct Features;
struct FeaturesQuestion {
    using Answer = Features;
    std::string split;                       ///< train | val | test; empty: test, else val
    std::string dataPath;                    ///< where the run's images are now; empty: where the run says
    std::shared_ptr<const Image> image = {}; ///< as decoded, any size: asked about instead of a split
};

struct Features {
    std::string split, layer;           ///< the input of the classifier
    FloatArray values;                  ///< [N, S + D]: the stages' (UnknownJudge), then what the classifier reads
    FloatArray logits;                  ///< [N, classes]
    std::vector<std::uint32_t> samples; ///< [N] indices into the data set; of a split
    std::vector<std::string> paths;     ///< [N] relative to the data root; of a split
    std::vector<int> truth;             ///< [N]; of a split
};

} // namespace sightline
