// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace sightline {

/// [out, in] rows of averages: bin i holds floor(i in / out) up to ceil((i + 1) in / out), as torch's adaptive pool has
/// it; `transposed`: [in, out]. Private to Onnx*.cpp.
std::vector<float> averagingRows(std::int64_t in, std::int64_t out, bool transposed);

} // namespace sightline
