// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/Hub.h"

#include <cstdlib>
#include <system_error>

#include "zoo/Zoo.h"

namespace sightline {

std::string HubWeights::address() const {
    const char* mirror = std::getenv("HF_ENDPOINT");
    std::string host = mirror && *mirror ? mirror : "https://huggingface.co";
    while (host.ends_with('/'))
        host.pop_back();
    return host + "/timm/" + name + "/resolve/main/model.safetensors";
}

const std::vector<HubWeights>& hubWeights() {
    // Licences and preprocessing are timm's pretrained configurations; sizes follow from the tensors.
    static const std::vector<HubWeights> all = {
        {"resnet18.a1_in1k", "resnet18", 46'807'480, "80c49dee3da4822c009c5a7fe591e9223c5a2cfcf95a4067ca4dfb5a7b89c612",
         "Apache-2.0", "imagenet", 224, "bicubic", 0.95},
        {"resnet18.tv_in1k", "resnet18", 46'807'480, "", "BSD-3-Clause", "imagenet", 224, "bilinear", 0.875},
        {"resnet50.a1_in1k", "resnet50", 102'469'872, "", "Apache-2.0", "imagenet", 224, "bicubic", 0.95},
        {"resnet50.tv_in1k", "resnet50", 102'469'872, "", "BSD-3-Clause", "imagenet", 224, "bilinear", 0.875},
        {"mobilenetv2_100.ra_in1k", "mobilenet_v2", 14'184'176, "", "Apache-2.0", "imagenet", 224, "bicubic", 0.875},
        {"mobilenetv3_small_100.lamb_in1k", "mobilenet_v3_small", 10'241'944, "", "Apache-2.0", "imagenet", 224,
         "bicubic", 0.875},
        {"efficientnet_b0.ra_in1k", "efficientnet_b0", 21'355'376, "", "Apache-2.0", "imagenet", 224, "bicubic", 0.875},
        {"efficientnet_lite0.ra_in1k", "efficientnet_lite0", 18'802'848, "", "Apache-2.0", "imagenet", 224, "bicubic",
         0.875},
        {"tf_efficientnet_lite0.in1k", "tf_efficientnet_lite0", 18'802'848, "", "Apache-2.0", "half", 224, "bicubic",
         0.875},
        {"vgg16.tv_in1k", "vgg16", 553'433'016, "", "BSD-3-Clause", "imagenet", 224, "bilinear", 0.875},
        {"inception_resnet_v2.tf_in1k", "inception_resnet_v2", 223'748'256,
         "dbea26b13a5fc8351919fed6a94222c0577ce324b2765fd081a798f837ca9d72", "Apache-2.0", "half", 299, "bicubic",
         0.8975},
        {"inception_resnet_v2.tf_ens_adv_in1k", "inception_resnet_v2", 223'748'256, "", "Apache-2.0", "half", 299,
         "bicubic", 0.8975},
        {"densenet121.ra_in1k", "densenet121", 32'334'464, "", "Apache-2.0", "imagenet", 224, "bicubic", 0.875},
        {"densenet121.tv_in1k", "densenet121", 32'334'464, "", "Apache-2.0", "imagenet", 224, "bicubic", 0.875},
        {"convnext_tiny.fb_in1k", "convnext_tiny", 114'374'304, "", "Apache-2.0", "imagenet", 224, "bicubic", 0.875},
    };
    return all;
}

const HubWeights* findInHub(const std::string& name) {
    for (const HubWeights& weights : hubWeights()) {
        if (weights.name == name)
            return &weights;
    }
    return nullptr;
}

std::filesystem::path hubFile(const std::filesystem::path& home, const std::string& name) {
    return home / "weights" / (name + ".safetensors");
}

const HubWeights* hubEntryOf(const std::string& weights) {
    if (const HubWeights* named = findInHub(weights))
        return named;
    return weights.ends_with(".safetensors") ? findInHub(std::filesystem::path(weights).stem().string()) : nullptr;
}

NormalizationSettings::Preset presetOf(const HubWeights& weights) {
    return weights.normalization == "half" ? NormalizationSettings::Preset::Half
                                           : NormalizationSettings::Preset::Imagenet;
}

Result<std::filesystem::path> weightsFile(const std::string& weights, const std::filesystem::path& home,
                                          const std::string& network) {
    std::error_code code;
    if (const HubWeights* known = hubEntryOf(weights); known && findInZoo(network) && known->network != network)
        return badInput("the weights " + known->name + " are for " + known->network + ", not for " + network + ".");
    const bool isName = std::filesystem::path(weights).filename() == weights;
    if (!isName || std::filesystem::exists(weights, code))
        return std::filesystem::path(weights);
    const std::filesystem::path fetched = hubFile(home, weights);
    if (std::filesystem::exists(fetched, code))
        return fetched;
    const HubWeights* hub = findInHub(weights);
    if (!hub)
        return std::filesystem::path(weights);
    return badInput("the weights " + weights + " are not on this machine yet; `sightline-cli weights fetch " + weights +
                    "` downloads them (about " + std::to_string(hub->bytes / 1'000'000) + " MB).");
}

} // namespace sightline
