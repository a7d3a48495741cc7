// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RunRecorder.h"

#include <torch/types.h>

#include <utility>

#include "engine/train/Divergence.h"
#include "experiment/MonitorWords.h"

namespace sightline::engine {

void RunRecorder::begin(std::function<bool(const Error&)> tryAgain) {
    m_tryAgain = std::move(tryAgain);
    m_checkpoints = RunCheckpoints(m_setup.folder->path());
}

void RunRecorder::beginLearning() {
    if (const std::string note =
            m_learning.begin(m_setup, m_state.isWithinEpoch() ? m_state.epoch : m_state.finished());
        !note.empty())
        m_reporter.report(RunNote{note});
}

void RunRecorder::feedsOpened() {
    for (SkippedImages* told : {&m_skipped, &m_skippedValidation})
        told->feedOpened();
}

void RunRecorder::tellSkipped(bool atOnce) {
    const auto now = Clock::now();
    if (!atOnce && now - m_toldSkipped < std::chrono::seconds(1))
        return;
    m_toldSkipped = now;
    const auto tell = [&](const std::unique_ptr<Feed>& feed, const std::vector<SkippedImage>& skipped,
                          SkippedImages& told) {
        if (feed)
            for (const std::string& note : told.news(skipped, feed->images(), m_setup.dataset))
                m_reporter.report(RunNote{note});
    };
    const auto skippedBy = [&](const std::unique_ptr<Feed>& feed, const std::vector<SkippedImage>& byAll) {
        return m_setup.ranks ? byAll : feed ? feed->skipped() : std::vector<SkippedImage>();
    };
    const std::vector<SkippedImage> skipped = skippedBy(m_setup.trainFeed, m_setup.trainSkips);
    tell(m_setup.trainFeed, skipped, m_skipped);
    tell(m_setup.validationFeed, skippedBy(m_setup.validationFeed, m_setup.validationSkips), m_skippedValidation);
    for (const SkippedImage& image : skipped)
        m_state.skipped.insert(m_setup.dataset.samples[image.sample].path);
}

void RunRecorder::record(const LoopBatch& batch) {
    if (batch.each)
        m_learning.record(m_state.epoch, batch.samples, *batch.each);
}

bool RunRecorder::isSaveDue() const {
    const double minutes = m_setup.experiment.training.saveEveryMinutes;
    return minutes > 0 && Clock::now() - m_saved >= std::chrono::duration<double, std::ratio<60>>(minutes);
}

Result<void> RunRecorder::persistently(const std::function<Result<void>()>& write) {
    for (;;) {
        const auto start = Clock::now();
        Result<void> written = write();
        if (written)
            m_secondsWriting += std::chrono::duration<double>(Clock::now() - start).count();
        if (written || !m_tryAgain(written.error()))
            return written ? written : unwritten(written.error(), m_setup.folder->path());
    }
}

Result<void> RunRecorder::saveHere() {
    if (!m_setup.module->isFinite())
        return Error{"The weights became infinite or not a number in epoch " + std::to_string(m_state.epoch) +
                     "; they are not saved." + keptCheckpoint(m_setup) + " Try a smaller learning rate."};
    tellSkipped(true);
    m_secondsWriting = 0;
    tellUnkept(m_learning.write()); // before the checkpoint: what is later than that is forgotten
    if (const Result<void> saved = persistently([this] { return saveLast(); }); !saved)
        return saved;
    m_reporter.time().saveTook(m_secondsWriting);
    m_reporter.report(CheckpointSaved{m_state.epoch, "checkpoints/last.safetensors", false, m_state.batch});
    return {};
}

Result<void> RunRecorder::saveLast() {
    const Result<std::string> saved =
        m_checkpoints.saveLast(*m_setup.module, m_moments, toJson(m_state, m_setup.experiment));
    m_saved = Clock::now();
    if (saved)
        m_savedStep = m_state.step;
    return saved ? Result<void>() : saved.error();
}

Result<void> RunRecorder::keepEpoch(const EpochVerdict& verdict) {
    m_secondsWriting = 0;
    if (const Result<void> written = persistently([this] { return m_setup.folder->writeHistory(m_state.history); });
        !written)
        return written;
    tellUnkept(m_learning.keepEpoch(m_state.finished()));
    if (const Result<void> written = persistently([&] { return keepWeights(verdict); }); !written)
        return written;
    static_cast<void>(m_setup.store->refresh(*m_setup.folder)); // the index only
    return {};
}

/// A run does not end because this cannot be written.
void RunRecorder::tellUnkept(const Result<void>& written) {
    if (!written && !m_toldLearning)
        m_reporter.report(RunNote{"The learning history is not kept: " + written.error().message});
    m_toldLearning = m_toldLearning || !written;
}

Result<void> RunRecorder::keepWeights(const EpochVerdict& verdict) {
    const GraphModule& module = *m_setup.module;
    const int epoch = m_state.finished();
    if (verdict.keepWeights)
        if (const Result<void> kept = m_checkpoints.keepForEarlyStopping(module, epoch); !kept)
            return kept;
    const Json state = toJson(m_state, m_setup.experiment);
    if (verdict.best) {
        const Result<std::string> saved = m_checkpoints.saveBest(module, m_moments, state);
        if (!saved)
            return saved.error();
        m_reporter.report(CheckpointSaved{epoch, *saved, true});
    }
    const auto& checkpoint = m_setup.experiment.training.checkpoint;
    if (checkpoint && checkpoint->keepEvery > 0 && epoch % checkpoint->keepEvery == 0) {
        const Result<std::string> saved = m_checkpoints.saveEpoch(module, m_moments, state, epoch);
        if (!saved)
            return saved.error();
        m_reporter.report(CheckpointSaved{epoch, *saved, false});
    }
    return saveLastOfEpoch();
}

Result<void> RunRecorder::saveLastOfEpoch() {
    const Result<void> saved = saveLast();
    if (saved)
        m_reporter.report(CheckpointSaved{m_state.finished(), "checkpoints/last.safetensors", false});
    return saved;
}

Result<void> RunRecorder::keepLast() {
    return persistently([this] { return saveLastOfEpoch(); });
}

Ending RunRecorder::restoreBest() {
    const auto& stopping = m_setup.experiment.training.earlyStopping;
    if (!m_checkpoints.hasEarlyStopping() || !stopping || !stopping->restoreBestWeights)
        return {};
    Result<void> restored = m_checkpoints.loadEarlyStopping(*m_setup.module);
    if (restored)
        do {
            restored = m_checkpoints.saveRestored(*m_setup.module);
        } while (!restored && m_tryAgain(restored.error()));
    if (!restored)
        return failed(
            unwritten({"The best weights could not be restored: " + restored.error().message, restored.error().kind},
                      m_setup.folder->path()));
    m_reporter.report(RunNote{"The weights with the best " + spokenMonitor(stopping->monitor) + " were restored."});
    return {};
}

void RunRecorder::end() {
    static_cast<void>(m_learning.end(m_state.isWithinEpoch() ? m_state.epoch : m_state.finished()));
}

} // namespace sightline::engine
