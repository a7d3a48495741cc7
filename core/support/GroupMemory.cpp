// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/GroupMemory.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>

namespace sightline {

namespace fs = std::filesystem;

namespace {

/// The files of a group: its limit, what it uses, and what of that makes room when somebody needs it.
struct Names {
    const char *limit, *used, *reclaimable;
};
constexpr Names kVersion2{"memory.max", "memory.current", "inactive_file"};
constexpr Names kVersion1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"};

/// Nothing where there is no such file, or it says "max".
std::optional<std::uint64_t> numberIn(const fs::path& file) {
    std::ifstream stream(file);
    std::uint64_t number = 0;
    return stream >> number ? std::optional(number) : std::nullopt;
}

/// Of a file with "name number" in each line; 0 where it is not there.
std::uint64_t fieldIn(const fs::path& file, const std::string& field) {
    std::ifstream stream(file);
    std::string name;
    std::uint64_t number = 0;
    while (stream >> name >> number)
        if (name == field)
            return number;
    return 0;
}

std::uint64_t leftIn(const fs::path& group, const Names& names) {
    const std::optional<std::uint64_t> limit = numberIn(group / names.limit);
    if (!limit)
        return kUnlimited;
    const std::uint64_t used = numberIn(group / names.used).value_or(0);
    const std::uint64_t held = used - std::min(used, fieldIn(group / "memory.stat", names.reclaimable));
    return *limit - std::min(*limit, held);
}

/// Of a group and all around it, up to the root.
std::uint64_t leftFrom(fs::path group, const fs::path& root, const Names& names) {
    std::uint64_t left = leftIn(root, names);
    for (group = group.lexically_normal().relative_path(); !group.empty(); group = group.parent_path())
        left = std::min(left, leftIn(root / group, names));
    return left;
}

} // namespace

std::uint64_t memoryLeftInGroups(const fs::path& process, const fs::path& groups) {
    std::uint64_t left = kUnlimited;
    std::ifstream stream(process);
    for (std::string line; std::getline(stream, line);) { // number:controllers:path
        const auto first = line.find(':'), second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos)
            continue;
        const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",",
                          path = line.substr(second + 1);
        if (controllers == ",,")
            left = std::min(left, leftFrom(path, groups, kVersion2));
        else if (controllers.find(",memory,") != std::string::npos)
            left = std::min(left, leftFrom(path, groups / "memory", kVersion1));
    }
    return left;
}

} // namespace sightline
