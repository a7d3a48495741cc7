// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "network/GraphSpec.h"
#include "support/Result.h"

namespace sightline {

/// A constant of an ONNX graph, its values in C order: real numbers, or whole ones (shapes, axes). Private to
/// Onnx*.cpp.
struct OnnxTensor {
    Shape dims; ///< empty: a scalar
    bool isWhole = false;
    std::vector<float> reals;
    std::vector<std::int64_t> wholes; ///< where isWhole
    std::string name;                 ///< as the file has it; empty for what was computed

    std::size_t count() const { return isWhole ? wholes.size() : reals.size(); }
    double at(std::size_t i) const { return isWhole ? static_cast<double>(wholes[i]) : static_cast<double>(reals[i]); }
};

/// How many values a tensor of these dims has. Error: a negative extent, or more than a file can hold.
Result<std::size_t> onnxCount(const Shape& dims, const std::string& name);

/// Reads a tensor, from the file beside the model where its values lie outside (`folder`; empty: there is none).
/// float32, float16, bfloat16, float64 become real; whole types and bool whole. Errors: another type; not as many
/// values as its dims say; a file that is missing, too short, or not inside the folder.
Result<OnnxTensor> onnxTensor(const onnx::TensorProto& proto, const std::filesystem::path& folder);

} // namespace sightline
