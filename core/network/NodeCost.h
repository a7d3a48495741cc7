// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "network/GraphSpec.h"

namespace sightline {

/// What one node gives and costs, from the shapes of its inputs, for whoever builds a graph node by node; shapes() does
/// the same for a whole graph. The error names the node.
Result<NodeCost> costOf(const Node& node, const std::vector<const Shape*>& inputs);

} // namespace sightline
