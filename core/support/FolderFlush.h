// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string_view>

namespace sightline {

/// Flushes what a folder lists (a rename in it) to the disk; 0, else errno.
int flushFolder(const std::filesystem::path& folder);

/// Removes what writeFileAtomically() of a process that was killed left in a folder. Nobody may write there meanwhile.
void removeUnfinished(const std::filesystem::path& folder);

/// All of the bytes, in as many writes as it takes; 0, else errno.
int writeAll(int descriptor, std::string_view bytes);

} // namespace sightline
