// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sightline {

/// Which images of a split excite the channels of a layer most? Of a run only.
struct Examples;
struct ExamplesQuestion {
    using Answer = Examples;
    std::string layer;
    int channel = -1; ///< one that has to be there, else it is refused before the work; -1: none. All are answered
    std::string split = "val";
    std::string dataPath = {}; ///< where the run's images are now; empty: where the run says
    int top = 9;
};

struct Example {
    std::string path; ///< relative to the data root
    std::uint32_t sample = 0;
    float value = 0;         ///< the channel's largest activation in this image
    int row = 0, column = 0; ///< where: a place of the layer's output, 0 without places

    bool operator==(const Example&) const = default;
};

/// For every channel of the layer at once; kept in the run folder until weights, images or labels change.
struct Examples {
    std::string layer, split;
    std::size_t images = 0;
    int height = 0, width = 0;                  ///< of the layer's output; 0 without places
    std::vector<std::vector<Example>> channels; ///< highest first; of equal ones the first of the split
    std::vector<float> highestMeans;            ///< [channel]: the largest mean activation of an image
    std::vector<std::string> classes;
    std::vector<std::vector<float>> classMeans; ///< [class][channel]: mean activation; empty for a class without images
    std::vector<std::string> skipped;           ///< images that could not be judged, with the reason

    bool operator==(const Examples&) const = default;
};

} // namespace sightline
