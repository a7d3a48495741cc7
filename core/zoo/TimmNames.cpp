// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/TimmNames.h"

#include <algorithm>
#include <array>

namespace sightline {

namespace {

constexpr std::array<TimmNetwork, 11> kNetworks = {{{"resnet18", "resnet18"},
                                                    {"resnet50", "resnet50"},
                                                    {"mobilenet_v2", "mobilenetv2_100"},
                                                    {"mobilenet_v3_small", "mobilenetv3_small_100"},
                                                    {"efficientnet_b0", "efficientnet_b0"},
                                                    {"efficientnet_lite0", "efficientnet_lite0"},
                                                    {"tf_efficientnet_lite0", "tf_efficientnet_lite0", 1e-3},
                                                    {"vgg16", "vgg16"},
                                                    {"inception_resnet_v2", "inception_resnet_v2", 1e-3},
                                                    {"densenet121", "densenet121"},
                                                    {"convnext_tiny", "convnext_tiny"}}};

const TimmNetwork* found(const char* TimmNetwork::*name, const std::string& wanted) {
    const auto one = std::find_if(kNetworks.begin(), kNetworks.end(),
                                  [&](const TimmNetwork& network) { return wanted == network.*name; });
    return one == kNetworks.end() ? nullptr : &*one;
}

} // namespace

const TimmNetwork* timmNetwork(const std::string& ours) {
    return found(&TimmNetwork::ours, ours);
}

const TimmNetwork* networkOfTimm(const std::string& architecture) {
    return found(&TimmNetwork::architecture, architecture);
}

} // namespace sightline
