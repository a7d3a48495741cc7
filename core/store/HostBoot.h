// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace sightline {

/// A machine that uses a data home, and since when it has been up.
struct HostBoot {
    std::string host;    ///< its name
    std::string machine; ///< /etc/machine-id: hosts made from one image have one name; empty where there is none
    std::string boot;    ///< another one after each start
};

/// This one.
HostBoot hostBootHere();

/// Leaves word in `<home>/hosts/` that this machine is up, for the others of a home on the network (isOnNetwork()).
/// Nothing where it cannot be written.
void noteHostBoot(const std::filesystem::path& home);

/// Whether the machine has started again since: then no process of that boot lives. False where nothing is known.
bool hasRestarted(const std::filesystem::path& home, const HostBoot& then);

} // namespace sightline
