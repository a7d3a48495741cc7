// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "network/OnnxReading.h"

namespace sightline {

/// "kernel", "stride", "dilation", "padding" of a convolution or pool over an image; padding that a Pad before it gave
/// joins its own. Private to Onnx*.cpp. Errors: not two axes; a window that ONNX places in a way we cannot.
Result<Json> onnxWindow(const OnnxReading& reading, const onnx::NodeProto& node, const OnnxValue& x,
                        std::array<std::int64_t, 2> kernel);

} // namespace sightline
