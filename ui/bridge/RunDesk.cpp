// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/RunDesk.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "engine/ProbeImages.h"
#include "experiment/EditSettings.h"
#include "store/RunEvents.h"

namespace sightline::ui {

namespace {
/// A run that goes on brings its own labels; nothing has to be written first.
Result<void> hasItsLabels(TrainRequest&, const std::stop_token&) {
    return {};
}

} // namespace

RunDesk::RunDesk(std::filesystem::path home, EngineDoor door, ExperimentDocument& document, DataDesk& data,
                 Activities& activities)
    : m_home(std::move(home)), m_document(document), m_data(data), m_activities(activities), m_inView(document),
      m_fork(m_home, m_document), m_images(*this, {m_home, document, data, activities, m_openLane, m_openActivity}),
      m_list(m_home), m_training(std::move(door)) {
    m_steered.setSteering(m_training, false);
    steerBy(m_training);
    connect(&m_training, &TrainingThread::seriesAdvanced, this, &RunDesk::seriesAdvanced);
    connect(&m_training, &TrainingThread::seriesEnded, this, &RunDesk::onSeriesEnded);
    connect(&m_steered, &SteeredRun::stateChanged, this, &RunDesk::stateChanged);
    connect(&m_steered, &SteeredRun::refused, this, &RunDesk::refused);
    connect(&m_steered, &SteeredRun::saved, this, &RunDesk::saved);
    connect(&m_inView, &RunInView::batchFinished, this, &RunDesk::batchFinished);
    connect(&m_inView, &RunInView::epochFinished, this, &RunDesk::onEpoch);
    connect(&m_inView, &RunInView::learningRateChanged, this, &RunDesk::learningRateChanged);
    connect(&m_inView, &RunInView::probesDrawn, this, &RunDesk::probesDrawn);
    connect(&m_inView, &RunInView::probesEdited, this, &RunDesk::probesEdited);
    connect(&m_inView, &RunInView::edited, this, &RunDesk::edited);
    connect(&m_inView, &RunInView::noted, this, &RunDesk::noted);
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
    if (m_inView.run() && m_inView.run()->folder == run && !fork())
        request.settings = changesBetween(m_inView.progress().experiment, m_document.experiment());
    begin(std::move(request), hasItsLabels);
}

void RunDesk::trainMore(int epochs) {
    if (!m_inView.run() || !isIdle() || m_inView.progress().history.empty())
        return;
    Experiment wanted = m_document.experiment();
    wanted.training.epochs = m_inView.progress().history.back().epoch + epochs;
    TrainRequest request{wanted, m_home, m_inView.run()->folder.string()};
    request.settings = changesBetween(m_inView.progress().experiment, wanted);
    if (wanted.training.epochs == m_inView.progress().experiment.training.epochs) // it stopped early, so many before
        request.settings.push_back({"training.epochs", std::to_string(wanted.training.epochs)});
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
            m_data.openOfRun(m_inView.run()->folder);
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
        open(QString::fromStdString(m_inView.run()->folder.string()));
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
    m_steered.forget();
    m_document.fixImages(m_document.experiment().data);
    m_steered.setState(RunState::Starting);
    m_activity = m_activities.begin(tr("Starting the run"), [this] { stop(); });
}

void RunDesk::steerBy(RunSteering& steering) {
    connect(&steering, &RunSteering::happened, this, &RunDesk::hear);
    connect(&steering, &RunSteering::refused, &m_steered, &SteeredRun::onRefused);
    connect(&steering, &RunSteering::editAnswered, this, &RunDesk::editAnswered);
}

/// What concerns this desk; the run in view hears the rest.
void RunDesk::hear(const TrainEvent& event) {
    if (const auto* started = std::get_if<RunStarted>(&event))
        onStarted(*started);
    else if (const auto* checkpoint = std::get_if<CheckpointSaved>(&event))
        onSaved(*checkpoint);
    else if (const auto* paused = std::get_if<RunPaused>(&event))
        m_steered.onPaused(*paused);
    else if (const auto* note = std::get_if<RunNote>(&event); note && stopsAfterEpochIn(note->event))
        m_steered.onStopsAfterEpoch();
    else if (const auto* end = std::get_if<RunEnded>(&event))
        onEnded(*end);
    else
        m_inView.hear(event);
}

void RunDesk::onStarted(const RunStarted& started) {
    if (m_followed) { // it was opened while it began
        m_steered.onPaused({});
        m_steered.onStopsAfterEpoch();
        if (m_inView.begin(started)) // else what is asked of it meanwhile goes on
            Q_EMIT runChanged();
        return;
    }
    const bool wasInView = m_inView.run() && m_inView.run()->folder == started.folder;
    m_fork.forget();
    view(m_training.takeBegun());
    static_cast<void>(m_training.control().snapshot());
    m_activity.setText(tr("Training %1").arg(QString::fromStdString(started.name)));
    if (state() == RunState::Starting)
        m_steered.setState(RunState::Running);
    m_list.refresh();
    m_images.showTrained(wasInView || started.firstEpoch == 1, m_takesSettings);
}

void RunDesk::onEpoch(const EpochFinished& epoch) {
    m_activity.setProgress(static_cast<qulonglong>(epoch.metrics.epoch),
                           static_cast<qulonglong>(m_inView.progress().experiment.training.epochs));
    if (const auto weights = m_steered.steering().weights())
        static_cast<void>(weights->snapshot()); // a question finds weights of this epoch
    Q_EMIT epochFinished(epoch);
}

void RunDesk::onSaved(const CheckpointSaved& checkpoint) {
    m_steered.onSaved(checkpoint);
    Q_EMIT checkpointSaved(checkpoint);
}

void RunDesk::onEnded(const RunEnded& end) {
    m_inView.end(end);
    m_steered.setSteering(m_training, false);
    if (m_followed)
        m_followed.release()->deleteLater(); // it is what tells
    m_steered.forget();
    if (!m_inSeries) {
        becomeIdle();
    } else {
        m_activity.setText(tr("Starting the run"));
        if (state() != RunState::Stopping)
            m_steered.setState(RunState::Starting);
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

void RunDesk::follow(ReadRun::Elsewhere elsewhere) {
    m_owner = elsewhere.owner;
    const bool isPaused = elsewhere.paused;
    m_followed = std::make_unique<FollowedRun>(m_inView.run(), std::move(elsewhere));
    m_steered.setSteering(*m_followed, true);
    steerBy(*m_followed);
    connect(m_followed.get(), &FollowedRun::becameWhole, this, [this](const std::shared_ptr<const OpenedRun>& run) {
        view({run, m_inView.progress()});
    });
    m_steered.forget();
    m_activity = m_activities.begin(tr("Following %1").arg(QString::fromStdString(m_inView.run()->experiment.name)));
    m_activity.setProgress(m_inView.progress().history.size(),
                           static_cast<qulonglong>(m_inView.progress().experiment.training.epochs));
    m_steered.setState(isPaused ? RunState::Paused : RunState::Running);
    m_steered.onStopsAfterEpoch();
}

void RunDesk::unfollow() {
    if (!m_followed)
        return;
    m_steered.setSteering(m_training, false);
    m_followed.reset();
    m_activity.end();
    m_steered.setIdle();
}

std::shared_ptr<TrainControl> RunDesk::liveWeights() const {
    return state() == RunState::Running || state() == RunState::Paused || state() == RunState::Stopping
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
            m_document.setExperiment(m_inView.run()->experiment);
            m_data.openOfRun(m_inView.run()->folder);
            if (elsewhere)
                follow(std::move(*elsewhere));
        });
}

void RunDesk::close() {
    unfollow();
    view({});
}

void RunDesk::view(ReadRun read) {
    const bool isOther = fork() && (!read.run || read.run->folder != fork()->parent);
    m_inView.show(std::move(read));
    if (isOther)
        m_fork.forget();
    Q_EMIT runChanged();
}

void RunDesk::remove(const std::filesystem::path& folder) {
    if (m_inView.run() && m_inView.run()->folder == folder) {
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
    m_steered.setIdle();
}

/// The one that waited for the run in progress to end.
void RunDesk::planNextFork() {
    if (const auto next = std::exchange(m_forkNext, {}))
        planFork(next->first, next->second);
}

} // namespace sightline::ui
