// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "store/Safetensors.h"

namespace sightline {

/// Where a file of weights has, in its metadata, what its contents are known by. Whoever writes a file whose loss would
/// be felt gives this key, with any value: writeSafetensors() puts the digest there.
inline constexpr const char* kWeightsDigest = "sightline.digest";

/// XXH3 of the metadata (but for the digest) and of the tensors' bytes, these in the order of their names; hexadecimal.
std::string weightsDigest(const std::map<std::string, std::string>& metadata,
                          const std::vector<std::span<const std::byte>>& tensors);

/// Whether its contents are those that were written, as far as the file says. Reads all of it.
bool isAsWritten(const SafetensorsFile& file);

/// SafetensorsFile::open() of a file that isAsWritten(). Error: it is damaged.
Result<SafetensorsFile> openAsWritten(const std::filesystem::path& file);

/// "... is damaged: its contents do not match their checksum."
Error damagedWeights(const std::filesystem::path& file);

} // namespace sightline
