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
    TensorValues values;                 ///< of all its tensors
    std::vector<std::string> classes;    ///< in the order of its scores; empty: the file does not say
    Json preprocessing;                  ///< as exportMetadata() has it; null: the file does not say
    std::vector<std::string> notes = {}; ///< what a person should know of it
};

/// Reads an ONNX file (network/OnnxReader.h), a safetensors file that was exported from a run, or a hub folder
/// (config.json and model.safetensors) of a network that the zoo has. Errors: another kind of file; a damaged one; a
/// network that is not known here.
Result<ImportedNetwork> readNetwork(const std::filesystem::path& source);

/// Class names as files have them: a list, or an object of numbers and names, { "0": "cat" } or { "cat": 0 }. Empty:
/// they are none.
std::vector<std::string> classNamesIn(const Json& json);

/// Class names of a file: JSON as classNamesIn() takes it, or one name a line.
Result<std::vector<std::string>> readLabels(const std::filesystem::path& file);

} // namespace sightline
