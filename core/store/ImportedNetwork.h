// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "network/GraphSpec.h"
#include "network/Passes.h"

namespace sightline {

/// A classifier from outside, with what its file tells of its use.
struct ImportedNetwork {
    GraphSpec graph;
    TensorValues values;              ///< of all its tensors
    std::vector<std::string> classes; ///< in the order of its scores; empty: the file does not say
    Json preprocessing;               ///< as exportMetadata() has it; null: the file does not say
};

/// Reads an ONNX file (network/OnnxReader.h), a safetensors file that was exported from a run, or a hub folder
/// (config.json and model.safetensors) of a network that the zoo has. Errors: another kind of file; a damaged one; a
/// network that is not known here.
Result<ImportedNetwork> readNetwork(const std::filesystem::path& source);

/// Class names of a file: a JSON list, a JSON object of numbers and names, or one name a line.
Result<std::vector<std::string>> readLabels(const std::filesystem::path& file);

} // namespace sightline
