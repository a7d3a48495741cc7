// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "network/GraphSpec.h"
#include "support/Result.h"

namespace sightline {

/// One tensor of a safetensors file. `data` points into the mapped file and lives as long as the file object.
struct TensorView {
    std::string name;
    std::string dtype; ///< F32, F16, BF16, F64, I64 ...
    std::vector<std::int64_t> shape;
    std::span<const std::byte> data;
};

/// A safetensors file, mapped, every rule of SPEC 3.3 checked before the first tensor is handed out.
class SafetensorsFile {
public:
    static Result<SafetensorsFile> open(const std::filesystem::path& file);

    const std::vector<TensorView>& tensors() const { return m_tensors; }
    const TensorView* find(const std::string& name) const;
    const std::map<std::string, std::string>& metadata() const { return m_metadata; }

private:
    std::shared_ptr<const void> m_mapping;
    std::vector<TensorView> m_tensors;
    std::map<std::string, std::string> m_metadata;
};

/// Names and shapes, as networks are compared with (WeightNaming.h).
std::vector<TensorSpec> specsOf(const SafetensorsFile& file);

/// F32, F16, BF16 and F64 to float32; other types are refused by name.
Result<std::vector<float>> asFloats(const TensorView& tensor);

/// A float32 tensor to write.
struct TensorToWrite {
    std::string name;
    std::vector<std::int64_t> shape;
    std::span<const float> values;
};

/// Sorted by name, header padded to 8 bytes, written atomically.
Result<void> writeSafetensors(const std::filesystem::path& file, const std::vector<TensorToWrite>& tensors,
                              const std::map<std::string, std::string>& metadata = {});

} // namespace sightline
