// SPDX-License-Identifier: GPL-3.0-or-later
#include "HeatMapOptions.h"

namespace sightline::cli {

namespace {

std::string methodNames() {
    std::string names;
    for (const HeatMapMethod method : heatMapMethods())
        names += (names.empty() ? "" : ", ") + std::string(nameOf(method));
    return names;
}

} // namespace

void addHeatMapMethod(CLI::App& command, std::string& method) {
    command.add_option("--method", method, methodNames());
}

Result<HeatMapMethod> heatMapMethodOf(const std::string& name) {
    if (const auto method = heatMapMethodFromName(name))
        return *method;
    return badInput("--method " + name + " is not one of " + methodNames() + ".");
}

Image overlayOf(const HeatMap& map, double opacity) {
    return overlay(map.input, map.map, opacity, map.isSigned ? ColorMap::Diverging : ColorMap::Turbo);
}

Json classOf(const HeatMap& map, std::size_t index) {
    return index < map.classes.size() ? Json(map.classes[index]) : Json(index);
}

Json targetOf(const HeatMap& map) {
    const bool number = map.classes.empty() && !map.target.empty() && map.target.size() < 9 &&
                        map.target.find_first_not_of("0123456789") == std::string::npos;
    return number ? Json(std::stoi(map.target)) : Json(map.target);
}

} // namespace sightline::cli
