// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/HeatMapMethod.h"
#include "support/Image.h"
#include "support/Npy.h"

namespace sightline {

/// What of an image speaks for a class: which part, which pixels?
struct HeatMap;
struct HeatMapQuestion {
    using Answer = HeatMap;
    Image image;    ///< as decoded, any size; resized as the model's data settings say
    int truth = -1; ///< true class, for target "true"
    HeatMapMethod method = HeatMapMethod::GradCam;
    std::string target = "predicted"; ///< predicted | true | a class's name or number | A-B
    std::string layer;                ///< empty: automatic
    bool logSoftmax = false;
    std::uint64_t seed = 0; ///< of what is drawn (SmoothGrad)
};

struct HeatMap {
    std::vector<std::string> classes; ///< empty without a run
    std::vector<float> probabilities;
    int predicted = 0;
    double confidence = 0;
    std::string target; ///< a class's name, or number without a run, or A-B
    std::string method;
    std::string layer;               ///< a node's id; "input" where the map is made there; of several: joined by " + "
    bool isSigned = false;           ///< values of both maps lie in -1...1
    int mapHeight = 0, mapWidth = 0; ///< before resizing
    FloatArray map;                  ///< [H, W] of the network's input, 0...1, or -1...1
    FloatArray rawMap;               ///< [mapHeight, mapWidth], after ReLU, not normalised
    double maximum = 0;              ///< of the resized map's absolute values, before it was divided by it
    bool saturated = false;          ///< all zero: nothing speaks for the target
    Image input;                     ///< what the network saw, before normalisation
    double milliseconds = 0;
};

} // namespace sightline
