// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sightline {

/// Which images of a split excite the channels of a layer most? Of a run only.
struct Examples;
struct ExamplesQuestion {
    using Answer = Examples;
    std::string layer;
    std::string split = "val"; ///< train | val | test
    std::string dataPath;      ///< where the run's images are now; empty: where the run says
    int top = 9;
};

struct Example {
    std::string path; ///< relative to the data root
    std::uint32_t sample = 0;
    float value = 0;         ///< the channel's largest activation in this image
    int row = 0, column = 0; ///< where: a place of the layer's output, 0 without places
};

/// For every channel of the layer at once; kept in the run folder.
struct Examples {
    std::string layer, split;
    int height = 0, width = 0;                  ///< of the layer's output; 0 without places
    std::vector<std::vector<Example>> channels; ///< highest first
    std::vector<std::string> classes;
    std::vector<std::vector<float>> classMeans; ///< [class][channel]: mean activation over the images of a class
};

} // namespace sightline
