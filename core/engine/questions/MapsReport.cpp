// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/questions/MapsReport.h"

#include <cmath>

namespace sightline {

namespace {

std::string percent(double share) {
    return std::to_string(std::lround(share * 100)) + " %";
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

} // namespace sightline
