// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/HeatMapMethod.h"
#include "metrics/HeatShares.h"

namespace sightline {

/// Where does the network look, class by class: at the objects, or at something beside them that goes with the class?
/// Of a run only. The maps speak for each image's true class. Where the split is not train, the training images are
/// looked at, too: what a network learned instead of the object is seen where it learned it.
struct MapsReport;
struct MapsReportQuestion {
    using Answer = MapsReport;
    std::string split = {};                         ///< train | val | test; empty: test, else val
    std::string dataPath = {};                      ///< where the run's images are now; empty: where the run says
    HeatMapMethod method = HeatMapMethod::HiResCam; ///< Grad-CAM smears what lies in one place
    std::string layer = {};                         ///< empty: automatic
    std::size_t trainImagesPerClass = 60;           ///< looked at besides, spread over the class; 0: none
    std::size_t imagesPerHint = 24;
};

/// A hint with the images behind it.
struct MapsHint {
    HeatHint hint;
    std::string split;               ///< whose images it was found in
    std::vector<std::string> images; ///< relative to the data root, the most heat in that place first
};

/// How many images with heat have a box that lies in what the network sees of them.
struct BoxCount {
    std::size_t boxed = 0, images = 0;
};

struct MapsReport {
    std::string split;
    std::vector<ClassHeat> classes;    ///< in the run's order; of the split that was asked for
    std::vector<MapsHint> hints;       ///< at most one for each class: of the split, else of the training images
    BoxCount boxes, trainingBoxes;     ///< of the split; of the training images that are looked at besides
    std::size_t images = 0, empty = 0; ///< of the split: with a map; of these all zero
    std::vector<std::string> skipped;  ///< unreadable images and those of unknown classes, with the reason
    std::vector<std::string> notes;    ///< for the person: boxes that fit no image ...
};

/// CLI.md's `maps`, without `file`, and `hints`.
Json mapsToJson(const MapsReport& report);
Json hintsToJson(const MapsReport& report);

/// A hint for people: "boat: 64 % of the heat lies at the bottom right (other classes: 5 %)."
std::string sentenceOn(const MapsHint& hint, const std::vector<ClassHeat>& classes);

/// Of a report without hints: whether the heat lies on the objects, and by how many boxes that is known.
std::string sentenceOnObjects(const MapsReport& report);

} // namespace sightline
