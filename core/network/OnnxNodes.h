// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "network/GraphSpec.h"
#include "network/OnnxWriter.h"
#include "network/Passes.h"

namespace sightline {

/// One node of a GraphSpec on its way into ONNX: what arrives and what it becomes. Private to Onnx*.cpp.
struct OnnxStep {
    const Node& node;
    std::vector<std::string> inputs; ///< ONNX values
    std::vector<Shape> shapes;       ///< of the inputs, without the batch
    const Shape& output;
    const TensorValues& values;
    OnnxWriter& writer;
};

/// Writes what the node computes at inference; gives the value's name. Errors: an operation ONNX cannot say.
Result<std::string> writeOnnxNode(OnnxStep& step);

// Those with a shape of their own (OnnxNodes.cpp is for layers, OnnxPools.cpp for windows and resizing).
Result<std::string> writeOnnxPool(OnnxStep& step);
std::string writeOnnxAdaptivePool(OnnxStep& step);
std::string writeOnnxResize(OnnxStep& step);

} // namespace sightline
