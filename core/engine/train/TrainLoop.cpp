// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/TrainLoop.h"

#include <torch/types.h>

#include <chrono>

#include "support/Random.h"

namespace sightline::engine {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

LoopBatch batchOf(const FeedBatch& batch, const StepResult& result, const SampleResults* each,
                  Clock::time_point start) {
    return {batch.number + 1,    batch.size,    result.loss, static_cast<double>(result.right) / batch.size,
            secondsSince(start), batch.samples, each};
}

} // namespace

TrainLoop::TrainLoop(const TrainParts& parts, TrainState& state)
    : m_parts(parts), m_state(state), m_waitedBefore(state.soFar.waited) {
    if (m_parts.training)
        m_parts.training->startEpoch(static_cast<std::uint64_t>(state.epoch - 1), state.batch);
}

SampleResults* TrainLoop::wanted(const FeedBatch& batch) {
    return m_parts.follows && m_parts.follows(batch.samples) ? &m_each : nullptr;
}

std::optional<LoopBatch> TrainLoop::train(double learningRate) {
    if (!m_parts.training)
        return {};
    const Clock::time_point start = Clock::now();
    const std::optional<FeedBatch> batch = m_parts.training->next();
    if (!batch) {
        if (m_last && m_last->batch.number + 1 != static_cast<int>(m_parts.training->batchesPerEpoch()))
            m_last.reset(); // batches without readable images came after it
        return {};
    }
    // What the network draws is a function of seed and step, so that a resumed run drops the same units.
    m_parts.module.seedDraws(
        CounterRandom(m_parts.seed, RandomPurpose::Dropout, 0, static_cast<std::uint64_t>(m_state.step)).next32());
    SampleResults* const each = wanted(*batch);
    const StepResult result = trainStep(m_parts.module, m_parts.moments, m_parts.step, batch->input, batch->targets,
                                        learningRate, m_state.step + 1 - m_state.origin, each);
    m_last = {*batch, result.logits};
    const LoopBatch trained = batchOf(*batch, result, each, start);
    ++m_state.step;
    m_state.batch = trained.number;
    EpochSoFar& epoch = m_state.soFar;
    epoch.loss.add(trained.loss, trained.size);
    epoch.accuracy.add(trained.accuracy, trained.size);
    epoch.learningRate = learningRate;
    epoch.seconds += trained.seconds;
    epoch.waited = m_waitedBefore + m_parts.training->secondsWaited();
    return trained;
}

std::optional<LoopBatch> TrainLoop::validate() {
    if (!m_parts.validation)
        return {};
    const Clock::time_point start = Clock::now();
    if (!m_validates) {
        m_parts.validation->startEpoch(static_cast<std::uint64_t>(m_state.epoch - 1));
        m_validates = true;
    }
    const std::optional<FeedBatch> batch = m_parts.validation->next();
    if (!batch)
        return {};
    SampleResults* const each = wanted(*batch);
    const StepResult result = validationStep(m_parts.module, m_parts.step, batch->input, batch->targets.labels, each);
    const LoopBatch judged = batchOf(*batch, result, each, start);
    m_valLoss.add(judged.loss, judged.size);
    m_valAccuracy.add(judged.accuracy, judged.size);
    m_validationSeconds += judged.seconds;
    return judged;
}

EpochMetrics TrainLoop::metrics() const {
    const EpochSoFar& epoch = m_state.soFar;
    EpochMetrics metrics;
    metrics.epoch = m_state.epoch;
    metrics.loss = epoch.loss.mean();
    metrics.accuracy = epoch.accuracy.mean();
    if (m_valLoss.weight() > 0) {
        metrics.valLoss = m_valLoss.mean();
        metrics.valAccuracy = m_valAccuracy.mean();
    }
    metrics.learningRate = epoch.learningRate;
    metrics.seconds = epoch.seconds + m_validationSeconds;
    metrics.imagesPerSecond = epoch.seconds > 0 ? epoch.loss.weight() / epoch.seconds : 0;
    metrics.waitShare = epoch.seconds > 0 ? epoch.waited / epoch.seconds : 0;
    metrics.skippedImages = static_cast<int>(m_state.skipped.size());
    return metrics;
}

} // namespace sightline::engine
