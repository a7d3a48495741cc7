// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/device/Devices.h"

namespace sightline {

inline constexpr const char* kCpuOnly = "this version computes on the CPU only";

/// The graphics cards of NVIDIA, AMD and Intel, by their addresses on the PCI bus. Their memory is known where the
/// driver writes it to /sys (amdgpu). In a container that hides the bus those of which NVIDIA's driver tells remain.
std::vector<Device> graphicsCards(const SystemRoots& roots);

} // namespace sightline
