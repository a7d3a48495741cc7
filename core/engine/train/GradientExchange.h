// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/module/GraphModule.h"
#include "engine/train/HostSums.h"
#include "engine/train/Ranks.h"

namespace sightline::engine {

/// Sums a module's gradients over all processes while the backward pass goes on: they are gathered in one flat buffer,
/// in stretches of some megabytes from the last layer to the first, each summed as soon as it is full (as PyTorch's
/// DistributedDataParallel; Li et al., VLDB 2020). Processes of one machine sum them after it, in memory that they
/// share (HostSums).
class GradientExchange {
public:
    /// For what the module trains now: after enableTraining() another one is needed. Both outlive this.
    GradientExchange(GraphModule& module, Ranks& ranks);
    ~GradientExchange();
    GradientExchange(const GradientExchange&) = delete;
    GradientExchange& operator=(const GradientExchange&) = delete;

    /// Before a backward pass.
    void begin();
    /// After it: waits for the sums and gives them, times `factor`. Valid until begin(). `mayChange`: whether they will
    /// be changed where they lie.
    std::vector<GraphModule::Stretch> finish(double factor, bool mayChange);

private:
    struct Place {
        torch::Tensor weight, gradient; ///< `gradient`: a view of the flat buffer
        std::size_t stretch = 0;
        unsigned hook = 0;
        bool arrived = false;
    };
    struct Stretch {
        std::int64_t begin = 0, count = 0;
        std::size_t places = 0, missing = 0;
        std::unique_ptr<Ranks::Pending> sum;
    };
    void arrive(Place& place, const torch::Tensor* gradient);
    void sumFullOnes();
    void addSums(const GraphModule::Stretch& more);
    std::vector<GraphModule::Stretch> copied();

    Ranks& m_ranks;
    std::unique_ptr<HostSums> m_host; ///< null: sums go through the ranks' connections
    bool m_isClaimed = false;         ///< since begin(): nobody reads m_host any more
    torch::Tensor m_flat;             ///< all gradients, in the order of the weights
    std::vector<Place> m_places;
    std::vector<Stretch> m_stretches; ///< the last weights first
    std::size_t m_next = 0;           ///< stretch to be summed
    std::vector<GraphModule::Stretch> m_sums;
    std::vector<float> m_own; ///< a copy of the sums, where they are changed
};

} // namespace sightline::engine
