// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/module/SyncBatchNorm.h"
#include "engine/train/Compute.h"
#include "engine/train/Feed.h"
#include "engine/train/GradientExchange.h"
#include "engine/train/Ranks.h"

namespace sightline::engine {

/// What a batch came to; of several processes, the whole of it, the same on each.
struct WholeBatch {
    StepResult result; ///< logits: of this process's part
    int size = 0;      ///< images that were read
    // Valid until the next batch:
    std::span<const std::uint32_t> samples;
    const SampleResults* each = nullptr; ///< of `samples`
    bool wishesToStop = false;           ///< a person stopped one of the processes
};

/// The steps of a training by several processes, each with its part of the batch. Every image weighs the same, and the
/// weights stay the same on every rank, bit for bit.
///
/// A part without images computes a blank one that weighs nothing, so that all processes do the same in the same order.
class RankSteps {
public:
    struct Parts {
        GraphModule& module;
        Ranks& ranks;
        bool syncBatchNorm = false;
        std::function<bool()> wishesToStop; ///< whether a person stopped this process
    };
    /// For what the module trains now. All outlive this.
    explicit RankSteps(const Parts& parts);
    ~RankSteps();
    RankSteps(const RankSteps&) = delete;
    RankSteps& operator=(const RankSteps&) = delete;

    int rank() const { return m_parts.ranks.rank(); }
    /// As trainStep(), for a batch of all processes.
    WholeBatch train(Moments& moments, const StepSettings& settings, const FeedBatch& batch, double learningRate,
                     std::int64_t number);
    /// As validationStep().
    WholeBatch judge(const StepSettings& settings, const FeedBatch& batch);

private:
    WholeBatch gathered(const FeedBatch& batch, const StepResult& mine, const SampleResults& each);

    Parts m_parts;
    GradientExchange m_gradients;
    BatchNormSums m_batchNormSums;
    std::vector<std::uint32_t> m_samples; ///< of the last batch
    SampleResults m_each;
};

} // namespace sightline::engine
