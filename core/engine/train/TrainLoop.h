// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "engine/train/Compute.h"
#include "engine/train/Feed.h"
#include "engine/train/RankSteps.h"
#include "engine/train/TrainState.h"

namespace sightline::engine {

/// What is trained, and where its batches come from. All outlive the loop.
struct TrainParts {
    GraphModule& module;
    Moments& moments;
    const StepSettings& step;
    Feed* training = nullptr;   ///< null: it is only judged
    Feed* validation = nullptr; ///< null: there is none
    std::uint64_t seed = 0;     ///< of what the network draws
    /// Whether it matters what becomes of each of these samples (indices into Dataset::samples).
    std::function<bool(std::span<const std::uint32_t>)> follows = {};
    RankSteps* ranks = nullptr; ///< where several processes train: the feeds give this one's parts
};

/// One batch, after it was trained or judged; of several processes, the whole of it.
struct LoopBatch {
    int number = 0; ///< place in the epoch's order, from 1
    int size = 0;
    double loss = 0, accuracy = 0;
    double seconds = 0; ///< waiting for it included
    // Valid until the next call:
    std::span<const std::uint32_t> samples; ///< indices into Dataset::samples
    const SampleResults* each = nullptr;    ///< of `samples`, where one of them is followed
    bool wishesToStop = false;              ///< a person stopped one of several processes
};

/// The batch trained last (of several processes, this one's part), and what the network said of it before the step.
struct TrainedBatch {
    FeedBatch batch;
    torch::Tensor logits; ///< [N, classes]
};

/// Advances a TrainState through the epoch under way, batch by batch. It knows neither files nor events: whoever drives
/// it records what it gives.
class TrainLoop {
public:
    /// Goes on where `state` stands, in the middle of an epoch too. `state` outlives this.
    TrainLoop(const TrainParts& parts, TrainState& state);

    /// Trains the next batch of the epoch under way; nothing at its end. Where the loss is not finite the weights stay
    /// as they were.
    std::optional<LoopBatch> train(double learningRate);
    /// After the last batch: judges the next validation batch; nothing at the end, or without validation images.
    std::optional<LoopBatch> validate();
    /// The batch that train() trained last, also at the end of the epoch; null before the first. Valid as long as the
    /// feed is.
    const TrainedBatch* last() const { return m_last ? &*m_last : nullptr; }
    /// What the epoch came to.
    EpochMetrics metrics() const;

private:
    SampleResults* wanted(const FeedBatch& batch);
    WholeBatch trained(const FeedBatch& batch, double learningRate);
    WholeBatch judged(const FeedBatch& batch);

    TrainParts m_parts;
    TrainState& m_state;
    SampleResults m_each;
    std::optional<TrainedBatch> m_last;
    double m_waitedBefore = 0; ///< in the epoch, before this loop took over
    bool m_validates = false;
    RunningMean m_valLoss, m_valAccuracy;
    double m_validationSeconds = 0;
};

} // namespace sightline::engine
