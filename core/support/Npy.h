// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "support/Result.h"

namespace sightline {

/// A float32 array in C order.
struct FloatArray {
    std::vector<std::int64_t> shape;
    std::vector<float> values;

    std::int64_t size() const;
    bool operator==(const FloatArray&) const = default;
};

/// NumPy's .npy format, versions 1 to 3 (NEP 1). Reads float32, float64, uint8 and whole numbers in C or Fortran
/// order, little-endian; anything else is refused by name. Writes version 1, float32, C order.
Result<FloatArray> readNpy(const std::filesystem::path& file);
Result<void> writeNpy(const std::filesystem::path& file, const FloatArray& array);

} // namespace sightline
