// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/device/Devices.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string_view>
#include <utility>

#include "engine/device/GraphicsCards.h"
#include "engine/device/SystemFiles.h"
#include "support/Result.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

/// "24684084 kB" as /proc/meminfo has it; its kB are 1,024 bytes.
std::optional<std::uint64_t> memoryField(const SystemRoots& roots, std::string_view key) {
    const std::string text = fieldOf(roots.proc / "meminfo", key);
    const auto kibibytes = numberIn(std::string_view(text).substr(0, text.find(' ')));
    if (!kibibytes || *kibibytes > std::numeric_limits<std::uint64_t>::max() / 1024)
        return std::nullopt;
    return *kibibytes * 1024;
}

/// The control groups (cgroup v2) that this process is in, from the outermost to its own. A way that leads out of
/// what a container sees ends there.
std::vector<fs::path> controlGroups(const SystemRoots& roots) {
    std::vector<fs::path> groups{roots.sys / "fs/cgroup"};
    std::ifstream file(roots.proc / "self/cgroup");
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("0::/"))
            continue;
        for (const fs::path& part : fs::path(line.substr(4))) {
            if (part == ".." || part.is_absolute())
                break;
            groups.push_back(groups.back() / part);
        }
        break;
    }
    return groups;
}

/// Files that were read and lie in memory count as used by a group, but make room when somebody needs it.
std::uint64_t usedBy(const fs::path& group) {
    const std::uint64_t used = numberIn(firstLine(group / "memory.current")).value_or(0);
    const std::uint64_t cached = numberIn(fieldOf(group / "memory.stat", "inactive_file", ' ')).value_or(0);
    return used - std::min(used, cached);
}

Device processor(const SystemRoots& roots) {
    Device device;
    const std::string model = fieldOf(roots.proc / "cpuinfo", "model name"); // not there on ARM
    device.name = model.empty() ? "CPU" : shown(model);
    device.usable = true;
    device.memoryBytes = memoryField(roots, "MemTotal");
    device.freeBytes = memoryField(roots, "MemAvailable");
    for (const fs::path& group : controlGroups(roots)) {
        const auto limit = numberIn(firstLine(group / "memory.max")); // "max": none
        if (!limit)
            continue;
        const std::uint64_t left = *limit - std::min(*limit, usedBy(group));
        device.memoryBytes = std::min(device.memoryBytes.value_or(*limit), *limit);
        device.freeBytes = std::min(device.freeBytes.value_or(left), left);
    }
    return device;
}

} // namespace

std::vector<Device> devices(const SystemRoots& roots) {
    std::vector<Device> found{processor(roots)};
    for (Device& card : graphicsCards(roots))
        found.push_back(std::move(card));
    return found;
}

std::string whyNotOn(const std::string& asked, const std::vector<Device>& known) {
    constexpr std::string_view kKind = "cuda";
    std::vector<const Device*> cards;
    for (const Device& device : known)
        if (device.kind == kKind)
            cards.push_back(&device);
    const bool isNumbered = asked.starts_with(std::string(kKind) + ":");
    const std::size_t place =
        isNumbered ? numberIn(std::string_view(asked).substr(kKind.size() + 1)).value_or(cards.size()) : cards.size();
    const std::string instead = "; use auto or cpu";
    if (place >= cards.size())
        return std::string(kCpuOnly) + ", and this machine has no " + shown(asked) +
               (cards.empty() ? " (there is no NVIDIA card)"
                              : " (its NVIDIA cards end with cuda:" + std::to_string(cards.size() - 1) + ")") +
               instead;
    const Device& card = *cards[place];
    return card.usable ? std::string() : card.reason + "; " + asked + " is " + card.name + instead;
}

} // namespace sightline
