// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/device/GraphicsCards.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "support/Result.h"
#include "support/SystemFiles.h"
#include "support/Unicode.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kNvidia = 0x10de;     // of the PCI ID repository
constexpr std::uint64_t kDisplayClass = 0x03; // PCI Code and ID Assignment Specification: the first of three bytes

struct Maker {
    std::uint64_t vendor;
    const char* name;
    const char* kind;
    std::array<std::string_view, 2> drivers; ///< of the kernel, with which programs can compute
    const char* package;                     ///< Debian's, without which the driver does not start
};

constexpr Maker kMakers[] = {
    {kNvidia, "NVIDIA", "cuda", {"nvidia"}, "nvidia-driver"},
    {0x1002, "AMD", "rocm", {"amdgpu"}, "firmware-amd-graphics"},
    {0x8086, "Intel", "xpu", {"i915", "xe"}, "firmware-misc-nonfree"},
};

std::set<std::string> namesIn(const fs::path& folder) {
    std::set<std::string> names;
    std::error_code code;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code))
        names.insert(entry->path().filename().string());
    return names;
}

/// In a list of PCI names a line is "10de  NVIDIA Corporation"; its cards follow, "\t2204  GA102 [GeForce RTX 3090]".
/// In brackets stands the name by which it is sold.
std::string listedName(const fs::path& list, std::uint64_t vendor, std::uint64_t model) {
    std::ifstream stream(list);
    bool isVendor = false;
    for (std::string line; std::getline(stream, line);) {
        const std::string_view text = line;
        if (text.empty() || text.front() == '#')
            continue;
        if (text.front() != '\t') {
            if (isVendor)
                return {};
            isVendor = numberIn(text.substr(0, 4), 16) == vendor;
        } else if (isVendor && numberIn(text.substr(1, 4), 16) == model) {
            std::string_view name = trimmed(text.substr(std::min<std::size_t>(text.size(), 5)));
            const std::size_t open = name.find('['), close = name.rfind(']');
            if (open != std::string_view::npos && close != std::string_view::npos && close > open + 1)
                name = name.substr(open + 1, close - open - 1);
            return shown(name);
        }
    }
    return {};
}

std::string cardName(const SystemRoots& roots, const Maker& maker, std::uint64_t model) {
    if (const std::string listed = listedName(roots.cardNames, maker.vendor, model); !listed.empty())
        return std::string(maker.name) + " " + listed;
    char numbers[32];
    std::snprintf(numbers, sizeof(numbers), "%04x:%04x", static_cast<unsigned>(maker.vendor),
                  static_cast<unsigned>(model));
    return std::string(maker.name) + " card " + numbers;
}

std::string whyUnused(const Maker& maker, const std::string& driver) {
    const std::string package = std::string(" (Debian package ") + maker.package + ")";
    if (driver.empty())
        return std::string(kCpuOnly) + ", and no driver is loaded for this card" + package;
    if (std::find(maker.drivers.begin(), maker.drivers.end(), driver) != maker.drivers.end())
        return kCpuOnly;
    return std::string(kCpuOnly) + ", and the driver of this card is " + shown(driver) + " instead of " +
           std::string(maker.drivers.front()) + package;
}

std::optional<Device> cardAt(const SystemRoots& roots, const std::string& address) {
    const fs::path folder = roots.sys / "bus/pci/devices" / address;
    const std::string told = fieldOf(roots.proc / "driver/nvidia/gpus" / address / "information", "Model");
    const bool isTold = !told.empty();
    const std::uint64_t type = numberIn(firstLine(folder / "class"), 16).value_or(0);
    if (!isTold && type >> 16 != kDisplayClass)
        return std::nullopt;
    const std::uint64_t vendor = isTold ? kNvidia : numberIn(firstLine(folder / "vendor"), 16).value_or(0);
    const auto* const maker = std::find_if(std::begin(kMakers), std::end(kMakers),
                                           [vendor](const Maker& known) { return known.vendor == vendor; });
    if (maker == std::end(kMakers))
        return std::nullopt;

    Device card;
    card.kind = maker->kind;
    card.name = isTold && told != "Unknown" // what the driver says of a card that it has not started
                    ? shown(told)
                    : cardName(roots, *maker, numberIn(firstLine(folder / "device"), 16).value_or(0));
    std::error_code code;
    const std::string driver = isTold ? "nvidia" : fs::read_symlink(folder / "driver", code).filename().string();
    card.reason = whyUnused(*maker, driver);
    card.memoryBytes = numberIn(firstLine(folder / "mem_info_vram_total"));
    if (const auto used = numberIn(firstLine(folder / "mem_info_vram_used")); used && card.memoryBytes)
        card.freeBytes = *card.memoryBytes - std::min(*card.memoryBytes, *used);
    return card;
}

} // namespace

std::vector<Device> graphicsCards(const SystemRoots& roots) {
    std::set<std::string> addresses = namesIn(roots.sys / "bus/pci/devices");
    addresses.merge(namesIn(roots.proc / "driver/nvidia/gpus"));
    std::vector<Device> cards;
    for (const std::string& address : addresses)
        if (std::optional<Device> card = cardAt(roots, address))
            cards.push_back(std::move(*card));
    return cards;
}

} // namespace sightline
