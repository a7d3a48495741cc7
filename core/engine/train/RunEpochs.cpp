// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RunEpochs.h"

#include <torch/types.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "engine/train/Divergence.h"
#include "engine/train/RankAgreement.h"
#include "engine/train/RankSkips.h"

namespace sightline::engine {

double RunEpochs::rateAt(std::int64_t step) const {
    if (m.state.callbacks.reducesRate())
        return m.state.baseRate;
    return scheduledRate(experiment().training.schedule, m.state.baseRate, experiment().training.epochs,
                         m.setup.batchesPerEpoch(), step);
}

Ending RunEpochs::train(const Resumed* from) {
    if (from && m.state.isTrained(experiment().training.epochs))
        return endTrained(*from);
    m_isFirst = from != nullptr;
    // First as the batch before was, so that a resumed run sees the same changes.
    const Experiment& before = from ? from->before : experiment();
    const int last = m.state.isWithinEpoch() ? m.state.epoch : std::max(1, m.state.finished());
    if (const Result<void> ready = m.steering.follow(last, before); !ready)
        return unready(ready.error(), beforeEpoch(m.state.epoch));
    while (m.state.epoch <= experiment().training.epochs) {
        if (const auto ending = m.steering.beforeEpoch())
            return *ending;
        if (const Result<void> ready = m.steering.follow(m.state.epoch, experiment()); !ready)
            return unready(ready.error(), beforeEpoch(m.state.epoch));
        if (const auto ending = trainEpoch())
            return *ending;
    }
    return {};
}

/// It was killed before it could say so, maybe before the last epoch's weights had their name.
Ending RunEpochs::endTrained(const Resumed& from) {
    if (keeps() && !from.isLast)
        if (const Result<void> kept = m.recorder.keepLast(); !kept)
            return failed(kept.error());
    return {RunEnded::Outcome::Completed, m.state.stoppedEarly ? m.state.callbacks.whyStopped() : std::string(),
            ErrorKind::Failed};
}

void RunEpochs::enterEpoch() {
    m_steps.reset();
    if (m.setup.ranks)
        m_steps.emplace(RankSteps::Parts{*m.setup.module, *m.setup.ranks, experiment().training.syncBatchNorm,
                                         [this] { return m.stop.stop_requested(); }});
    m_loop.emplace(TrainParts{*m.setup.module, m.moments, m.setup.step, m.setup.trainFeed.get(),
                              m.setup.validationFeed.get(), experiment().seed,
                              [this](std::span<const std::uint32_t> samples) { return m.recorder.follows(samples); },
                              m_steps ? &*m_steps : nullptr},
                   m.state);
}

std::optional<Ending> RunEpochs::trainEpoch() {
    enterEpoch();
    if (const auto ending = trainBatches())
        return ending;
    if (const auto ending = validate())
        return ending;
    return endEpoch(m_loop->metrics());
}

std::optional<Ending> RunEpochs::trainBatches() {
    while (const auto batch = m_loop->train(rateAt(m.state.step) * m.steering.rateFactor())) {
        const bool isFirst = std::exchange(m_isFirst, false);
        if (!std::isfinite(batch->loss))
            return diverged(batch->loss, isFirst);
        if (keeps()) {
            record(*batch);
            reportBatch(*batch);
            m.recorder.tellSkipped(false);
        }
        if (const auto ending = m.steering.betweenBatches(true))
            return ending;
    }
    return endTraining();
}

/// Of the weights that the batch found: no other settings help a checkpoint that has them.
Ending RunEpochs::diverged(double loss, bool isFirst) {
    const bool areKept = isFirst || m.recorder.savedStep() == m.state.step - 1;
    return lossDiverged(loss, m.setup, m.state.place(), isFirst,
                        keeps() && areKept ? m.recorder.checkpoints().dropLast() : std::nullopt);
}

/// What is known once all batches of an epoch are trained.
std::optional<Ending> RunEpochs::endTraining() {
    if (m.setup.ranks) {
        shareStatistics(*m.setup.ranks, *m.setup.module);
        m.setup.trainSkips = skippedByAll(*m.setup.ranks, m.setup.trainFeed->skipped());
    }
    if (keeps())
        m.recorder.tellSkipped(true);
    if (m.state.soFar.loss.weight() == 0)
        return failed(badInput("None of the training images can be read."));
    if (const std::string note = m.setup.trainFeed->note(); !std::exchange(m_toldFeed, true) && !note.empty())
        m.reporter.report(RunNote{note});
    if (!m.setup.module->isFinite())
        return weightsDiverged(m.state.epoch, m.setup);
    return {};
}

void RunEpochs::record(const LoopBatch& batch) {
    if (batch.wishesToStop)
        m.control.post({TrainCommand::Kind::Stop});
    m.recorder.record(batch);
}

void RunEpochs::reportBatch(const LoopBatch& batch) {
    const EpochSoFar& epoch = m.state.soFar;
    BatchFinished finished{m.state.epoch,     batch.number,         0, batch.loss, batch.accuracy,
                           epoch.loss.mean(), epoch.accuracy.mean()};
    finished.waitShare = epoch.seconds > 0 ? epoch.waited / epoch.seconds : 0;
    finished.loaderThreads = m.setup.trainFeed->loaderThreads();
    m.reporter.reportBatch(finished, batch.size, batch.seconds);
}

std::optional<Ending> RunEpochs::validate() {
    m_secondsAfterEpoch = 0;
    while (const auto batch = m_loop->validate()) {
        m_secondsAfterEpoch += batch->seconds;
        if (keeps())
            record(*batch);
        if (const auto ending = m.steering.betweenBatches(false))
            return ending;
    }
    if (m.setup.ranks && m.setup.validationFeed)
        m.setup.validationSkips = skippedByAll(*m.setup.ranks, m.setup.validationFeed->skipped());
    if (keeps())
        m.recorder.tellSkipped(true);
    return {};
}

/// The callbacks have their say, and all is kept.
std::optional<Ending> RunEpochs::endEpoch(const EpochMetrics& metrics) {
    const TrainingSettings then = experiment().training;
    const EpochVerdict verdict = m.state.endEpoch(metrics);
    const Result<void> kept = keeps() ? keepEpoch(metrics, verdict) : Result<void>();
    const auto ending = m.steering.afterEpoch(kept, [&] { return decideAfterEpoch(verdict, then); });
    m.state.stoppedEarly = m.state.stoppedEarly && m.state.callbacks.stillStops(verdict, then);
    return ending;
}

std::optional<Ending> RunEpochs::decideAfterEpoch(const EpochVerdict& verdict, const TrainingSettings& then) {
    const bool stops = m.state.callbacks.stillStops(verdict, then);
    if (m.state.stoppedEarly && !stops) { // an edit that came during the validation saved it
        m.state.stoppedEarly = false;
        if (const Result<void> kept = m.recorder.keepLast(); !kept)
            return failed(kept.error());
    }
    if (stops)
        return Ending{RunEnded::Outcome::Completed, verdict.stop, ErrorKind::Failed};
    if (m.state.epoch <= experiment().training.epochs && (m.stop.stop_requested() || m.control.stopsAfterEpoch()))
        return stopped("after epoch " + std::to_string(m.state.finished()));
    return {};
}

Result<void> RunEpochs::keepEpoch(const EpochMetrics& metrics, const EpochVerdict& verdict) {
    const auto& stopping = experiment().training.earlyStopping;
    m.reporter.report(EpochFinished{metrics, verdict.best, verdict.bestEpoch, verdict.patienceUsed, verdict.patience,
                                    stopping ? stopping->monitor : std::string()});
    if (verdict.change)
        m.reporter.report(*verdict.change);
    if (const Result<void> kept = m.recorder.keepEpoch(verdict); !kept)
        return kept;
    const auto start = std::chrono::steady_clock::now();
    drawProbes(metrics,
               !verdict.stop.empty() || m.state.epoch > experiment().training.epochs || m.control.stopsAfterEpoch());
    m.reporter.time().epochEndTook(m_secondsAfterEpoch + m.recorder.secondsWriting() +
                                   std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    return {};
}

void RunEpochs::drawProbes(const EpochMetrics& metrics, bool isLast) {
    const ProbeDrawer::Drawn drawn = m_probes.epochEnded(m.setup, metrics.epoch, metrics.seconds, isLast, m.stop);
    for (const std::string& note : drawn.notes)
        m.reporter.report(RunNote{note});
    if (drawn.event)
        m.reporter.report(*drawn.event);
}

} // namespace sightline::engine
