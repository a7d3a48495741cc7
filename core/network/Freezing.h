// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiment/Experiment.h"
#include "network/GraphSpec.h"

namespace sightline {

/// Neighbouring layers that people name together: "layer4.1", "features.28". Its id is a node's up to the second dot;
/// a batch-norm of its own belongs to the convolution before it.
struct NodeBlock {
    std::string id;
    std::size_t first = 0, last = 0; ///< indices into GraphSpec::nodes, those with weights
};
/// Of all nodes with weights, in order.
std::vector<NodeBlock> blocksOf(const GraphSpec& spec);

/// How many leading nodes model.freeze keeps fixed: none; base (baseEnd()); a node, or the last one
/// of a block ("layer3"). The error names what there is.
Result<std::size_t> frozenNodes(const GraphSpec& spec, const std::string& freeze);

/// What trains in an epoch, and how fast.
struct FreezePlan {
    std::size_t frozen = 0; ///< leading nodes that keep their weights
    double rateFactor = 1;  ///< times the learning rate

    bool operator==(const FreezePlan&) const = default;
};
/// The plan of an epoch (from 1): model.freeze, and training.fine_tune from its epoch on. The settings must have no
/// problem.
FreezePlan freezePlan(const GraphSpec& spec, const std::string& freeze, const std::optional<FineTuneSettings>& fineTune,
                      int epoch);
/// What is impossible about freezing, fine-tuning and cached features for this network.
std::vector<Problem> freezingProblems(const GraphSpec& spec, const Experiment& experiment);

/// Which nodes are the same for an image in every epoch: they need no gradient and draw nothing. Frozen ones, and those
/// after them that have no weights and no randomness.
std::vector<bool> fixedNodes(const GraphSpec& spec, std::size_t frozen);
/// The fixed nodes that others read: what a feature cache holds.
std::vector<std::size_t> featureNodes(const GraphSpec& spec, const std::vector<bool>& fixed);

/// For each node the learning rate's factor by training.fine_tune.per_block: that of the longest id it lies in, else 1.
std::vector<double> rateFactors(const GraphSpec& spec, const std::optional<FineTuneSettings>& fineTune);

} // namespace sightline
