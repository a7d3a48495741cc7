// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Trainer.h"

#include <torch/torch.h>

#include <chrono>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "engine/train/BatchBoundary.h"
#include "engine/train/Ending.h"
#include "engine/train/EpochPlan.h"
#include "engine/train/LearningRecorder.h"
#include "engine/train/RemoteControl.h"
#include "engine/train/RunEdits.h"
#include "engine/train/RunResume.h"
#include "engine/train/RunStart.h"
#include "engine/train/TrainLoop.h"

namespace sightline::engine {

namespace {

using Clock = std::chrono::steady_clock;

std::string inEpoch(int epoch) {
    return "in epoch " + std::to_string(epoch);
}

std::string beforeEpoch(int epoch) {
    return epoch > 1 ? "before the first batch of epoch " + std::to_string(epoch) : "before the first batch";
}

/// One run in progress: drives a TrainLoop and records what it gives.
class Run {
public:
    Run(const TrainRequest& request, std::stop_token stop, TrainControl& control, const EventSink& sink)
        : m_request(request), m_stop(stop), m_control(control), m_reporter(sink),
          m_plan(m_setup, m_state, m_moments, m_reporter, stop), m_boundary(m_setup, control, m_reporter, stop) {}

    RunEnded execute() {
        const Ending ending = guarded([this] {
            const Result<void> started = start();
            return started ? epochs() : unready(started.error(), goesOn() ? "before it resumed" : beforeEpoch(1));
        });
        return finish(ending);
    }

private:
    bool goesOn() const { return !m_request.resume.empty(); }
    Result<void> start();
    Ending epochs();
    Result<void> followPlan(int epoch, const Experiment& by, bool* openedFeeds = nullptr);
    void feedsOpened();
    std::optional<Ending> trainEpoch();
    std::optional<Ending> trainBatches();
    std::optional<Ending> validate();
    std::optional<Ending> endEpoch(const EpochMetrics& metrics);
    std::optional<Ending> betweenBatches(bool mayEdit);
    Result<void> edit(const std::vector<Setting>& settings);
    Result<void> repeatEdits();
    Result<void> change(const Experiment& next, const Json& changes);
    void enterEpoch();
    bool waitForRoom(const Error& error);
    Result<void> persistently(const std::function<Result<void>()>& write);
    Result<void> saveHere();
    bool isSaveDue() const;
    Result<void> keepWeights(const EpochVerdict& verdict);
    Result<void> saveLast();
    void keepLearning(bool always);
    void tellSkipped(bool atOnce);
    Ending restoreBest();
    RunEnded finish(Ending ending);
    double rateAt(std::int64_t step) const;
    const Experiment& experiment() const { return m_setup.experiment; }

    const TrainRequest& m_request;
    std::stop_token m_stop;
    TrainControl& m_control;
    TrainSetup m_setup;
    TrainState m_state;
    Moments m_moments;
    Resumed m_resumed; ///< of a run that goes on
    RunReporter m_reporter;
    RunCheckpoints m_checkpoints;
    EpochPlan m_plan;
    BatchBoundary m_boundary;
    std::optional<RemoteControl> m_remote;
    std::optional<TrainLoop> m_loop;   ///< of the epoch under way
    std::vector<TrainCommand> m_edits; ///< that came during a validation
    LearningRecorder m_learning;
    SkippedImages m_skipped{"training"}, m_skippedValidation{"validation"};
    Clock::time_point m_toldSkipped{}, m_saved = Clock::now();
    bool m_isToStop = false, m_toldLearning = false, m_toldFeed = false;
};

double Run::rateAt(std::int64_t step) const {
    if (m_state.callbacks.reducesRate())
        return m_state.baseRate;
    return scheduledRate(experiment().training.schedule, m_state.baseRate, experiment().training.epochs,
                         m_setup.batchesPerEpoch(), step);
}

Result<void> Run::start() {
    if (const Result<void> prepared = prepareTraining(m_request, m_stop, m_setup); !prepared)
        return prepared;
    m_state = TrainState::beginning(experiment(), m_setup.dataset.count(Subset::Validation) > 0);
    m_moments = Moments::zeros(m_setup.module->parameters());
    if (!goesOn())
        if (const Result<void> made = makeRun(m_setup, m_stop); !made)
            return made;
    m_checkpoints = RunCheckpoints(m_setup.folder->path());
    m_remote.emplace(m_setup.folder->path(), m_control);
    if (goesOn()) {
        Result<Resumed> resumed = resumeRun(m_setup, m_checkpoints, m_state, m_moments);
        if (!resumed)
            return resumed.error();
        m_resumed = std::move(*resumed);
    }
    m_reporter.setPatience([this](const Error& error) { return waitForRoom(error); });
    m_reporter.begin(m_setup, m_state.epoch);
    if (goesOn())
        reportResume(m_setup, m_state, m_resumed, m_reporter);
    if (const std::string note =
            m_learning.begin(m_setup, m_state.isWithinEpoch() ? m_state.epoch : m_state.finished());
        !note.empty())
        m_reporter.report(RunNote{note});
    static_cast<void>(m_setup.store->refresh(*m_setup.folder)); // the index only; the folder is the truth
    return {};
}

void Run::feedsOpened() {
    for (SkippedImages* told : {&m_skipped, &m_skippedValidation})
        told->feedOpened();
}

Result<void> Run::followPlan(int epoch, const Experiment& by, bool* openedFeeds) {
    const Result<bool> opened = m_plan.follow(epoch, by);
    if (!opened)
        return opened.error();
    if (*opened)
        feedsOpened();
    if (openedFeeds)
        *openedFeeds = *opened;
    return {};
}

Ending Run::epochs() {
    // First as the batch before was, so that a resumed run sees the same changes.
    const int before = m_state.isWithinEpoch() ? m_state.epoch : std::max(1, m_state.finished());
    if (const Result<void> ready = followPlan(before, goesOn() ? m_resumed.before : experiment()); !ready)
        return unready(ready.error(), beforeEpoch(m_state.epoch));
    while (m_state.epoch <= experiment().training.epochs) {
        if (const Result<void> repeated = repeatEdits(); !repeated)
            return failed(repeated.error());
        if (const Result<void> ready = followPlan(m_state.epoch, experiment()); !ready)
            return unready(ready.error(), beforeEpoch(m_state.epoch));
        if (const auto ending = trainEpoch())
            return *ending;
    }
    return {};
}

void Run::enterEpoch() {
    m_loop.emplace(TrainParts{*m_setup.module, m_moments, m_setup.step, m_setup.trainFeed.get(),
                              m_setup.validationFeed.get(), experiment().seed,
                              [this](std::span<const std::uint32_t> samples) { return m_learning.follows(samples); }},
                   m_state);
}

std::optional<Ending> Run::trainEpoch() {
    enterEpoch();
    if (const auto ending = trainBatches())
        return ending;
    if (const auto ending = validate())
        return ending;
    return endEpoch(m_loop->metrics());
}

std::optional<Ending> Run::trainBatches() {
    constexpr const char* kAdvice = "; try a smaller learning rate. The last good checkpoint is kept.";
    while (const auto batch = m_loop->train(rateAt(m_state.step) * m_plan.rateFactor())) {
        if (!std::isfinite(batch->loss))
            return failed({"The loss became " + std::string(std::isnan(batch->loss) ? "not a number" : "infinite") +
                           " " + inEpoch(m_state.epoch) + kAdvice});
        if (batch->each)
            m_learning.record(m_state.epoch, batch->samples, *batch->each);
        const EpochSoFar& epoch = m_state.soFar;
        m_reporter.reportBatch(
            {m_state.epoch, batch->number, 0, batch->loss, batch->accuracy, epoch.loss.mean(), epoch.accuracy.mean()},
            batch->seconds);
        tellSkipped(false);
        if (const auto ending = betweenBatches(true))
            return ending;
    }
    tellSkipped(true);
    if (m_state.soFar.loss.weight() == 0)
        return failed(badInput("None of the training images can be read."));
    if (const std::string note = m_setup.trainFeed->note(); !std::exchange(m_toldFeed, true) && !note.empty())
        m_reporter.report(RunNote{note});
    if (!m_setup.module->isFinite())
        return failed({"The weights became infinite or not a number " + inEpoch(m_state.epoch) + kAdvice});
    return {};
}

std::optional<Ending> Run::validate() {
    const auto start = Clock::now();
    while (const auto batch = m_loop->validate()) {
        if (batch->each)
            m_learning.record(m_state.epoch, batch->samples, *batch->each);
        if (const auto ending = betweenBatches(false))
            return ending;
    }
    m_reporter.epochEnded(std::chrono::duration<double>(Clock::now() - start).count());
    tellSkipped(true);
    return {};
}

/// Whoever asked for something is served; the run ends here where it was told to, and may be gone on with from here.
std::optional<Ending> Run::betweenBatches(bool mayEdit) {
    std::optional<Result<void>> saved;
    m_boundary.pass(m_state.step, [&](TrainCommand& command) {
        if (command.kind == TrainCommand::Kind::Edit && !mayEdit) {
            m_edits.push_back(std::move(command));
            return;
        }
        m_isToStop = m_isToStop || command.kind == TrainCommand::Kind::Stop;
        const bool isEdit = command.kind == TrainCommand::Kind::Edit;
        const Result<void> done = isEdit ? edit(command.settings) : saveHere();
        if (!isEdit)
            saved = done;
        if (command.answered)
            command.answered(done);
    });
    m_isToStop = m_isToStop || m_stop.stop_requested();
    if (!saved && (m_isToStop || isSaveDue()))
        saved = saveHere();
    if (saved && !*saved)
        return failed(saved->error());
    if (mayEdit && !m_isToStop)
        if (const Result<void> repeated = repeatEdits(); !repeated)
            return failed(repeated.error());
    if (m_isToStop)
        return stopped(inEpoch(m_state.epoch) + " after batch " + std::to_string(m_state.batch));
    return {};
}

/// Other settings from the next batch on. What is refused changes nothing.
Result<void> Run::edit(const std::vector<Setting>& settings) {
    const Result<EditedExperiment> now = edited(experiment(), settings);
    if (!now)
        return now.error();
    if (now->changes.empty())
        return {};
    if (const Result<void> changed = change(now->experiment, now->changes); !changed)
        return changed;
    m_reporter.report(noteOfEdit(now->changes, m_state.place()));
    return {};
}

/// What earlier sessions of the run changed at this place.
Result<void> Run::repeatEdits() {
    while (!m_setup.later.empty() && m_setup.later.front().place <= m_state.place()) {
        const RecordedEdit edit = std::move(m_setup.later.front());
        m_setup.later.erase(m_setup.later.begin());
        const Result<Experiment> next = withChanges(experiment(), edit.changes);
        if (!next)
            return next.error();
        if (const Result<void> changed = change(*next, edit.changes); !changed)
            return changed;
        m_reporter.report(RunNote{"As before: " + noteOfEdit(edit.changes, edit.place).message});
    }
    return {};
}

/// Either all of it takes effect or, with an error, nothing; what breaks on the way ends the run.
Result<void> Run::change(const Experiment& next, const Json& changes) {
    if (const Result<void> may = mayGoOnWith(next, m_setup, m_state); !may)
        return may;
    const auto must = [](const Result<void>& done) {
        if (!done)
            throw std::runtime_error(done.error().message);
    };
    const EditEffect effect = goOnWith(next, changes, m_setup, m_state);
    bool opened = false;
    if (effect.plan)
        must(followPlan(m_state.epoch, experiment(), &opened));
    if (effect.feeds && !opened) {
        const Result<bool> done = m_plan.openFeeds();
        must(done ? Result<void>() : done.error());
        feedsOpened();
    }
    if ((effect.plan || effect.feeds) && m_state.isWithinEpoch())
        enterEpoch();
    return {};
}

bool Run::isSaveDue() const {
    const double minutes = experiment().training.saveEveryMinutes;
    return minutes > 0 && Clock::now() - m_saved >= std::chrono::duration<double, std::ratio<60>>(minutes);
}

/// Where what is to be kept cannot be written and somebody may make room: waits. True: try again.
bool Run::waitForRoom(const Error& error) {
    if (!m_request.waitsForRoom || m_isToStop || m_stop.stop_requested())
        return false;
    m_control.pause();
    m_reporter.tell(RunPaused{true, error.message});
    while (!m_isToStop && m_control.waitWhilePaused(m_stop)) {
        m_boundary.publish(m_state.step);
        for (const TrainCommand& command : m_control.take()) {
            m_isToStop = m_isToStop || command.kind == TrainCommand::Kind::Stop;
            if (command.answered)
                command.answered(error);
        }
    }
    m_reporter.tell(RunPaused{false});
    return !m_isToStop && !m_stop.stop_requested();
}

Result<void> Run::persistently(const std::function<Result<void>()>& write) {
    Result<void> written = write();
    while (!written && waitForRoom(written.error()))
        written = write();
    return written;
}

/// A checkpoint in the middle of an epoch.
Result<void> Run::saveHere() {
    tellSkipped(true);
    if (const Result<void> saved = persistently([this] { return saveLast(); }); !saved)
        return saved;
    keepLearning(true);
    m_reporter.report(CheckpointSaved{m_state.epoch, "checkpoints/last.safetensors", false, m_state.batch});
    return {};
}

Result<void> Run::saveLast() {
    const Result<std::string> saved = m_checkpoints.saveLast(*m_setup.module, m_moments, toJson(m_state, experiment()));
    m_saved = Clock::now();
    return saved ? Result<void>() : saved.error();
}

/// Says which images cannot be read: at the ends of training and validation, and once a second between batches.
void Run::tellSkipped(bool atOnce) {
    const auto now = Clock::now();
    if (!atOnce && now - m_toldSkipped < std::chrono::seconds(1))
        return;
    m_toldSkipped = now;
    const auto tell = [&](const std::unique_ptr<Feed>& feed, SkippedImages& told) {
        if (feed)
            for (const std::string& note : told.news(feed->skipped(), feed->images(), m_setup.dataset))
                m_reporter.report(RunNote{note});
    };
    tell(m_setup.trainFeed, m_skipped);
    tell(m_setup.validationFeed, m_skippedValidation);
    for (const SkippedImage& image : m_setup.trainFeed->skipped())
        m_state.skipped.insert(m_setup.dataset.samples[image.sample].path);
}

/// The callbacks, then history.csv and the weights, last of them the checkpoint to go on from.
std::optional<Ending> Run::endEpoch(const EpochMetrics& metrics) {
    const EpochVerdict verdict = m_state.endEpoch(metrics);
    m_reporter.report(EpochFinished{metrics, verdict.best, verdict.bestEpoch, verdict.patienceUsed, verdict.patience});
    if (verdict.change)
        m_reporter.report(*verdict.change);
    for (const std::function<Result<void>()>& write : std::initializer_list<std::function<Result<void>()>>{
             [this] { return m_setup.folder->writeHistory(m_state.history); }, [&] { return keepWeights(verdict); }})
        if (const Result<void> written = persistently(write); !written)
            return failed(written.error());
    static_cast<void>(m_setup.store->refresh(*m_setup.folder));
    keepLearning(false);
    for (const TrainCommand& command : std::exchange(m_edits, {})) {
        const Result<void> done = edit(command.settings);
        if (command.answered)
            command.answered(done);
    }
    if (!verdict.stop.empty())
        return Ending{RunEnded::Outcome::Completed, verdict.stop, ErrorKind::Failed};
    if (m_state.epoch <= experiment().training.epochs && (m_stop.stop_requested() || m_control.stopsAfterEpoch()))
        return stopped("after epoch " + std::to_string(metrics.epoch));
    return {};
}

/// A run does not end because this cannot be written.
void Run::keepLearning(bool always) {
    const Result<void> written = always ? m_learning.write() : m_learning.writeIfCheap();
    if (!written && !m_toldLearning)
        m_reporter.report(RunNote{"The learning history is not kept: " + written.error().message});
    m_toldLearning = m_toldLearning || !written;
}

/// After an epoch.
Result<void> Run::keepWeights(const EpochVerdict& verdict) {
    const GraphModule& module = *m_setup.module;
    const int epoch = m_state.finished();
    if (verdict.keepWeights)
        if (const Result<void> kept = m_checkpoints.keepForEarlyStopping(module, epoch); !kept)
            return kept;
    const Json state = toJson(m_state, experiment());
    if (verdict.best) {
        const Result<std::string> saved = m_checkpoints.saveBest(module, m_moments, state);
        if (!saved)
            return saved.error();
        m_reporter.report(CheckpointSaved{epoch, *saved, true});
    }
    const auto& checkpoint = experiment().training.checkpoint;
    if (checkpoint && checkpoint->keepEvery > 0 && epoch % checkpoint->keepEvery == 0) {
        const Result<std::string> saved = m_checkpoints.saveEpoch(module, m_moments, state, epoch);
        if (!saved)
            return saved.error();
        m_reporter.report(CheckpointSaved{epoch, *saved, false});
    }
    return saveLast();
}

/// Keras 3 restores at the end of training (SPEC 5.1); `last` keeps the last epoch's state to resume from.
Ending Run::restoreBest() {
    const auto& stopping = experiment().training.earlyStopping;
    if (!m_checkpoints.hasEarlyStopping() || !stopping || !stopping->restoreBestWeights)
        return {};
    if (const Result<void> restored = m_checkpoints.restoreEarlyStopping(*m_setup.module); !restored)
        return failed({"The best weights could not be restored: " + restored.error().message, restored.error().kind});
    m_reporter.report(RunNote{"The weights with the best " + stopping->monitor +
                              " were restored (checkpoints/restored.safetensors)."});
    return {};
}

/// The one RunEnded, and last: whatever fails on the way there only changes what it says.
RunEnded Run::finish(Ending ending) {
    if (ending.outcome == RunEnded::Outcome::Completed) {
        const Ending restored = guarded([this] { return restoreBest(); });
        if (restored.outcome == RunEnded::Outcome::Failed)
            ending = restored;
    }
    if (!goesOn() && !m_reporter.hasBegun())
        if (const Result<void> gone = unmakeRun(m_setup); !gone)
            ending.reason += " " + gone.error().message;
    const int finished = m_state.finished();
    RunEnded ended{ending.outcome, ending.reason, ending.kind, finished, m_state.callbacks.bestEpoch(finished), "", ""};
    if (m_reporter.hasBegun()) // whatever is left of a full disk is for the weights
        static_cast<void>(m_learning.end(m_state.isWithinEpoch() ? m_state.epoch : finished));
    if (m_setup.folder) {
        ended.run = m_setup.folder->id();
        ended.folder = m_setup.folder->path().string();
    }
    m_control.runEnded();
    m_remote.reset();
    m_reporter.end(ended, [this] {
        m_setup.mark.reset();
        if (m_setup.folder)
            static_cast<void>(m_setup.store->refresh(*m_setup.folder)); // the index only
    });
    return ended;
}

} // namespace

RunEnded train(const TrainRequest& request, std::stop_token stop, TrainControl& control, const EventSink& sink) {
    return Run(request, std::move(stop), control, sink).execute();
}

} // namespace sightline::engine
