// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "network/GraphSpec.h"
#include "network/Passes.h"

namespace sightline {

/// A classifier from an ONNX file.
struct OnnxNetwork {
    GraphSpec graph;     ///< its main output: class scores before softmax
    TensorValues values; ///< of all its tensors
    std::map<std::string, std::string> metadata;
    std::vector<std::string> notes; ///< what a person should know of it
};

/// Reads a classifier of images from the bytes of a ModelProto: its first output as a GraphSpec. Operations that
/// several nodes spell out (GELU, SiLU, layer normalisation) become one node; a softmax or a
/// sigmoid at the end is left out, the latter with a note. The
/// batch may be fixed or not; height and width must be. `folder`: where files with values beside the model lie; empty:
/// nowhere. Errors, with the node's name and operation: what no GraphSpec can say; a damaged file.
Result<OnnxNetwork> onnxNetwork(std::string_view bytes, const std::filesystem::path& folder = {});
/// The same of a file, its name in the error.
Result<OnnxNetwork> readOnnx(const std::filesystem::path& file);

} // namespace sightline
