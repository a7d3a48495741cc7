// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "network/OnnxReading.h"

namespace sightline {

// Private to OnnxFold*.cpp.

/// More than shapes and factors need; weights are folded by whoever exports.
inline constexpr std::size_t kMostFoldedOnnx = std::size_t{1} << 28;

/// How far apart the values of each axis lie, in C order.
std::vector<std::size_t> onnxStrides(const Shape& dims);
/// For each place of `dims`, the place in a tensor whose axes have these strides.
std::vector<std::size_t> onnxPlaces(const Shape& dims, const std::vector<std::size_t>& strides, std::size_t count);

/// Arithmetic, bounds, rounding and Cast of constants, the first of which is there. Nothing: another operation.
std::optional<Result<OnnxTensor>> foldedOnnxNumbers(const onnx::NodeProto& node,
                                                    const std::vector<const OnnxTensor*>& inputs);

} // namespace sightline
