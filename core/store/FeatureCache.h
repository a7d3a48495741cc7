// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "data/Dataset.h"
#include "store/Safetensors.h"

namespace sightline {

/// A 64-bit FNV-1a hash (Fowler, Noll and Vo) of everything that makes features what they are.
class Fingerprint {
public:
    void add(std::string_view bytes);
    void add(std::int64_t number) { add(std::string_view(reinterpret_cast<const char*>(&number), sizeof number)); }
    /// How many images there are and what is in each (contentKeyOf()), whatever their files are called. Reads them.
    /// Error: cancelled.
    Result<void> add(const Dataset& dataset, const std::vector<std::uint32_t>& indices, std::stop_token stop);
    std::string text() const; ///< 16 hexadecimal digits

private:
    std::uint64_t m_state = 14695981039346656037u;
};

/// Features of frozen networks in the data home, one safetensors file a key, the oldest given up for new ones.
class FeatureCache {
public:
    explicit FeatureCache(const std::filesystem::path& home, std::uintmax_t limitBytes = std::uintmax_t{8} << 30)
        : m_folder(home / "cache" / "features"), m_limit(limitBytes) {}

    /// The features kept under a key; a file that is torn or altered is removed and counts as none.
    Result<SafetensorsFile> find(const std::string& key) const;
    /// Written atomically, with a checksum. Error: larger than the limit, or it cannot be written.
    Result<void> keep(const std::string& key, const std::vector<TensorToWrite>& tensors) const;
    std::filesystem::path file(const std::string& key) const { return m_folder / (key + ".safetensors"); }

private:
    void makeRoom(std::uintmax_t bytes) const;

    std::filesystem::path m_folder;
    std::uintmax_t m_limit;
};

} // namespace sightline
