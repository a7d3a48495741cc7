// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

#include "network/GraphSpec.h"
#include "network/Passes.h"

namespace sightline {

/// The names an exported model answers to.
inline constexpr const char* kOnnxInput = "input";   ///< float32 [batch, C, H, W], normalised
inline constexpr const char* kOnnxOutput = "logits"; ///< float32 [batch, classes], before softmax
inline constexpr int kOnnxOpset = 13;

/// The main output of a network as an ONNX model (the bytes of a ModelProto, opset 13, IR version 7, any batch size).
/// Dropout is left out, a random crop becomes a resize, as at inference. `metadata` goes into metadata_props.
/// Errors: a fault of the graph; a tensor that is missing or of another size; more than the 2 GiB a protobuf file
/// holds.
Result<std::string> onnxModel(const GraphSpec& spec, const TensorValues& values,
                              const std::map<std::string, std::string>& metadata = {});

} // namespace sightline
