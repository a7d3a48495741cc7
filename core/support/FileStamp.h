// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace sightline {

/// Tells one state of a file from another without reading it: inode, size and time of the last write. The inode
/// matters: a file that is replaced within one tick of the file system's clock (4 ms) differs in nothing else. Empty:
/// not there.
std::string fileStamp(const std::filesystem::path& file);

} // namespace sightline
