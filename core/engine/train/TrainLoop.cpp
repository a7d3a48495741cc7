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

LoopBatch batchOf(const FeedBatch& batch, const WholeBatch& whole, Clock::time_point start) {
    return {batch.number + 1,    whole.size,    whole.result.loss, static_cast<double>(whole.result.right) / whole.size,
            secondsSince(start), whole.samples, whole.each,        whole.wishesToStop};
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

WholeBatch TrainLoop::trained(const FeedBatch& batch, double learningRate) {
    // What the network draws is a function of seed and step, so that a resumed run drops the same units; each process
    // draws for itself.
    m_parts.module.seedDraws(CounterRandom(m_parts.seed, RandomPurpose::Dropout,
                                           m_parts.ranks ? static_cast<std::uint64_t>(m_parts.ranks->rank()) : 0,
                                           static_cast<std::uint64_t>(m_state.step))
                                 .next32());
    const std::int64_t number = m_state.step + 1 - m_state.origin;
    if (m_parts.ranks)
        return m_parts.ranks->train(m_parts.moments, m_parts.step, batch, learningRate, number);
    SampleResults* const each = wanted(batch);
    return {trainStep(m_parts.module, m_parts.moments, m_parts.step, batch.input, batch.targets, learningRate, number,
                      each),
            batch.size, batch.samples, each};
}

std::optional<LoopBatch> TrainLoop::train(double learningRate) {
    if (!m_parts.training)
        return {};
    const Clock::time_point start = Clock::now();
    std::optional<FeedBatch> batch;
    WholeBatch whole;
    while (whole.size == 0) { // of a part the others may have images
        batch = m_parts.training->next();
        if (!batch) {
            if (m_last && m_last->batch.number + 1 != static_cast<int>(m_parts.training->batchesPerEpoch()))
                m_last.reset(); // batches without readable images came after it
            return {};
        }
        whole = trained(*batch, learningRate);
    }
    m_last = {*batch, whole.result.logits};
    const LoopBatch trained = batchOf(*batch, whole, start);
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

WholeBatch TrainLoop::judged(const FeedBatch& batch) {
    if (m_parts.ranks)
        return m_parts.ranks->judge(m_parts.step, batch);
    SampleResults* const each = wanted(batch);
    return {validationStep(m_parts.module, m_parts.step, batch.input, batch.targets.labels, each), batch.size,
            batch.samples, each};
}

std::optional<LoopBatch> TrainLoop::validate() {
    if (!m_parts.validation)
        return {};
    const Clock::time_point start = Clock::now();
    if (!m_validates) {
        m_parts.validation->startEpoch(static_cast<std::uint64_t>(m_state.epoch - 1));
        m_validates = true;
    }
    std::optional<FeedBatch> batch;
    WholeBatch whole;
    while (whole.size == 0) {
        batch = m_parts.validation->next();
        if (!batch)
            return {};
        whole = judged(*batch);
    }
    const LoopBatch judged = batchOf(*batch, whole, start);
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
