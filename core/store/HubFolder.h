// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "store/ImportedNetwork.h"
#include "store/RunFolder.h"
#include "store/Safetensors.h"

namespace sightline {

/// Writes a checkpoint as a folder that timm and the Hugging Face hub know: config.json (timm's keys, label_names; what
/// is ours below "sightline"), model.safetensors (timm's tensor names) and README.md, so that
/// `timm.create_model("local-dir:DIR", pretrained=True)` is this network. `more`: as exportOnnx(). Errors: a network
/// that timm lacks, or with another classifier; pixel values that timm cannot make.
Result<void> exportHub(const RunFolder& run, const std::string& checkpoint, const std::filesystem::path& folder,
                       const std::map<std::string, std::string>& more = {});

/// A folder that exportHub() or timm's push wrote, of a network of the zoo. Errors: no such folder, another network,
/// tensors that do not fit.
Result<ImportedNetwork> readHubFolder(const std::filesystem::path& folder);

/// A file's tensors by the names of the graph's, whatever family's names they have. Error: one is missing or of another
/// shape.
Result<TensorValues> valuesFor(const GraphSpec& graph, const SafetensorsFile& file, const std::filesystem::path& path);

} // namespace sightline
