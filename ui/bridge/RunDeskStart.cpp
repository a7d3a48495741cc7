// SPDX-License-Identifier: GPL-3.0-or-later
// How runs begin: a new one, one that goes on, a fork.
#include "bridge/RunDesk.h"

#include "engine/ProbeImages.h"
#include "experiment/EditSettings.h"
#include "store/RunFork.h"

namespace sightline::ui {

namespace {
/// A run that goes on brings its own labels; nothing has to be written first.
Result<void> hasItsLabels(TrainRequest&, const std::stop_token&) {
    return {};
}
} // namespace

void RunDesk::start() {
    if (m_fork)
        return beginFork(*m_fork);
    Experiment experiment = m_document.experiment();
    if (const auto opened = m_data.dataset())
        experiment.training.probes = drawableProbes(std::move(experiment.training.probes), *opened);
    begin({std::move(experiment), m_home, {}}, // trained with the newest labels
          [write = m_data.finishWriting()](TrainRequest&, const std::stop_token& stop) { return write(stop); });
}

void RunDesk::resumeRun(const std::filesystem::path& run) {
    begin({m_document.experiment(), m_home, run.string()}, hasItsLabels);
}

void RunDesk::trainMore(int epochs) {
    if (!m_run || !isIdle() || m_progress.history.empty())
        return;
    Experiment wanted = m_document.experiment();
    wanted.training.epochs = m_progress.history.back().epoch + epochs;
    TrainRequest request{wanted, m_home, m_run->folder.string()};
    request.settings = changesBetween(m_progress.experiment, wanted);
    begin(std::move(request), hasItsLabels);
}

void RunDesk::planFork(const QString& idOrFolder, const QString& at) {
    if (trainsHere()) {
        Q_EMIT openFailed(tr("A run is in progress; stop it before forking one."));
        return;
    }
    m_lookLane.cancel();
    m_openActivity = m_activities.begin(tr("Opening the run"));
    m_openLane.submit(
        this,
        [home = m_home, name = idOrFolder.toStdString(),
         at = at.toStdString()](const std::stop_token&) -> Result<std::pair<ReadRun, Fork>> {
            Result<ReadRun> read = readRun(home, name);
            if (!read)
                return read.error();
            Result<ForkBeginning> begin = beginningOfFork(RunFolder(read->run->folder), at);
            if (!begin)
                return begin.error();
            begin->settings.data = read->run->experiment.data; // where the images are now
            Fork fork{read->run->folder, at, begin->epoch, std::move(begin->settings), read->elsewhere.has_value()};
            return std::pair(std::move(*read), std::move(fork));
        },
        [this](Result<std::pair<ReadRun, Fork>> planned) {
            m_openActivity.end();
            if (!planned) {
                Q_EMIT openFailed(QString::fromStdString(planned.error().message));
                return;
            }
            if (trainsHere())
                return;
            unfollow();
            m_fork.reset(); // the document shows its settings first
            view(std::move(planned->first));
            m_document.setExperiment(planned->second.settings);
            m_fork = std::move(planned->second);
            m_data.openOfRun(m_run->folder);
            Q_EMIT forkChanged();
        });
}

/// With other settings than a run may change it is no fork any more.
void RunDesk::reviewFork() {
    if (!m_fork || !isIdle())
        return;
    const Experiment& asked = m_document.experiment();
    const Experiment kept = changedTo(asked, m_fork->settings);
    if (kept.model != asked.model || kept.training != asked.training || kept.normalization != asked.normalization ||
        kept.seed != asked.seed || kept.data.imageHeight != asked.data.imageHeight ||
        kept.data.imageWidth != asked.data.imageWidth) {
        forgetFork();
        Q_EMIT noted(tr("These settings cannot be changed in a fork; Train starts a new run."));
    }
}

void RunDesk::dropFork() {
    const bool elsewhere = m_fork && m_fork->elsewhere && isIdle();
    forgetFork();
    if (elsewhere)
        open(QString::fromStdString(m_run->folder.string()));
}

void RunDesk::forgetFork() {
    if (!m_fork)
        return;
    m_fork.reset();
    Q_EMIT forkChanged();
}

void RunDesk::beginFork(const Fork& fork) {
    TrainRequest request{m_document.experiment(), m_home, {}};
    request.settings = changesBetween(fork.settings, m_document.experiment());
    const auto made = std::make_shared<std::optional<RunFolder>>();
    begin(
        std::move(request),
        [home = m_home, fork, made](TrainRequest& complete, const std::stop_token&) -> Result<void> {
            Result<RunStore> store = RunStore::open(home);
            if (!store)
                return store.error();
            const Result<RunFolder> folder = forkRun(*store, RunFolder(fork.parent), fork.at);
            if (!folder)
                return folder.error();
            *made = *folder;
            complete.resume = folder->path().string();
            return {};
        },
        [home = m_home, made] {
            Result<RunStore> store = RunStore::open(home);
            if (store && *made)
                static_cast<void>(store->discard(**made));
        });
    m_takesSettings = true;
}

void RunDesk::begin(TrainRequest request, TrainingThread::First first, std::function<void()> unbegun) {
    if (trainsHere())
        return;
    unfollow();
    m_lastBatch.invalidate();
    m_takesSettings = !request.resume.empty();
    request.background = true; // the window comes first
    request.waitsForRoom = true;
    m_saveAsked = false;
    m_stopsAfterEpoch = false;
    m_waiting.clear();
    m_document.fixImages(m_document.experiment().data);
    setState(RunState::Starting);
    m_activity = m_activities.begin(tr("Starting the run"), [this] { stop(); });
    m_training.start(std::move(request), std::move(first), std::move(unbegun));
}

} // namespace sightline::ui
