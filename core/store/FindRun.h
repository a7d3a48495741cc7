// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/RunFolder.h"

namespace sightline {

/// The folders of the runs in `<home>/runs`, the newest first; hidden ones (half deleted) are not among them.
std::vector<RunFolder> runFolders(const std::filesystem::path& home);

/// A run by its id, an unambiguous prefix, a name that one run alone has, or a folder's path. Writes nothing, so that
/// a run is found on a full disk and in a home that can only be read.
Result<RunFolder> findRun(const std::filesystem::path& home, const std::string& run);

} // namespace sightline
