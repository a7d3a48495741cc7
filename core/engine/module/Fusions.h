// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/module/NormKernels.h"
#include "network/GraphSpec.h"

namespace sightline::engine {

/// A batch-norm with what follows it: maybe a sum with `other`, maybe an activation. Numbers are indices into the
/// nodes.
struct NormFusion {
    std::vector<std::size_t> nodes;   ///< the batch-norm first; the last one's value is the whole's
    std::optional<std::size_t> other; ///< what is added
    NormActivation activation = NormActivation::None;
};

/// Which nodes can be computed in one pass, since nobody else reads what lies between them.
class Fusions {
public:
    Fusions() = default; ///< of no nodes
    /// `uses`: how many nodes and outputs read each node.
    Fusions(const GraphSpec& spec, const std::vector<std::vector<std::size_t>>& inputs,
            const std::vector<std::size_t>& uses);
    /// The one that ends at a node; null: none does.
    const NormFusion* endingAt(std::size_t node) const { return m_ending[node] ? &*m_ending[node] : nullptr; }
    /// Whether a node is a ReLU that the maximum pooling after it computes as well.
    bool isCutByPool(std::size_t node) const { return m_cutByPool[node]; }
    /// The one that a node is part of without being its end; null: none.
    const NormFusion* around(std::size_t node) const {
        return m_endOf[node] == node ? nullptr : endingAt(m_endOf[node]);
    }

private:
    std::vector<std::optional<NormFusion>> m_ending;
    std::vector<std::size_t> m_endOf; ///< itself: not inside one
    std::vector<bool> m_cutByPool;
};

} // namespace sightline::engine
