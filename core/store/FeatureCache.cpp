// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/FeatureCache.h"

#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include "data/ContentDigest.h"
#include "support/Files.h"

namespace sightline {

namespace {

constexpr const char* kChecksum = "crc32";

/// crc32 over the tensors in the order of their names.
std::string checksum(std::map<std::string, std::span<const std::byte>> tensors) {
    uLong sum = crc32_z(0, nullptr, 0);
    for (const auto& [name, bytes] : tensors)
        sum = crc32_z(sum, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    return std::to_string(sum);
}

} // namespace

void Fingerprint::add(std::string_view bytes) {
    for (const char byte : bytes) {
        m_state ^= static_cast<unsigned char>(byte);
        m_state *= 1099511628211u;
    }
}

Result<void> Fingerprint::add(const Dataset& dataset, const std::vector<std::uint32_t>& indices, std::stop_token stop) {
    const std::vector<std::uint64_t> keys = contentKeysOf(dataset, indices, availableCpus(), stop);
    if (stop.stop_requested())
        return cancelled();
    add(static_cast<std::int64_t>(keys.size()));
    for (const std::uint64_t key : keys)
        add(static_cast<std::int64_t>(key));
    return {};
}

std::string Fingerprint::text() const {
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(m_state));
    return digits;
}

Result<SafetensorsFile> FeatureCache::find(const std::string& key) const {
    std::error_code code;
    if (!std::filesystem::exists(file(key), code))
        return Error{"There are no features under this key."};
    Result<SafetensorsFile> opened = SafetensorsFile::open(file(key));
    if (opened) {
        std::map<std::string, std::span<const std::byte>> tensors;
        for (const TensorView& tensor : opened->tensors())
            tensors[tensor.name] = tensor.data;
        const auto kept = opened->metadata().find(kChecksum);
        if (kept != opened->metadata().end() && kept->second == checksum(std::move(tensors))) {
            std::filesystem::last_write_time(file(key), std::filesystem::file_time_type::clock::now(),
                                             code); // used: the last to be given up
            return opened;
        }
    }
    std::filesystem::remove(file(key), code);
    return Error{"The features kept in " + file(key).string() + " are incomplete."};
}

Result<void> FeatureCache::keep(const std::string& key, const std::vector<TensorToWrite>& tensors) const {
    std::map<std::string, std::span<const std::byte>> bytes;
    std::uintmax_t total = 0;
    for (const TensorToWrite& tensor : tensors) {
        bytes[tensor.name] = std::as_bytes(tensor.values);
        total += tensor.values.size_bytes();
    }
    if (total > m_limit)
        return Error{"The features need " + std::to_string(total >> 20) + " MiB, more than the cache's " +
                     std::to_string(m_limit >> 20) + " MiB."};
    if (const Result<void> made = makeFolder(m_folder); !made)
        return made;
    makeRoom(total);
    return writeSafetensors(file(key), tensors, {{kChecksum, checksum(std::move(bytes))}});
}

/// Removes the files used longest ago until `bytes` more fit.
void FeatureCache::makeRoom(std::uintmax_t bytes) const {
    std::error_code code;
    std::vector<std::pair<std::filesystem::file_time_type, std::filesystem::directory_entry>> files;
    std::uintmax_t used = 0;
    for (const auto& entry : std::filesystem::directory_iterator(m_folder, code)) {
        if (!entry.is_regular_file(code))
            continue;
        files.emplace_back(entry.last_write_time(code), entry);
        used += entry.file_size(code);
    }
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [time, entry] : files) {
        if (used + bytes <= m_limit)
            return;
        const std::uintmax_t size = entry.file_size(code);
        if (std::filesystem::remove(entry.path(), code))
            used -= std::min(size, used);
    }
}

} // namespace sightline
