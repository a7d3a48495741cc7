// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "store/RunFolder.h"

namespace sightline {

/// CRC-32C (Castagnoli) of bytes.
std::uint32_t crc32c(std::string_view bytes);

/// A run's history as an event file in `folder`/<its id>: tags are the columns of history.csv, steps its
/// epochs (from 0), times those of the run. Written atomically; written again it takes its own place. Error: the folder
/// cannot be written.
Result<std::filesystem::path> exportTensorBoard(const RunFolder& run, const std::filesystem::path& folder);

} // namespace sightline
