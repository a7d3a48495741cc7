// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace sightline {

/// Flushes what a folder lists (a rename in it) to the disk; 0, else errno.
int flushFolder(const std::filesystem::path& folder);

} // namespace sightline
