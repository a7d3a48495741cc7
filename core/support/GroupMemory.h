// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>

namespace sightline {

inline constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

/// What the control groups of a process (a container, a job of Slurm) let it have of the memory, in bytes; kUnlimited
/// where none has a limit.
struct GroupMemory {
    std::uint64_t limit = kUnlimited; ///< of all their processes together
    std::uint64_t left = kUnlimited;  ///< of it, to be taken now
};

/// The least of its own group and all around it, in versions 1 and 2. `process` is a file as /proc/self/cgroup,
/// `groups` a folder as /sys/fs/cgroup. What a container cannot see of its path is left out.
GroupMemory memoryOfGroups(const std::filesystem::path& process = "/proc/self/cgroup",
                           const std::filesystem::path& groups = "/sys/fs/cgroup");

} // namespace sightline
