// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/RunDesk.h"

#include <optional>
#include <utility>

#include "bridge/Continuing.h"
#include "engine/ProbeImages.h"
#include "experiment/EditSettings.h"
#include "store/RunData.h"
#include "store/RunEvents.h"
#include "support/Files.h"

namespace sightline::ui {

namespace {
constexpr qint64 kBatchIntervalMs = 40; ///< 25 a second

/// A run's settings in the words of these: where they leave the depth to the program, the run has what it found.
DataSettings saidAs(const DataSettings& said, DataSettings ofRun) {
    if (said.pixels.depth.kind == DepthSettings::Kind::Auto)
        ofRun.pixels.depth = said.pixels.depth;
    return ofRun;
}

/// What early stopping counts the epochs of.
std::optional<std::pair<std::string, bool>> watched(const Experiment& experiment) {
    const auto& stopping = experiment.training.earlyStopping;
    if (!stopping)
        return {};
    return std::pair(stopping->monitor, monitorsMaximum(stopping->mode, stopping->monitor));
}

/// A run that goes on brings its own labels; nothing has to be written first.
Result<void> hasItsLabels(TrainRequest&, const std::stop_token&) {
    return {};
}

template <typename... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;
} // namespace

RunDesk::RunDesk(std::filesystem::path home, EngineDoor door, ExperimentDocument& document, DataDesk& data,
                 Activities& activities)
    : m_home(std::move(home)), m_document(document), m_data(data), m_activities(activities), m_fork(m_home, m_document),
      m_list(m_home), m_training(std::move(door)) {
    steerBy(m_training);
    connect(&m_training, &TrainingThread::seriesAdvanced, this, &RunDesk::seriesAdvanced);
    connect(&m_training, &TrainingThread::seriesEnded, this, &RunDesk::onSeriesEnded);
    connect(&m_fork, &PlannedFork::changed, this, &RunDesk::forkChanged);
    connect(&m_data, &DataDesk::openingBegan, this, [this] { // the newest wish wins
        m_openLane.cancel();
        m_openActivity.end();
        m_toContinue.clear();
    });
    connect(&m_data, &DataDesk::opened, this, &RunDesk::followData);
    connect(&m_data, &DataDesk::opened, this, [this] {
        if (const auto run = std::exchange(m_toContinue, {}); !run.empty())
            continueWithOpenImages(run);
    });
    connect(&m_data, &DataDesk::failed, this, [this] { m_toContinue.clear(); });
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
    m_lookLane.cancel();
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
    setStopsAfterEpoch(!m_followed && !isIdle() && m_training.control().stopsAfterEpoch());
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
    if (isIdle() || on == m_stopsAfterEpoch || (!on && m_followed))
        return;
    if (on)
        steering().stopAfterEpoch();
    else
        m_training.control().stopAfterEpoch(false);
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
    m_lookLane.cancel();
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

void RunDesk::continueRun(const std::filesystem::path& run, const QString& images) {
    if (images.isEmpty())
        return continueWithOpenImages(run);
    m_data.open(images);
    m_toContinue = run;
}

void RunDesk::continueWithOpenImages(const std::filesystem::path& run) {
    m_openLane.submit(
        this, [home = m_home, run](const std::stop_token&) { return readRun(home, run.string()); },
        [this, run](const Result<ReadRun>& read) {
            if (!read) {
                Q_EMIT openFailed(QString::fromStdString(read.error().message));
                return;
            }
            const Experiment& trained = read->run->experiment;
            const std::string id = run.parent_path() == m_home / "runs" ? run.filename().string() : run.string();
            if (m_document.setExperiment(sightline::ui::continued(trained, id, m_document.experiment())))
                Q_EMIT continued(continuedWords(trained, read->run->classes, *m_data.dataset()));
        });
}

void RunDesk::close() {
    unfollow();
    view({});
}

bool RunDesk::keepsImagesAt(const QString& path) const {
    return m_run && !trainsHere() && m_run->experiment.data.path == path.toStdString() &&
           m_document.experiment().data ==
               saidAs(m_document.experiment().data, m_run->experiment.data); // else what was edited may be the reason
}

void RunDesk::relocate(const QString& path) {
    if (!m_run)
        return;
    if (trainsHere()) {
        Q_EMIT openFailed(tr("A run is in progress; stop it before choosing another folder for its images."));
        return;
    }
    m_openActivity = m_activities.begin(tr("Looking for the images"), [this] {
        m_openLane.cancel();
        m_openActivity.end();
    });
    m_openLane.submit(
        this,
        [this, folder = m_run->folder, path = path.toStdString()](const std::stop_token& stop, const Courier& courier) {
            RunDataRequest request;
            request.path = path;
            request.threads = availableCpus();
            return sightline::relocate(RunFolder(folder), request, stop, [&](std::size_t done, std::size_t total) {
                courier.post([this, done, total] { m_openActivity.setProgress(done, total); });
            });
        },
        [this, run = m_run](const Result<Relocation>& found) {
            m_openActivity.end();
            if (run != m_run)
                return;
            if (!found) {
                Q_EMIT relocationFailed(QString::fromStdString(found.error().message));
                return;
            }
            Q_EMIT relocated(found->found, found->missing);
            open(QString::fromStdString(run->folder.string()));
        });
}

void RunDesk::view(ReadRun read) {
    m_run = std::move(read.run);
    if (fork() && (!m_run || m_run->folder != fork()->parent))
        m_fork.forget();
    m_progress = std::move(read.progress);
    Q_EMIT runChanged();
}

/// With other images open nothing can be asked of the run in view. Whether those at its path are its own is looked at.
void RunDesk::followData() {
    if (!m_run || trainsHere())
        return;
    if (m_run->experiment.data.path != m_document.experiment().data.path)
        return close();
    m_lookLane.submit(
        this,
        [folder = m_run->folder, dataset = m_data.dataset()](const std::stop_token& stop) {
            return holdsImagesOf(RunFolder(folder), *dataset, availableCpus(), stop);
        },
        [this, run = m_run](const Result<void>& found) {
            if (!found && run == m_run && !trainsHere())
                Q_EMIT imagesMissing(QString::fromStdString(found.error().message));
        });
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
