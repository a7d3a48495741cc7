// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/questions/MapsReport.h"

#include <cmath>

#include "support/Words.h"

namespace sightline {

namespace {

std::string percent(double share) {
    return std::to_string(std::lround(share * 100)) + " %";
}

/// "3 of 60 training images have a usable box".
std::string countedBoxes(const BoxCount& boxes, const std::string& which) {
    return std::to_string(boxes.boxed) + " of " + counted(boxes.images, which + " image") +
           (boxes.boxed == 1 ? " has" : " have") + " a usable box";
}

std::string placed(HeatPlace place) {
    if (place == HeatPlace::OutsideObject)
        return nameOf(place);
    return std::string("at the ") + nameOf(place);
}

} // namespace

Json mapsToJson(const MapsReport& report) {
    Json maps = Json::array();
    for (const ClassHeat& heat : report.classes)
        maps.push_back(toJson(heat));
    return maps;
}

Json hintsToJson(const MapsReport& report) {
    Json hints = Json::array();
    for (const MapsHint& hint : report.hints) {
        hints.push_back(toJson(hint.hint, report.classes));
        hints.back()["split"] = hint.split;
        hints.back()["images"] = hint.images;
    }
    return hints;
}

std::string sentenceOn(const MapsHint& hint, const std::vector<ClassHeat>& classes) {
    return classes[hint.hint.classIndex].name + ": " + percent(hint.hint.share) + " of the heat lies " +
           placed(hint.hint.place) +
           (hint.hint.others == areaOf(hint.hint.place) ? " (if it were spread evenly: " : " (other classes: ") +
           percent(hint.hint.others) + ").";
}

std::string sentenceOnObjects(const MapsReport& report) {
    const BoxCount &own = report.boxes, &learned = report.trainingBoxes;
    if (own.boxed == 0 && learned.boxed == 0)
        return "No class has far more heat in one place than others. Whether it lies on the objects is unknown: there "
               "are no usable boxes.";
    if (own.boxed == 0)
        return "In the training images no class looks beside its objects" +
               (learned.boxed < learned.images ? ", but only " + countedBoxes(learned, "training") : std::string()) +
               "; the " + report.split + " images have no usable boxes.";
    return "No class looks beside its objects" +
           (own.boxed < own.images
                ? ", but only " + countedBoxes(own, report.split == "train" ? "training" : report.split)
                : std::string()) +
           ".";
}

} // namespace sightline
