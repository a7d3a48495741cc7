// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/NetworkFiles.h"

#include <algorithm>
#include <array>

#include "support/FileCalls.h"

namespace sightline {

namespace {

/// statfs(2), linux/magic.h and the file systems' own sources.
constexpr std::array<unsigned long, 12> kShared{
    0x6969,     // NFS
    0x517b,     // SMB
    0xfe534d42, // SMB2
    0xff534d42, // CIFS
    0x0bd00bd0, // Lustre
    0x47504653, // GPFS
    0x19830326, // BeeGFS
    0x00c36400, // Ceph
    0xaad7aaea, // PanFS
    0x5346414f, // AFS
    0x01161970, // GFS2
    0x7461636f  // OCFS2
};

} // namespace

bool isOnNetwork(const std::filesystem::path& folder) {
    std::error_code code;
    for (std::filesystem::path place = std::filesystem::absolute(folder, code);; place = place.parent_path()) {
        const unsigned long kind = fileCalls().fileSystem(place.c_str());
        if (kind != 0)
            return std::find(kShared.begin(), kShared.end(), kind) != kShared.end();
        if (!place.has_relative_path())
            return false;
    }
}

} // namespace sightline
