// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "network/GraphSpec.h"

namespace sightline {

/// How one family of files names the tensors of a network. Values lie in the same order under every name (SPEC 3.2).
struct WeightNaming {
    std::string family;              ///< "node ids", "torchvision", "timm"
    std::vector<TensorSpec> tensors; ///< parallel to tensorsOf(): the family's names and shapes
    /// What the family's batch-norms add to the variance, where that is not the graph's own.
    std::optional<double> batchNormEpsilon;
};

/// The namings a network's files come in, node ids first. Only networks of the zoo have more than that one.
std::vector<WeightNaming> weightNamings(const GraphSpec& spec, const std::vector<TensorSpec>& tensors);

/// How the tensors of a file meet those of a network.
struct WeightMatch {
    WeightNaming naming;              ///< the family with most of its names in the file
    std::vector<std::size_t> missing; ///< positions in naming.tensors
    struct Misfit {
        std::size_t tensor = 0; ///< position in naming.tensors
        Shape found;
    };
    std::vector<Misfit> misfits;         ///< there, but of another shape than the network's and the family's
    std::vector<std::string> unexpected; ///< names in the file that no tensor has; counters of batches do not count

    bool isComplete() const { return missing.empty() && misfits.empty(); }
};

/// `file`: names and shapes as the file has them.
WeightMatch matchWeights(const GraphSpec& spec, const std::vector<TensorSpec>& tensors,
                         const std::vector<TensorSpec>& file);

/// One sentence on the first fault: the tensor as the file names it, and both shapes; then how many more there are.
std::string describeFault(const WeightMatch& match, const std::string& file, const std::string& network);

} // namespace sightline
