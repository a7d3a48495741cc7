// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "experiment/DataSettings.h"
#include "support/Result.h"

namespace sightline {

/// Public weights that can be fetched by name: one safetensors file of the Hugging Face hub (organisation timm).
struct HubWeights {
    std::string name;          ///< "resnet18.a1_in1k"
    std::string network;       ///< whose they are: a name of the zoo
    std::uint64_t bytes = 0;   ///< about; for saying what a download costs
    std::string sha256;        ///< empty where it is not known
    std::string licence;       ///< SPDX
    std::string normalization; ///< the normalization preset they need
    int size = 224;            ///< image size they were trained for
    std::string interpolation; ///< how images were resized
    double cropShare = 0.875;  ///< share of the shorter side that is kept

    std::string page() const { return "https://huggingface.co/timm/" + name; }
    /// The file's address; HF_ENDPOINT, the hub's own variable for mirrors, replaces the host.
    std::string address() const;
};

/// Every weight file known by name.
const std::vector<HubWeights>& hubWeights();
const HubWeights* findInHub(const std::string& name);

/// Where a fetched file lies.
std::filesystem::path hubFile(const std::filesystem::path& home, const std::string& name);

/// What `model.weights` and `--weights` mean: a file, or the name of one that was fetched. A public name that was not
/// is an error that says how to; so are the hub's weights of another network of the zoo than `network`, whose tensors
/// may have the same names and shapes (the twins of EfficientNet-Lite).
Result<std::filesystem::path> weightsFile(const std::string& weights, const std::filesystem::path& home,
                                          const std::string& network = {});

/// The hub's entry that a name or a fetched file stands for; null where it is another file.
const HubWeights* hubEntryOf(const std::string& weights);
/// The pixel values that weights were trained with.
NormalizationSettings::Preset presetOf(const HubWeights& weights);

} // namespace sightline
