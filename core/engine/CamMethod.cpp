// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <utility>

#include "engine/Engine.h"

namespace sightline {

namespace {

constexpr std::array<std::pair<CamMethod, const char*>, 6> kCamMethods{{{CamMethod::GradCam, "gradcam"},
                                                                        {CamMethod::HiResCam, "hirescam"},
                                                                        {CamMethod::GradCamPlusPlus, "gradcam++"},
                                                                        {CamMethod::XGradCam, "xgradcam"},
                                                                        {CamMethod::LayerCam, "layercam"},
                                                                        {CamMethod::EigenCam, "eigencam"}}};

} // namespace

std::optional<CamMethod> camMethodFromName(const std::string& name) {
    for (const auto& [method, known] : kCamMethods)
        if (name == known)
            return method;
    return std::nullopt;
}

const char* nameOf(CamMethod method) {
    for (const auto& [known, name] : kCamMethods)
        if (known == method)
            return name;
    return "";
}

} // namespace sightline
