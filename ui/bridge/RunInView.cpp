// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/RunInView.h"

#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "experiment/EditSettings.h"
#include "store/RunEvents.h"

namespace sightline::ui {

namespace {

constexpr qint64 kBatchIntervalMs = 40; ///< 25 a second

} // namespace

void RunInView::show(ReadRun read) {
    m_run = std::move(read.run);
    m_progress = std::move(read.progress);
    m_lastBatch.invalidate();
}

bool RunInView::begin(const RunStarted& started) {
    m_progress.batchesPerEpoch = started.batchesPerEpoch;
    const auto isTrainedAnew = [&](const EpochMetrics& epoch) { return epoch.epoch >= started.firstEpoch; };
    const bool goesBack = std::erase_if(m_progress.history, isTrainedAnew) > 0;
    m_progress.learningRateChanges = rateChanges(m_progress.experiment, m_progress.history);
    m_progress.patience.begin();
    return goesBack;
}

void RunInView::hear(const TrainEvent& event) {
    if (const auto* batch = std::get_if<BatchFinished>(&event)) {
        onBatch(*batch);
    } else if (const auto* epoch = std::get_if<EpochFinished>(&event)) {
        onEpoch(*epoch);
    } else if (const auto* change = std::get_if<LearningRateChanged>(&event)) {
        m_progress.learningRateChanges.push_back(*change);
        Q_EMIT learningRateChanged(*change);
    } else if (const auto* probes = std::get_if<ProbesDrawn>(&event)) {
        Q_EMIT probesDrawn(*probes);
    } else if (const auto* note = std::get_if<RunNote>(&event)) {
        onNote(*note);
    }
}

void RunInView::end(const RunEnded& end) {
    if (m_run && m_run->folder == end.folder)
        m_progress.ended = end;
}

void RunInView::onBatch(const BatchFinished& batch) {
    if (m_lastBatch.isValid() && m_lastBatch.elapsed() < kBatchIntervalMs)
        return;
    m_lastBatch.start();
    Q_EMIT batchFinished(batch);
}

void RunInView::onEpoch(const EpochFinished& epoch) {
    m_progress.history.push_back(epoch.metrics);
    m_progress.bestEpoch = epoch.bestEpoch;
    m_progress.patience = {epoch.patienceUsed, epoch.patience, epoch.monitor};
    Q_EMIT epochFinished(epoch);
}

void RunInView::onNote(const RunNote& note) {
    m_progress.notes.push_back(note.message);
    const std::optional<RecordedEdit> edit = editOf(note.event);
    if (!edit) {
        Q_EMIT noted(QString::fromStdString(note.message));
        return;
    }
    const Experiment before = m_progress.experiment;
    if (const Result<Experiment> now = withChanges(m_progress.experiment, edit->changes))
        m_progress.experiment = *now;
    if (edit->changes.contains(kProbes))
        Q_EMIT probesEdited();
    if (isOfProbesOnly(*edit))
        return;
    m_progress.edits.push_back(*edit);
    m_progress.patience.edit(edit->changes);
    Json changes = edit->changes;
    changes.erase(kProbes); // whoever pins them sees to these
    m_document.setExperiment(followed(m_document.experiment(), before, changes));
    Q_EMIT edited(*edit);
}

} // namespace sightline::ui
