// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace sightline {

/// Whether a folder, or the one in which it would be made, lies on a file system that machines share: NFS, SMB, and
/// those of clusters. What needs memory shared by all who have a file open, as SQLite's WAL does, does not work there.
bool isOnNetwork(const std::filesystem::path& folder);

} // namespace sightline
