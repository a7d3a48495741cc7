// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "support/Npy.h"
#include "support/Result.h"

namespace sightline {

/// Where an image lies on the map; both coordinates in 0...1.
using MapPoint = std::array<float, 2>;

/// Lays images out in two dimensions so that neighbours by their features are neighbours on the map: principal
/// components first, then the attraction of neighbours and the repulsion of others as in UMAP (McInnes, Healy and
/// Melville 2018: 15 neighbours, minimal distance 0.1). Distances across the map mean little, clusters do.
///
/// `features`: [N, D], finite. The same seed gives the same map. Exact neighbours: N^2 distances. Errors: no table of
/// numbers, values that are none, cancelled.
Result<std::vector<MapPoint>> imageMap(const FloatArray& features, std::uint64_t seed = 0, std::stop_token stop = {},
                                       const std::function<void(std::size_t done, std::size_t total)>& progress = {});

/// The first `dimensions` principal components of the rows of `features`, largest first; fewer where there are fewer.
/// [N, dimensions], the mean taken off.
FloatArray principalComponents(const FloatArray& features, int dimensions);

} // namespace sightline
