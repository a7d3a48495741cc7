// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>

namespace sightline {

inline constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

/// Bytes that the control groups of a process leave it (a container, a job of Slurm): the least of its own group and
/// all around it, in versions 1 and 2. kUnlimited where none has a limit. `process` is a file as /proc/self/cgroup,
/// `groups` a folder as /sys/fs/cgroup. What a container cannot see of its path is left out.
std::uint64_t memoryLeftInGroups(const std::filesystem::path& process = "/proc/self/cgroup",
                                 const std::filesystem::path& groups = "/sys/fs/cgroup");

} // namespace sightline
