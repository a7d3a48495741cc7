// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/GroupMemory.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>

#include "support/SystemFiles.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

/// The files of a group: its limit, what it uses, and what of that makes room when somebody needs it.
struct Names {
    const char *limit, *used, *reclaimable;
};
constexpr Names kVersion2{"memory.max", "memory.current", "inactive_file"};
constexpr Names kVersion1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"};

void limitBy(const fs::path& group, const Names& names, GroupMemory& memory) {
    const std::optional<std::uint64_t> limit = numberIn(firstLine(group / names.limit));
    if (!limit) // there is no such file, or it says "max"
        return;
    const std::uint64_t used = numberIn(firstLine(group / names.used)).value_or(0);
    const std::uint64_t reclaimable = numberIn(fieldOf(group / "memory.stat", names.reclaimable, ' ')).value_or(0);
    const std::uint64_t held = used - std::min(used, reclaimable);
    memory.limit = std::min(memory.limit, *limit);
    memory.left = std::min(memory.left, *limit - std::min(*limit, held));
}

/// From the root to a group; a way that leads out of what a container sees ends there.
void limitByAll(const fs::path& path, const fs::path& root, const Names& names, GroupMemory& memory) {
    fs::path group = root;
    limitBy(group, names, memory);
    for (const fs::path& part : path.relative_path()) {
        if (part == "..")
            return;
        group /= part;
        limitBy(group, names, memory);
    }
}

} // namespace

GroupMemory memoryOfGroups(const fs::path& process, const fs::path& groups) {
    GroupMemory memory;
    std::ifstream stream(process);
    for (std::string line; std::getline(stream, line);) { // number:controllers:path
        const auto first = line.find(':'), second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos)
            continue;
        const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",",
                          path = line.substr(second + 1);
        if (controllers == ",,")
            limitByAll(path, groups, kVersion2, memory);
        else if (controllers.find(",memory,") != std::string::npos)
            limitByAll(path, groups / "memory", kVersion1, memory);
    }
    return memory;
}

} // namespace sightline
