// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/Result.h"

namespace sightline {

/// What the JSON header of a safetensors file says of one tensor; offsets are relative to the data buffer.
struct TensorEntry {
    std::string name, dtype;
    std::vector<std::uint64_t> shape;
    std::uint64_t begin = 0, end = 0;
};

struct SafetensorsHeader {
    std::vector<TensorEntry> tensors; ///< sorted by begin, then end: contiguous, without holes
    std::map<std::string, std::string> metadata;
};

/// Parses and checks a header (SPEC 3.3, rules 2 to 5) against a data buffer of `bufferBytes`. `what` names the file in
/// errors. Memory stays in proportion to the text; nothing of the buffer is touched.
Result<SafetensorsHeader> parseSafetensorsHeader(std::string_view text, std::uint64_t bufferBytes,
                                                 const std::string& what);

} // namespace sightline
