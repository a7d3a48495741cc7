// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <onnx/onnx_pb.h>

#include <stdexcept>
#include <string>

namespace sightline {

inline onnx::ModelProto parsed(const std::string& bytes) {
    onnx::ModelProto model;
    if (!model.ParseFromString(bytes))
        throw std::runtime_error("the bytes are no ModelProto");
    return model;
}

} // namespace sightline
