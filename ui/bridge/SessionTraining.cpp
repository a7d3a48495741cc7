// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SessionPrivate.h"

namespace sightline::ui {

namespace {
constexpr qint64 kBatchIntervalMs = 40; ///< 25 a second

template <typename... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

/// The run that begins or goes on, as its folder has it. Reads files: not for the window's thread.
RunView viewOf(const RunStarted& started, const Experiment& asked) {
    RunView view;
    view.folder = started.folder;
    const RunFolder folder(started.folder);
    const auto stored = folder.experiment();
    view.experiment = stored ? *stored : asked;
    view.classes = started.classes;
    if (started.firstEpoch > 1) {
        if (auto history = folder.history())
            view.history = std::move(*history);
        view.learningRateChanges = rateChanges(view.experiment, view.history);
        view.bestEpoch = folder.summary().bestEpoch;
    }
    return view;
}
} // namespace

RunState Session::runState() const {
    return m->state;
}
const std::optional<RunView>& Session::run() const {
    return m->run;
}

void Session::startTraining() {
    m->start({m->experiment, m->home, {}});
}

void Session::resumeRun(const std::filesystem::path& folder) {
    m->start({m->experiment, m->home, folder.string()});
}

void Session::pauseTraining() {
    if (m->state != RunState::Running)
        return;
    m->control->pause();
    m->setState(RunState::Paused);
}

void Session::resumeTraining() {
    if (m->state != RunState::Paused)
        return;
    m->control->resume();
    m->setState(RunState::Running);
}

void Session::stopTraining() {
    if (m->state == RunState::Idle)
        return;
    m->trainer.request_stop();
    m->control->resume();
    m->setState(RunState::Stopping);
}

void Session::stopAfterEpoch() {
    if (m->state == RunState::Idle)
        return;
    m->control->stopAfterEpoch();
    m->control->resume();
    if (m->state == RunState::Paused)
        m->setState(RunState::Running);
}

void Session::Private::setState(RunState next) {
    if (state == next)
        return;
    state = next;
    Q_EMIT q.runStateChanged(state);
}

void Session::Private::start(TrainRequest request) {
    if (state != RunState::Idle)
        return;
    control = std::make_shared<TrainControl>();
    request.background = true; // the window comes first
    measureLane.cancel();      // two trainings at once would measure each other
    lastBatch.invalidate();
    setState(RunState::Starting);
    Q_EMIT q.activityChanged(tr("Starting the run"));
    std::function<void()> first = [] {};
    if (dataset && overlayUnwritten)
        first = [this, changed = overlay, root = dataset->root] {
            static_cast<void>(writeOverlay(overlayFile(home, root), changed, root));
        };
    trainer = std::jthread([this, first, request = std::move(request), shared = control](std::stop_token stop) {
        first(); // what was changed a moment ago is trained with
        const EventSink sink = [this, &asked = request.experiment](const TrainEvent& event) {
            if (const auto* started = std::get_if<RunStarted>(&event))
                QMetaObject::invokeMethod(
                    &q, [this, view = viewOf(*started, asked)] { begun = view; }, Qt::QueuedConnection);
            if (events.push(event))
                QMetaObject::invokeMethod(
                    &q, [this] { drain(); }, Qt::QueuedConnection);
        };
        const auto engine = loadEngine();
        if (engine) {
            (*engine)->train(request, stop, *shared, sink);
            return;
        }
        RunEnded ended;
        ended.outcome = RunEnded::Outcome::Failed;
        ended.reason = engine.error().message;
        sink(ended);
    });
}

void Session::Private::drain() {
    for (const TrainEvent& event : events.take())
        handle(event);
}

void Session::Private::handle(const TrainEvent& event) {
    std::visit(
        Overloaded{
            [this](const RunStarted& started) {
                run = std::exchange(begun, {});
                evaluation.reset();
                answer.reset();
                static_cast<void>(control->snapshot());
                if (state == RunState::Starting)
                    setState(RunState::Running);
                Q_EMIT q.activityChanged(tr("Training %1").arg(QString::fromStdString(started.name)));
                Q_EMIT q.runStarted();
                Q_EMIT q.runsChanged();
                if (!dataset || experiment.data.path != run->experiment.data.path) { // resumed from the list of runs
                    q.setExperiment(run->experiment);
                    open(run->experiment.data);
                }
            },
            [this](const BatchFinished& batch) {
                if (lastBatch.isValid() && lastBatch.elapsed() < kBatchIntervalMs)
                    return;
                lastBatch.start();
                Q_EMIT q.batchFinished(batch);
            },
            [this](const EpochFinished& epoch) {
                if (run) {
                    run->history.push_back(epoch.metrics);
                    run->bestEpoch = epoch.bestEpoch;
                }
                static_cast<void>(control->snapshot()); // so that a question finds weights no older than an epoch
                Q_EMIT q.epochFinished(epoch);
            },
            [this](const LearningRateChanged& change) {
                if (run)
                    run->learningRateChanges.push_back(change);
                Q_EMIT q.learningRateChanged(change);
            },
            [](const CheckpointSaved&) {},
            [this](const RunNote& note) { Q_EMIT q.runNoted(QString::fromStdString(note.message)); },
            [this](const RunPaused& paused) {
                if (state == RunState::Running || state == RunState::Paused)
                    setState(paused.paused && control->isPaused() ? RunState::Paused : RunState::Running);
            },
            [this](const RunEnded& ended) {
                if (run && run->folder == ended.folder)
                    run->ended = ended;
                setState(RunState::Idle);
                Q_EMIT q.activityChanged({});
                Q_EMIT q.runEnded(ended);
                Q_EMIT q.runsChanged();
            },
        },
        event);
}

} // namespace sightline::ui
