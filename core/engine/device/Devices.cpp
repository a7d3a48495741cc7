// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/device/Devices.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/device/GraphicsCards.h"
#include "support/GroupMemory.h"
#include "support/Result.h"
#include "support/SystemFiles.h"

namespace sightline {

namespace {

Device processor(const SystemRoots& roots) {
    Device device;
    const std::string model = fieldOf(roots.proc / "cpuinfo", "model name"); // not there on ARM
    device.name = model.empty() ? "CPU" : shown(model);
    device.usable = true;
    device.memoryBytes = bytesOf(roots.proc / "meminfo", "MemTotal");
    device.freeBytes = bytesOf(roots.proc / "meminfo", "MemAvailable");
    const GroupMemory group = memoryOfGroups(roots.proc / "self/cgroup", roots.sys / "fs/cgroup");
    if (group.limit == kUnlimited)
        return device;
    device.memoryBytes = std::min(device.memoryBytes.value_or(group.limit), group.limit);
    device.freeBytes = std::min(device.freeBytes.value_or(group.left), group.left);
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
