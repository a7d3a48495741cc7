// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sightline {

/// What a network could be computed on: the processor, or a graphics card.
struct Device {
    std::string name;                         ///< as its driver or maker calls it, on one line
    std::string kind = "cpu";                 ///< cuda is NVIDIA's, rocm AMD's, xpu Intel's
    std::optional<std::uint64_t> memoryBytes; ///< nothing where the system does not tell
    std::optional<std::uint64_t> freeBytes;   ///< of these, for programs to take now
    bool usable = false;                      ///< whether this version computes on it
    std::string reason;                       ///< why it does not, as it may follow a colon; empty where it does

    bool operator==(const Device&) const = default;
};

/// Where a machine tells of itself. Tests lay out machines of their own.
struct SystemRoots {
    std::filesystem::path sys = "/sys", proc = "/proc";
    std::filesystem::path cardNames = "/usr/share/misc/pci.ids"; ///< of the package pci.ids; need not be there
};

/// The processor, then the graphics cards by their addresses on the PCI bus. Reads a few small files, on any thread;
/// what they do not tell, or tell in another form, stays unknown.
std::vector<Device> devices(const SystemRoots& roots = {});

/// Why an experiment cannot have the device "cuda:N", the Nth of that kind from 0, and what to ask for instead; empty
/// where it can.
std::string whyNotOn(const std::string& asked, const std::vector<Device>& known);

} // namespace sightline
