// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "engine/HeatMapMethod.h"

namespace sightline {

namespace {

struct Known {
    HeatMapMethod method;
    const char* name;
    bool isSigned = false, hasLayer = true;
};

constexpr std::array<Known, 13> kKnown{{{HeatMapMethod::GradCam, "gradcam"},
                                        {HeatMapMethod::HiResCam, "hirescam"},
                                        {HeatMapMethod::GradCamPlusPlus, "gradcam++"},
                                        {HeatMapMethod::XGradCam, "xgradcam"},
                                        {HeatMapMethod::LayerCam, "layercam"},
                                        {HeatMapMethod::EigenCam, "eigencam"},
                                        {HeatMapMethod::LayerCamFused, "layercam-fused", false, false},
                                        {HeatMapMethod::FinerCam, "finercam"},
                                        {HeatMapMethod::ScoreCam, "scorecam"},
                                        {HeatMapMethod::Occlusion, "occlusion", true, false},
                                        {HeatMapMethod::IntegratedGradients, "integrated-gradients", true, false},
                                        {HeatMapMethod::SmoothGrad, "smoothgrad", true, false},
                                        {HeatMapMethod::GuidedBackprop, "guided-backprop", true, false}}};

const Known& known(HeatMapMethod method) {
    return *std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& one) { return one.method == method; });
}

} // namespace

std::optional<HeatMapMethod> heatMapMethodFromName(const std::string& name) {
    for (const Known& one : kKnown)
        if (name == one.name)
            return one.method;
    return std::nullopt;
}

const char* nameOf(HeatMapMethod method) {
    return known(method).name;
}

const std::vector<HeatMapMethod>& heatMapMethods() {
    static const std::vector<HeatMapMethod> methods = [] {
        std::vector<HeatMapMethod> all;
        for (const Known& one : kKnown)
            all.push_back(one.method);
        return all;
    }();
    return methods;
}

bool isSigned(HeatMapMethod method) {
    return known(method).isSigned;
}

bool hasLayer(HeatMapMethod method) {
    return known(method).hasLayer;
}

} // namespace sightline
