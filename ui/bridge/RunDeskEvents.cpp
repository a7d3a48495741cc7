// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/RunDesk.h"

#include <optional>
#include <utility>
#include <variant>

#include "experiment/EditSettings.h"
#include "store/RunEvents.h"

// What is heard of the run in progress.
namespace sightline::ui {

namespace {
constexpr qint64 kBatchIntervalMs = 40; ///< 25 a second

/// What early stopping counts the epochs of.
std::optional<std::pair<std::string, bool>> watched(const Experiment& experiment) {
    const auto& stopping = experiment.training.earlyStopping;
    if (!stopping)
        return {};
    return std::pair(stopping->monitor, monitorsMaximum(stopping->mode, stopping->monitor));
}

template <typename... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;
} // namespace

void RunDesk::handle(const TrainEvent& event) {
    std::visit(Overloaded{
                   [this](const RunStarted& started) { onStarted(started); },
                   [this](const BatchFinished& batch) {
                       if (m_lastBatch.isValid() && m_lastBatch.elapsed() < kBatchIntervalMs)
                           return;
                       m_lastBatch.start();
                       Q_EMIT batchFinished(batch);
                   },
                   [this](const EpochFinished& epoch) { onEpoch(epoch); },
                   [this](const LearningRateChanged& change) {
                       m_progress.learningRateChanges.push_back(change);
                       Q_EMIT learningRateChanged(change);
                   },
                   [this](const CheckpointSaved& saved) {
                       if (saved.batch > 0 && std::exchange(m_saveAsked, false)) // not those at the ends of epochs
                           Q_EMIT this->saved(saved.epoch, saved.batch);
                   },
                   [this](const ProbesDrawn& probes) { Q_EMIT probesDrawn(probes); },
                   [this](const RunNote& note) { onNote(note); },
                   [this](const RunPaused& paused) {
                       const QString before = std::exchange(m_waiting, QString::fromStdString(paused.why));
                       if (m_state == RunState::Running || m_state == RunState::Paused)
                           setState(paused.paused && steering().isPaused() ? RunState::Paused : RunState::Running);
                       if (m_waiting != before)
                           Q_EMIT stateChanged(m_state);
                   },
                   [this](const RunEnded& end) { onEnded(end); },
               },
               event);
}

void RunDesk::onEpoch(const EpochFinished& epoch) {
    m_progress.history.push_back(epoch.metrics);
    m_progress.bestEpoch = epoch.bestEpoch;
    m_progress.patienceUsed = epoch.patienceUsed;
    m_activity.setProgress(static_cast<qulonglong>(epoch.metrics.epoch),
                           static_cast<qulonglong>(m_progress.experiment.training.epochs));
    if (const auto weights = steering().weights())
        static_cast<void>(weights->snapshot()); // a question finds weights of this epoch
    Q_EMIT epochFinished(epoch);
}

void RunDesk::onNote(const RunNote& note) {
    m_progress.notes.push_back(note.message);
    const std::optional<RecordedEdit> edit = editOf(note.event);
    if (!edit) {
        Q_EMIT noted(QString::fromStdString(note.message));
        return;
    }
    const auto watchedBefore = watched(m_progress.experiment);
    if (const Result<Experiment> now = withChanges(m_progress.experiment, edit->changes))
        m_progress.experiment = *now;
    if (edit->changes.contains(kProbes))
        Q_EMIT probesEdited();
    if (isOfProbesOnly(*edit))
        return;
    m_progress.edits.push_back(*edit);
    if (watched(m_progress.experiment) != watchedBefore) // it is counted again
        m_progress.patienceUsed = 0;
    Json changes = edit->changes;
    changes.erase(kProbes); // whoever pins them sees to these
    m_document.setExperiment(followed(m_document.experiment(), changes));
    Q_EMIT edited(*edit);
}

void RunDesk::onStarted(const RunStarted& started) {
    if (m_followed) { // it was opened while it began
        m_progress.batchesPerEpoch = started.batchesPerEpoch;
        return;
    }
    const bool wasInView = m_run && m_run->folder == started.folder;
    m_fork.forget();
    view(m_training.takeBegun());
    static_cast<void>(m_training.control().snapshot());
    m_activity.setText(tr("Training %1").arg(QString::fromStdString(started.name)));
    if (m_state == RunState::Starting)
        setState(RunState::Running);
    m_list.refresh();
    const DataSettings& trained = m_run->experiment.data;
    const DataSettings asSaid = saidAs(m_document.experiment().data, trained);
    const bool splitAsSaid = m_data.ofRun().empty() && (wasInView || started.firstEpoch == 1);
    const bool shown = m_data.dataset() && opensSameImages(m_document.experiment().data, asSaid) &&
                       m_data.dataset()->resolved(asSaid.pixels).depth == trained.pixels.depth &&
                       (splitAsSaid || m_data.ofRun() == m_run->folder);
    m_document.fixImages(shown ? asSaid : trained);
    if (!shown) { // resumed from the list of runs, or begun while another's images were shown
        m_document.setExperiment(m_run->experiment);
        m_data.openOfRun(m_run->folder);
    } else if (m_takesSettings) {
        Experiment now = m_run->experiment;
        now.data = asSaid;
        m_document.setExperiment(now);
    }
}

void RunDesk::onEnded(const RunEnded& end) {
    if (m_run && m_run->folder == end.folder)
        m_progress.ended = end;
    if (m_followed)
        m_followed.release()->deleteLater(); // it is what tells
    m_stopsAfterEpoch = false;
    if (!m_inSeries) {
        becomeIdle();
    } else {
        m_activity.setText(tr("Starting the run"));
        if (m_state != RunState::Stopping)
            setState(RunState::Starting);
    }
    Q_EMIT ended(end);
    m_list.refresh();
    if (!m_inSeries)
        planNextFork();
}

void RunDesk::onSeriesEnded(const QString& failure) {
    m_inSeries = false;
    becomeIdle();
    Q_EMIT seriesEnded(failure);
    m_list.refresh();
    planNextFork();
}

} // namespace sightline::ui
