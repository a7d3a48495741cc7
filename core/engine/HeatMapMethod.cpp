// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <utility>

#include "engine/HeatMapMethod.h"

namespace sightline {

namespace {

constexpr std::array<std::pair<HeatMapMethod, const char*>, 6> kHeatMapMethods{
    {{HeatMapMethod::GradCam, "gradcam"},
     {HeatMapMethod::HiResCam, "hirescam"},
     {HeatMapMethod::GradCamPlusPlus, "gradcam++"},
     {HeatMapMethod::XGradCam, "xgradcam"},
     {HeatMapMethod::LayerCam, "layercam"},
     {HeatMapMethod::EigenCam, "eigencam"}}};

} // namespace

std::optional<HeatMapMethod> heatMapMethodFromName(const std::string& name) {
    for (const auto& [method, known] : kHeatMapMethods)
        if (name == known)
            return method;
    return std::nullopt;
}

const char* nameOf(HeatMapMethod method) {
    for (const auto& [known, name] : kHeatMapMethods)
        if (known == method)
            return name;
    return "";
}

} // namespace sightline
