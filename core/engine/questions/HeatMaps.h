// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/questions/HeatMap.h"
#include "support/Result.h"

namespace sightline {

/// One image of a split with its map.
struct SplitHeatMap {
    std::string path; ///< relative to the data root
    std::uint32_t sample = 0;
    int truth = -1;
    HeatMap map;
};

/// The heat maps of the images of a split, in batches: one pass forward and one back for all images of a batch, where
/// the method needs no more. Each map is handed to `each`, which decides what becomes of it; its error ends the work.
struct HeatMapsOfSplit;
struct HeatMapsQuestion {
    using Answer = HeatMapsOfSplit;
    enum class Filter { All, Right, Wrong };

    std::string split;    ///< train | val | test; empty: test, else val
    std::string dataPath; ///< where the run's images are now; empty: where the run says
    Filter filter = Filter::All;
    HeatMapMethod method = HeatMapMethod::GradCam;
    std::string target = "predicted";
    std::string layer;
    bool logSoftmax = false;
    std::uint64_t seed = 0;
    std::size_t mostPerClass = 0;                     ///< of the split, spread evenly over the class; 0: all
    std::function<Result<void>(SplitHeatMap&&)> each; ///< on the asker's thread, in the order of the split
};

struct HeatMapsOfSplit {
    std::string split;
    std::size_t images = 0, empty = 0; ///< with a map; of these all zero
    std::vector<std::string> skipped;  ///< unreadable images and those of unknown classes, with the reason
};

} // namespace sightline
