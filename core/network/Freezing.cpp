// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/Freezing.h"

#include <algorithm>
#include <unordered_map>

namespace sightline {

namespace {

bool isRandom(Op op) {
    return op == Op::Dropout || op == Op::RandomCrop || op == Op::RandomContrast;
}

/// "layer4.1.conv2" lies in "layer4" and in "layer4.1.conv2", not in "lay".
bool liesIn(const std::string& node, const std::string& block) {
    return node == block || (node.starts_with(block) && node[block.size()] == '.');
}

std::string blockId(const std::string& node) {
    const std::size_t first = node.find('.');
    return first == std::string::npos ? node : node.substr(0, node.find('.', first + 1));
}

/// The first node that fine_tune.unfreeze names; nothing where it names none.
std::optional<std::size_t> firstUnfrozen(const GraphSpec& spec, const std::string& unfreeze) {
    if (unfreeze == "all")
        return 0;
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        if (liesIn(spec.nodes[i].id, unfreeze))
            return i;
    }
    return {};
}

std::string blockNames(const GraphSpec& spec) {
    std::string names;
    for (const NodeBlock& block : blocksOf(spec))
        names += (names.empty() ? "" : ", ") + block.id;
    return names;
}

} // namespace

std::vector<NodeBlock> blocksOf(const GraphSpec& spec) {
    std::vector<NodeBlock> blocks;
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        const Node& node = spec.nodes[i];
        if (!hasWeights(node.op))
            continue;
        const std::string id = blockId(node.id);
        const bool joins =
            !blocks.empty() && (blocks.back().id == id || (node.op != Op::Conv2d && node.op != Op::Dense));
        if (joins)
            blocks.back().last = i;
        else
            blocks.push_back({id, i, i});
    }
    return blocks;
}

Result<std::size_t> frozenNodes(const GraphSpec& spec, const std::string& freeze) {
    if (freeze == "none")
        return std::size_t{0};
    std::size_t count = 0;
    if (freeze == "base")
        count = baseEnd(spec);
    for (std::size_t i = 0; i < spec.nodes.size() && freeze != "base"; ++i) {
        if (liesIn(spec.nodes[i].id, freeze))
            count = i + 1;
    }
    for (const NodeBlock& block : blocksOf(spec)) { // with a batch-norm of another name
        if (block.id == freeze)
            count = std::max(count, block.last + 1);
    }
    if (count == 0)
        return badInput("model.freeze: the network " + spec.name +
                        (freeze == "base" ? " has no convolutional base to freeze."
                                          : " has no node '" + freeze + "'; its blocks are " + blockNames(spec) + "."));
    const bool trains = std::any_of(spec.nodes.begin() + static_cast<std::ptrdiff_t>(count), spec.nodes.end(),
                                    [](const Node& node) { return hasWeights(node.op); });
    if (!trains)
        return badInput("model.freeze: '" + freeze + "' leaves nothing to train in " + spec.name + ".");
    return count;
}

FreezePlan freezePlan(const GraphSpec& spec, const std::string& freeze, const std::optional<FineTuneSettings>& fineTune,
                      int epoch) {
    const Result<std::size_t> atFirst = frozenNodes(spec, freeze);
    FreezePlan plan{atFirst ? *atFirst : 0, 1};
    if (!fineTune || epoch < fineTune->atEpoch)
        return plan;
    plan.rateFactor = fineTune->learningRateFactor;
    const std::size_t end = firstUnfrozen(spec, fineTune->unfreeze).value_or(0);
    if (fineTune->gradual == 0) {
        plan.frozen = std::min(plan.frozen, end);
        return plan;
    }
    std::vector<std::size_t> starts; // of the blocks to thaw, the last of the network first
    for (const NodeBlock& block : blocksOf(spec)) {
        if (block.first >= end && block.first < plan.frozen)
            starts.insert(starts.begin(), block.first);
    }
    const auto thawed = static_cast<std::size_t>(1 + (epoch - fineTune->atEpoch) / fineTune->gradual);
    plan.frozen = thawed >= starts.size() ? std::min(plan.frozen, end) : starts[thawed - 1];
    return plan;
}

std::vector<Problem> freezingProblems(const GraphSpec& spec, const Experiment& experiment) {
    std::vector<Problem> found;
    const Result<std::size_t> frozen = frozenNodes(spec, experiment.model.freeze);
    if (!frozen) {
        const std::string& message = frozen.error().message;
        return {{"model.freeze", message.substr(message.find(": ") + 2)}};
    }
    if (const auto& fineTune = experiment.training.fineTune) {
        const std::optional<std::size_t> first = firstUnfrozen(spec, fineTune->unfreeze);
        if (!first)
            found.push_back({"training.fine_tune.unfreeze",
                             "does not name a node of " + spec.name + "; its blocks are " + blockNames(spec)});
        else if (*first >= *frozen)
            found.push_back({"training.fine_tune.unfreeze",
                             "'" + fineTune->unfreeze +
                                 "' is not frozen, so there is nothing to unfreeze; model.freeze says what is"});
        for (const auto& [block, rate] : fineTune->perBlock) {
            if (std::none_of(spec.nodes.begin(), spec.nodes.end(),
                             [&](const Node& node) { return liesIn(node.id, block); }))
                found.push_back({"training.fine_tune.per_block." + block, "is not a node or block of " + spec.name});
        }
    }
    if (experiment.training.cacheFeatures) {
        for (const Node& node : spec.nodes) {
            if (node.op == Op::RandomCrop || node.op == Op::RandomContrast)
                found.push_back(
                    {"training.cache_features",
                     node.id + " (" + nameOf(node.op) +
                         ") changes the images every epoch, so their features cannot be cached; set it to false"});
        }
    }
    return found;
}

std::vector<bool> fixedNodes(const GraphSpec& spec, std::size_t frozen) {
    std::unordered_map<std::string, std::size_t> position;
    std::vector<bool> fixed(spec.nodes.size(), false);
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        const Node& node = spec.nodes[i];
        position[node.id] = i;
        const bool restsOnFixed = std::all_of(node.inputs.begin(), node.inputs.end(),
                                              [&](const std::string& input) { return fixed[position.at(input)]; });
        // A frozen dropout is off; a random crop goes on, wherever it stands.
        const bool still = i < frozen ? node.op != Op::RandomCrop && node.op != Op::RandomContrast
                                      : !hasWeights(node.op) && !isRandom(node.op);
        fixed[i] = frozen > 0 && restsOnFixed && still;
    }
    return fixed;
}

std::vector<std::size_t> featureNodes(const GraphSpec& spec, const std::vector<bool>& fixed) {
    std::unordered_map<std::string, std::size_t> position;
    std::vector<bool> read(spec.nodes.size(), false);
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        position[spec.nodes[i].id] = i;
        for (const std::string& input : spec.nodes[i].inputs) {
            if (!fixed[i])
                read[position.at(input)] = true;
        }
    }
    for (const Output& output : spec.outputs)
        read[position.at(output.node)] = true;
    std::vector<std::size_t> features;
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        if (fixed[i] && read[i])
            features.push_back(i);
    }
    return features;
}

std::vector<double> rateFactors(const GraphSpec& spec, const std::optional<FineTuneSettings>& fineTune) {
    std::vector<double> rates(spec.nodes.size(), 1);
    if (!fineTune || fineTune->perBlock.empty())
        return rates;
    std::vector<const std::string*> owner(spec.nodes.size(),
                                          nullptr); // the block that a batch-norm of another name belongs to
    const std::vector<NodeBlock> blocks = blocksOf(spec);
    for (const NodeBlock& block : blocks)
        std::fill(owner.begin() + static_cast<std::ptrdiff_t>(block.first),
                  owner.begin() + static_cast<std::ptrdiff_t>(block.last) + 1, &block.id);
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        std::size_t longest = 0;
        for (const auto& [block, factor] : fineTune->perBlock) {
            if ((liesIn(spec.nodes[i].id, block) || (owner[i] && *owner[i] == block)) && block.size() >= longest) {
                longest = block.size();
                rates[i] = factor;
            }
        }
    }
    return rates;
}

} // namespace sightline
