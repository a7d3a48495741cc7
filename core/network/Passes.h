// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "network/GraphSpec.h"

namespace sightline {

/// The values of a network's tensors by their names in files (`conv1.weight`), each in C order.
using TensorValues = std::map<std::string, std::vector<float>>;

/// What is asked of a trained network: the main output alone, without the nodes only auxiliary heads need, without
/// dropout and random contrast. The spec must be valid (shapes()).
GraphSpec inferenceGraph(const GraphSpec& spec);

/// The node whose output the classifier reads: what the network knows of an image just before it decides. Empty: the
/// image itself.
std::string featureNode(const GraphSpec& spec);

/// Writes every batch-norm that alone reads a convolution or dense layer into that layer's weights (they gain a bias)
/// and drops it; others stay. `values` follow. Equal outputs in eval mode up to rounding.
GraphSpec withBatchNormFolded(const GraphSpec& spec, TensorValues& values);

} // namespace sightline
