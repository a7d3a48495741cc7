// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/RunDesk.h"

#include <optional>
#include <utility>

#include "engine/ProbeImages.h"
#include "experiment/EditSettings.h"

namespace sightline::ui {

namespace {
/// A run that goes on brings its own labels; nothing has to be written first.
Result<void> hasItsLabels(TrainRequest&, const std::stop_token&) {
    return {};
}

} // namespace

RunDesk::RunDesk(std::filesystem::path home, EngineDoor door, ExperimentDocument& document, DataDesk& data,
                 Activities& activities)
    : m_home(std::move(home)), m_document(document), m_data(data), m_activities(activities), m_fork(m_home, m_document),
      m_images(*this, {m_home, document, data, activities, m_openLane, m_openActivity}), m_list(m_home),
      m_training(std::move(door)) {
    steerBy(m_training);
    connect(&m_training, &TrainingThread::seriesAdvanced, this, &RunDesk::seriesAdvanced);
    connect(&m_training, &TrainingThread::seriesEnded, this, &RunDesk::onSeriesEnded);
    connect(&m_fork, &PlannedFork::changed, this, &RunDesk::forkChanged);
    connect(&m_data, &DataDesk::openingBegan, this, [this] { // the newest wish wins
        m_openLane.cancel();
        m_openActivity.end();
    });
    connect(&m_images, &RunImages::failed, this, &RunDesk::openFailed);
    connect(&m_document, &ExperimentDocument::changed, this, &RunDesk::reviewFork);
}

void RunDesk::start() {
    if (fork()) {
        PlannedFork::Beginning planned = m_fork.beginning();
        begin(std::move(planned.request), std::move(planned.first), std::move(planned.unbegun));
        m_takesSettings = true;
        return;
    }
    Experiment experiment = m_document.experiment();
    if (const auto opened = m_data.dataset())
        experiment.training.probes = drawableProbes(std::move(experiment.training.probes), *opened);
    begin({std::move(experiment), m_home, {}}, // trained with the newest labels
          [write = m_data.finishWriting()](TrainRequest&, const std::stop_token& stop) { return write(stop); });
}

void RunDesk::resumeRun(const std::filesystem::path& run) {
    TrainRequest request{m_document.experiment(), m_home, run.string()};
    if (m_run && m_run->folder == run && !fork())
        request.settings = changesBetween(m_progress.experiment, m_document.experiment());
    begin(std::move(request), hasItsLabels);
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
        m_forkNext = {idOrFolder, at};
        return stop();
    }
    m_images.forget();
    m_openActivity = m_activities.begin(tr("Opening the run"));
    m_openLane.submit(
        this,
        [home = m_home, name = idOrFolder.toStdString(), at = at.toStdString()](const std::stop_token&) {
            return readFork(home, name, at);
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
            m_fork.forget();
            view(std::move(planned->first));
            m_fork.plan(std::move(planned->second));
            m_data.openOfRun(m_run->folder);
        });
}

/// With other settings than a run may change it is no fork any more.
void RunDesk::reviewFork() {
    if (isIdle() && !m_fork.isStillOne())
        Q_EMIT noted(tr("These settings cannot be changed in a fork; Train starts a new run."));
}

void RunDesk::dropFork() {
    const bool elsewhere = fork() && fork()->elsewhere && isIdle();
    m_fork.forget();
    if (elsewhere)
        open(QString::fromStdString(m_run->folder.string()));
}

void RunDesk::begin(TrainRequest request, TrainingThread::First first, std::function<void()> unbegun) {
    if (trainsHere())
        return;
    m_takesSettings = !request.resume.empty();
    request.background = true; // the window comes first
    request.waitsForRoom = true;
    makeReady();
    m_training.start(std::move(request), std::move(first), std::move(unbegun));
}

void RunDesk::trainSeries(TrainingThread::Series series) {
    if (trainsHere())
        return;
    m_takesSettings = m_inSeries = true;
    makeReady();
    m_training.startSeries(std::move(series));
}

/// For what is about to be trained.
void RunDesk::makeReady() {
    unfollow();
    m_lastBatch.invalidate();
    m_saveAsked = false;
    m_stopsAfterEpoch = false;
    m_waiting.clear();
    m_document.fixImages(m_document.experiment().data);
    setState(RunState::Starting);
    m_activity = m_activities.begin(tr("Starting the run"), [this] { stop(); });
}

void RunDesk::steerBy(RunSteering& steering) {
    connect(&steering, &RunSteering::happened, this, &RunDesk::handle);
    connect(&steering, &RunSteering::refused, this, &RunDesk::onRefused);
    connect(&steering, &RunSteering::editAnswered, this, &RunDesk::editAnswered);
}

RunSteering& RunDesk::steering() {
    return m_followed ? static_cast<RunSteering&>(*m_followed) : m_training;
}

void RunDesk::follow(ReadRun::Elsewhere elsewhere) {
    m_owner = elsewhere.owner;
    m_followed = std::make_unique<FollowedRun>(m_run, std::move(elsewhere.events), elsewhere.paused);
    steerBy(*m_followed);
    connect(m_followed.get(), &FollowedRun::becameWhole, this, [this](const std::shared_ptr<const OpenedRun>& run) {
        view({run, m_progress});
    });
    m_lastBatch.invalidate();
    m_saveAsked = false;
    m_stopsAfterEpoch = false;
    m_waiting.clear();
    m_activity = m_activities.begin(tr("Following %1").arg(QString::fromStdString(m_run->experiment.name)));
    m_activity.setProgress(m_progress.history.size(), static_cast<qulonglong>(m_progress.experiment.training.epochs));
    setState(elsewhere.paused ? RunState::Paused : RunState::Running);
}

void RunDesk::unfollow() {
    if (!m_followed)
        return;
    m_followed.reset();
    m_stopsAfterEpoch = false;
    m_activity.end();
    setState(RunState::Idle);
}

void RunDesk::onRefused(const QString& why) {
    const bool stops = m_state == RunState::Stopping && !m_followed; // that is never refused here
    if (!isIdle() && m_state != RunState::Starting && !stops)
        setState(steering().isPaused() ? RunState::Paused : RunState::Running);
    setStopsAfterEpoch(!isIdle() && steering().stopsAfterEpoch());
    m_saveAsked = false;
    Q_EMIT refused(why);
}

void RunDesk::pause() {
    if (m_state != RunState::Running)
        return;
    steering().pause();
    setState(RunState::Paused);
}

void RunDesk::resume() {
    if (m_state != RunState::Paused)
        return;
    steering().resume();
    setState(RunState::Running);
}

void RunDesk::stop() {
    if (isIdle())
        return;
    steering().stop();
    setState(RunState::Stopping);
}

void RunDesk::stopAfterEpoch(bool on) {
    if (isIdle() || on == m_stopsAfterEpoch)
        return;
    steering().stopAfterEpoch(on);
    setStopsAfterEpoch(on);
    if (on && m_state == RunState::Paused)
        setState(RunState::Running);
}

void RunDesk::setStopsAfterEpoch(bool on) {
    if (std::exchange(m_stopsAfterEpoch, on) != on)
        Q_EMIT stateChanged(m_state);
}

void RunDesk::saveNow() {
    if (m_state != RunState::Running && m_state != RunState::Paused)
        return;
    m_saveAsked = true;
    steering().save();
}

void RunDesk::edit(const std::vector<Setting>& settings, const QString& asker) {
    if (m_state == RunState::Running || m_state == RunState::Paused)
        steering().edit(settings, asker);
}

void RunDesk::look(TrainCommand look) {
    if (canLook())
        return steering().look(std::move(look));
    look.answered(Error{(isIdle() ? tr("The run has ended.") : tr("The run is starting.")).toStdString()});
}

void RunDesk::setState(RunState next) {
    if (m_state == next)
        return;
    m_state = next;
    Q_EMIT stateChanged(m_state);
}

std::shared_ptr<TrainControl> RunDesk::liveWeights() const {
    return m_state == RunState::Running || m_state == RunState::Paused || m_state == RunState::Stopping
               ? (m_followed ? nullptr : m_training.weights())
               : nullptr;
}

void RunDesk::open(const QString& idOrFolder) {
    if (trainsHere()) {
        Q_EMIT openFailed(tr("A run is in progress; stop it before opening another one."));
        return;
    }
    m_images.forget();
    m_openActivity = m_activities.begin(tr("Opening the run"));
    m_openLane.submit(
        this, [home = m_home, name = idOrFolder.toStdString()](const std::stop_token&) { return readRun(home, name); },
        [this](Result<ReadRun> read) {
            m_openActivity.end();
            if (!read) {
                Q_EMIT openFailed(QString::fromStdString(read.error().message));
                return;
            }
            if (trainsHere()) // one has been started since
                return;
            unfollow();
            m_fork.forget();
            std::optional<ReadRun::Elsewhere> elsewhere = std::move(read->elsewhere);
            view(std::move(*read));
            m_document.setExperiment(m_run->experiment);
            m_data.openOfRun(m_run->folder);
            if (elsewhere)
                follow(std::move(*elsewhere));
        });
}

void RunDesk::close() {
    unfollow();
    view({});
}

void RunDesk::view(ReadRun read) {
    m_run = std::move(read.run);
    if (fork() && (!m_run || m_run->folder != fork()->parent))
        m_fork.forget();
    m_progress = std::move(read.progress);
    Q_EMIT runChanged();
}

void RunDesk::remove(const std::filesystem::path& folder) {
    if (m_run && m_run->folder == folder) {
        if (!isIdle()) {
            Q_EMIT m_list.failed(tr("This run is in progress; stop it before deleting it."));
            return;
        }
        close();
    }
    m_list.remove(folder);
}

void RunDesk::becomeIdle() {
    m_document.fixImages({});
    m_activity.end();
    setState(RunState::Idle);
}

/// The one that waited for the run in progress to end.
void RunDesk::planNextFork() {
    if (const auto next = std::exchange(m_forkNext, {}))
        planFork(next->first, next->second);
}

} // namespace sightline::ui
