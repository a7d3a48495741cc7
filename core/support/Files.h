// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "support/Result.h"

namespace sightline {

/// Writes to a temporary name beside the file, flushes it to the disk, renames it: the file is old or new, never half.
Result<void> writeFileAtomically(const std::filesystem::path& file, std::string_view bytes);
Result<void> writeFileAtomically(const std::filesystem::path& file,
                                 std::span<const std::string_view> pieces); ///< one after the other

/// The whole file; refuses more than `maximumBytes`.
Result<std::string> readFile(const std::filesystem::path& file, std::uintmax_t maximumBytes = std::uintmax_t{4} << 30);

/// Makes the folder and its parents; the error names the folder and why.
Result<void> makeFolder(const std::filesystem::path& folder);

/// `$SIGHTLINE_HOME`, else `$XDG_DATA_HOME/sightline`, else `~/.local/share/sightline`. Not created here.
std::filesystem::path defaultHome();

/// CPUs this process may run on (affinity and container limits), at least 1.
int availableCpus();

/// Bytes of physical memory free for this process now (container and job limits included), and its peak resident set.
std::uint64_t availableMemoryBytes();
std::uint64_t peakResidentBytes();

} // namespace sightline
