// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <stop_token>
#include <vector>

#include "network/GraphSpec.h"

namespace sightline::engine {

/// How the fresh values of one tensor are drawn (SPEC 5.7; torchvision's and timm's where a network's weights are
/// theirs).
struct FreshValues {
    enum class Kind { Constant, Uniform, Normal };
    Kind kind = Kind::Constant;
    double scale = 0; ///< the constant, the bound, or the deviation
    double cut = 0;   ///< normal: drawn again beyond so many deviations; 0 = never
};

/// Of a weight or bias of `node`, whose weight has `weightShape`. `makesScores`: a layer of classifierNodes().
FreshValues freshValues(Initializer initializer, const Node& node, bool isWeight, const Shape& weightShape,
                        bool makesScores);

class GraphModule;

/// Draws the tensors of the `chosen` nodes; each is a pure function of (spec, seed). False where it was stopped: then
/// only some are drawn.
bool drawFresh(const GraphModule& module, const std::vector<bool>& chosen, std::uint64_t seed,
               const std::stop_token& stop = {});

} // namespace sightline::engine
