// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sightline {

/// How a heat map is made. The papers stand at the functions in engine/explain/.
enum class HeatMapMethod {
    GradCam,
    HiResCam,
    GradCamPlusPlus,
    XGradCam,
    LayerCam,
    EigenCam,
    LayerCamFused,
    FinerCam,
    ScoreCam,
    Occlusion,
    IntegratedGradients,
    SmoothGrad,
    GuidedBackprop
};
std::optional<HeatMapMethod> heatMapMethodFromName(const std::string& name);
const char* nameOf(HeatMapMethod method); ///< as the command line says it: "gradcam++"
/// Every method, in the order above, which is the order shown.
const std::vector<HeatMapMethod>& heatMapMethods();
/// True where the map has both signs: evidence for the target and against it.
bool isSigned(HeatMapMethod method);
/// False where no layer can be chosen: the map is made at the network's input, or from several layers.
bool hasLayer(HeatMapMethod method);

} // namespace sightline
