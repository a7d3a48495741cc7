// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Command.h"
#include "engine/HeatMapMethod.h"
#include "engine/Overlay.h"
#include "engine/questions/HeatMap.h"

namespace sightline::cli {

/// Adds --method, which names all there are.
void addHeatMapMethod(CLI::App& command, std::string& method);
Result<HeatMapMethod> heatMapMethodOf(const std::string& name);

/// The map over the image that the network saw; blue and red where it has both signs.
Image overlayOf(const HeatMap& map, double opacity);

/// Class of a network: its name, or its number where there are no names.
Json classOf(const HeatMap& map, std::size_t index);
/// What the map speaks for, likewise.
Json targetOf(const HeatMap& map);

} // namespace sightline::cli
