// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Trainer.h"

#include <torch/torch.h>

#include <chrono>
#include <cmath>
#include <utility>

#include "engine/train/Ending.h"
#include "engine/train/GivenImages.h"
#include "engine/train/ProbeDrawer.h"
#include "engine/train/RankAgreement.h"
#include "engine/train/RankSkips.h"
#include "engine/train/RankSteps.h"
#include "engine/train/RemoteControl.h"
#include "engine/train/RunRecorder.h"
#include "engine/train/RunResume.h"
#include "engine/train/RunStart.h"
#include "engine/train/Steering.h"
#include "engine/train/TrainLoop.h"
#include "store/FindRun.h"
#include "store/FoundMark.h"
#include "store/RunFork.h"

namespace sightline::engine {

namespace {

std::string beforeEpoch(int epoch) {
    return epoch > 1 ? "before the first batch of epoch " + std::to_string(epoch) : "before the first batch";
}

/// One run in progress: drives a TrainLoop, has it steered, and has what it gives recorded.
class Run {
public:
    Run(const TrainRequest& request, std::stop_token stop, TrainControl& control, const EventSink& sink)
        : m_request(request), m_stop(stop), m_control(control), m_reporter(sink),
          m_recorder(m_setup, m_state, m_moments, m_reporter),
          m_steering({m_setup, m_state, m_moments, m_reporter, control, stop, request.waitsForRoom},
                     {[this] { m_recorder.feedsOpened(); }, [this] { enterEpoch(); },
                      [this] { return m_recorder.isSaveDue(); }, [this] { return m_recorder.saveHere(); },
                      [this](const TrainCommand& look) { return show(*m_loop, m_setup, m_state.epoch, look); }}) {}

    RunEnded execute() {
        bool isAlone = true; // in how it ends: what is no exception all ranks come to
        const Ending ending = guarded([&] {
            const Result<void> started = start();
            const Ending come =
                started ? epochs() : unready(started.error(), goesOn() ? "before it resumed" : beforeEpoch(1));
            isAlone = false;
            return come;
        });
        part(ending, isAlone);
        return finish(ending);
    }

private:
    bool goesOn() const { return !m_request.resume.empty(); }
    bool keeps() const { return m_setup.keeps(); } ///< the run's folder; false: rank 0 does
    Result<void> start();
    Result<void> join();
    Result<void> prepare();
    Result<void> beginFolder();
    void part(const Ending& ending, bool isAlone);
    Ending epochs();
    std::optional<Ending> trainEpoch();
    std::optional<Ending> trainBatches();
    std::string adviceOfFirst() const;
    void reportBatch(const LoopBatch& batch);
    std::optional<Ending> validate();
    std::optional<Ending> endEpoch(const EpochMetrics& metrics);
    std::optional<Ending> decideAfterEpoch(const EpochVerdict& verdict, const TrainingSettings& then);
    Result<void> keepEpoch(const EpochMetrics& metrics, const EpochVerdict& verdict);
    void drawProbes(const EpochMetrics& metrics, bool isLast);
    void enterEpoch();
    RunEnded finish(Ending ending);
    double rateAt(std::int64_t step) const;
    const Experiment& experiment() const { return m_setup.experiment; }

    TrainRequest m_request;
    std::stop_token m_stop;
    TrainControl& m_control;
    std::unique_ptr<Ranks> m_ranks; ///< where several processes train
    TrainSetup m_setup;
    TrainState m_state;
    Moments m_moments;
    Resumed m_resumed; ///< of a run that goes on
    RunReporter m_reporter;
    RunRecorder m_recorder;
    ProbeDrawer m_probes;
    Steering m_steering;
    std::optional<RemoteControl> m_remote;
    std::optional<RankSteps> m_steps; ///< of the ranks
    std::optional<TrainLoop> m_loop;  ///< of the epoch under way
    double m_secondsAfterEpoch = 0;   ///< what came after its last batch took, so far
    bool m_toldFeed = false, m_hasTrained = false;
    FoundMark m_found; ///< of a run that is to go on
};

double Run::rateAt(std::int64_t step) const {
    if (m_state.callbacks.reducesRate())
        return m_state.baseRate;
    return scheduledRate(experiment().training.schedule, m_state.baseRate, experiment().training.epochs,
                         m_setup.batchesPerEpoch(), step);
}

/// With the other processes, where there are any.
Result<void> Run::join() {
    if (!m_request.ranks)
        return {};
    Result<std::unique_ptr<Ranks>> ranks = joinRanks(*m_request.ranks);
    if (!ranks)
        return ranks.error();
    m_ranks = std::move(*ranks);
    m_setup.ranks = m_ranks.get();
    m_setup.sharers = sharersOfCpus(*m_ranks);
    if (keeps()) // the home is there before the others look at it; where it cannot be made is said later
        static_cast<void>(RunStore::open(m_request.home));
    m_request.resume = m_ranks->fromFirst(m_request.resume); // a fork is made by rank 0 alone
    return {};
}

Result<void> Run::prepare() {
    const Result<void> prepared = prepareTraining(m_request, m_stop, m_setup);
    if (!m_ranks)
        return prepared;
    const Result<void> everywhere = agreed(*m_ranks, prepared);
    return everywhere ? agreeOnRun(*m_ranks, m_setup) : everywhere;
}

/// A new folder, or where the run goes on in its own.
Result<void> Run::beginFolder() {
    if (!goesOn())
        if (const Result<void> made = makeRun(m_setup, m_request.group, m_stop); !made)
            return made;
    m_recorder.begin([this](const Error& error) { return m_steering.waitForRoom(error); });
    if (!goesOn())
        return {};
    Result<Resumed> resumed = resumeRun(m_setup, m_recorder.checkpoints(), m_state, m_moments);
    if (!resumed)
        return resumed.error();
    m_resumed = std::move(*resumed);
    return {};
}

Result<void> Run::start() {
    if (const Result<void> joined = join(); !joined)
        return joined;
    if (goesOn() && keeps())
        if (const Result<RunFolder> run = findRun(m_request.home, m_request.resume))
            m_found = FoundMark(run->path());
    if (const Result<void> prepared = prepare(); !prepared)
        return prepared;
    m_state = TrainState::beginning(experiment(), m_setup.dataset.count(Subset::Validation) > 0);
    m_moments = Moments::zeros(m_setup.module->parameters());
    const Result<void> mine = keeps() ? beginFolder() : Result<void>();
    if (const Result<void> begun = m_ranks ? agreed(*m_ranks, mine) : mine; !begun)
        return begun;
    if (m_ranks)
        shareBeginning(*m_ranks, m_setup, m_state, m_moments, m_resumed.before);
    if (!keeps())
        return {};
    m_remote.emplace(m_setup.folder->path(), m_control);
    m_reporter.setPatience([this](const Error& error) { return m_steering.waitForRoom(error); });
    m_reporter.begin(m_setup, m_state.epoch);
    if (goesOn())
        reportResume(m_setup, m_state, m_resumed, m_reporter);
    m_recorder.beginLearning();
    m_probes.begin(m_setup.folder->path(), m_state.finished());
    static_cast<void>(m_setup.store->refresh(*m_setup.folder)); // the index only; the folder is the truth
    return {};
}

/// From the other processes: together, or so that they hear why this one goes.
void Run::part(const Ending& ending, bool isAlone) {
    if (!m_ranks)
        return;
    try {
        if (!isAlone)
            m_ranks->close();
        else
            m_ranks->leave(ending.reason);
    } catch (const RankLost&) { // there is nothing left to do together
    }
}

Ending Run::epochs() {
    // First as the batch before was, so that a resumed run sees the same changes.
    const int before = m_state.isWithinEpoch() ? m_state.epoch : std::max(1, m_state.finished());
    if (const Result<void> ready = m_steering.follow(before, goesOn() ? m_resumed.before : experiment()); !ready)
        return unready(ready.error(), beforeEpoch(m_state.epoch));
    while (m_state.epoch <= experiment().training.epochs) {
        if (const auto ending = m_steering.beforeEpoch())
            return *ending;
        if (const Result<void> ready = m_steering.follow(m_state.epoch, experiment()); !ready)
            return unready(ready.error(), beforeEpoch(m_state.epoch));
        if (const auto ending = trainEpoch())
            return *ending;
    }
    return {};
}

void Run::enterEpoch() {
    m_steps.reset();
    if (m_ranks)
        m_steps.emplace(RankSteps::Parts{*m_setup.module, *m_ranks, experiment().training.syncBatchNorm,
                                         [this] { return m_stop.stop_requested(); }});
    m_loop.emplace(TrainParts{*m_setup.module, m_moments, m_setup.step, m_setup.trainFeed.get(),
                              m_setup.validationFeed.get(), experiment().seed,
                              [this](std::span<const std::uint32_t> samples) { return m_recorder.follows(samples); },
                              m_steps ? &*m_steps : nullptr},
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
    const std::string where = "in epoch " + std::to_string(m_state.epoch),
                      advice = "; try a smaller learning rate. The last good checkpoint is kept.";
    const std::int64_t first = m_state.step;
    const bool resumesHere = goesOn() && !std::exchange(m_hasTrained, true);
    while (const auto batch = m_loop->train(rateAt(m_state.step) * m_steering.rateFactor())) {
        if (!std::isfinite(batch->loss))
            return failed({"The loss became " + std::string(std::isnan(batch->loss) ? "not a number" : "infinite") +
                           " " + where + (resumesHere && m_state.step == first + 1 ? adviceOfFirst() : advice)});
        if (keeps()) {
            if (batch->wishesToStop)
                m_control.post({TrainCommand::Kind::Stop});
            m_recorder.record(*batch);
            reportBatch(*batch);
            m_recorder.tellSkipped(false);
        }
        if (const auto ending = m_steering.betweenBatches(true))
            return ending;
    }
    if (m_ranks) {
        shareStatistics(*m_ranks, *m_setup.module);
        m_setup.trainSkips = skippedByAll(*m_ranks, m_setup.trainFeed->skipped());
    }
    if (keeps())
        m_recorder.tellSkipped(true);
    if (m_state.soFar.loss.weight() == 0)
        return failed(badInput("None of the training images can be read."));
    if (const std::string note = m_setup.trainFeed->note(); !std::exchange(m_toldFeed, true) && !note.empty())
        m_reporter.report(RunNote{note});
    if (!m_setup.module->isFinite())
        return failed({"The weights became infinite or not a number " + where + advice});
    return {};
}

/// Of a run whose checkpoint is what cannot be gone on from.
std::string Run::adviceOfFirst() const {
    const std::string earlier = pointsBefore(*m_setup.folder, {m_state.epoch, m_state.batch - 1}).words();
    return ", in the first batch after the checkpoint; " +
           (earlier.empty() ? std::string() : "fork " + earlier + ", or ") +
           "train again, with a smaller learning rate.";
}

void Run::reportBatch(const LoopBatch& batch) {
    const EpochSoFar& epoch = m_state.soFar;
    BatchFinished finished{m_state.epoch,     batch.number,         0, batch.loss, batch.accuracy,
                           epoch.loss.mean(), epoch.accuracy.mean()};
    finished.waitShare = epoch.seconds > 0 ? epoch.waited / epoch.seconds : 0;
    finished.loaderThreads = m_setup.trainFeed->loaderThreads();
    m_reporter.reportBatch(finished, batch.size, batch.seconds);
}

std::optional<Ending> Run::validate() {
    m_secondsAfterEpoch = 0;
    while (const auto batch = m_loop->validate()) {
        m_secondsAfterEpoch += batch->seconds;
        if (keeps()) {
            if (batch->wishesToStop)
                m_control.post({TrainCommand::Kind::Stop});
            m_recorder.record(*batch);
        }
        if (const auto ending = m_steering.betweenBatches(false))
            return ending;
    }
    if (m_ranks && m_setup.validationFeed)
        m_setup.validationSkips = skippedByAll(*m_ranks, m_setup.validationFeed->skipped());
    if (keeps())
        m_recorder.tellSkipped(true);
    return {};
}

/// The callbacks have their say, and all is kept.
std::optional<Ending> Run::endEpoch(const EpochMetrics& metrics) {
    const TrainingSettings then = experiment().training;
    const EpochVerdict verdict = m_state.endEpoch(metrics);
    const Result<void> kept = keeps() ? keepEpoch(metrics, verdict) : Result<void>();
    const auto ending = m_steering.afterEpoch(kept, [&] { return decideAfterEpoch(verdict, then); });
    m_state.stoppedEarly = m_state.stoppedEarly && m_state.callbacks.stillStops(verdict, then);
    return ending;
}

std::optional<Ending> Run::decideAfterEpoch(const EpochVerdict& verdict, const TrainingSettings& then) {
    const bool stops = m_state.callbacks.stillStops(verdict, then);
    if (m_state.stoppedEarly && !stops) { // an edit that came during the validation saved it
        m_state.stoppedEarly = false;
        if (const Result<void> kept = m_recorder.keepLast(); !kept)
            return failed(kept.error());
    }
    if (stops)
        return Ending{RunEnded::Outcome::Completed, verdict.stop, ErrorKind::Failed};
    if (m_state.epoch <= experiment().training.epochs && (m_stop.stop_requested() || m_control.stopsAfterEpoch()))
        return stopped("after epoch " + std::to_string(m_state.finished()));
    return {};
}

Result<void> Run::keepEpoch(const EpochMetrics& metrics, const EpochVerdict& verdict) {
    const auto& stopping = experiment().training.earlyStopping;
    m_reporter.report(EpochFinished{metrics, verdict.best, verdict.bestEpoch, verdict.patienceUsed, verdict.patience,
                                    stopping ? stopping->monitor : std::string()});
    if (verdict.change)
        m_reporter.report(*verdict.change);
    if (const Result<void> kept = m_recorder.keepEpoch(verdict); !kept)
        return kept;
    const auto start = std::chrono::steady_clock::now();
    drawProbes(metrics,
               !verdict.stop.empty() || m_state.epoch > experiment().training.epochs || m_control.stopsAfterEpoch());
    m_reporter.time().epochEndTook(m_secondsAfterEpoch + m_recorder.secondsWriting() +
                                   std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    return {};
}

void Run::drawProbes(const EpochMetrics& metrics, bool isLast) {
    const ProbeDrawer::Drawn drawn = m_probes.epochEnded(m_setup, metrics.epoch, metrics.seconds, isLast, m_stop);
    for (const std::string& note : drawn.notes)
        m_reporter.report(RunNote{note});
    if (drawn.event)
        m_reporter.report(*drawn.event);
}

/// The one RunEnded, and last: whatever fails on the way there only changes what it says.
RunEnded Run::finish(Ending ending) {
    if (!keeps())
        m_setup.folder.reset(); // rank 0's
    if (ending.outcome == RunEnded::Outcome::Completed) {
        const Ending restored = guarded([this] { return m_recorder.restoreBest(); });
        if (restored.outcome == RunEnded::Outcome::Failed)
            ending = restored;
    }
    if (!goesOn() && !m_reporter.hasBegun())
        if (const Result<void> gone = unmakeRun(m_setup); !gone)
            ending.reason += " " + gone.error().message;
    const int finished = m_state.finished();
    RunEnded ended{ending.outcome, ending.reason, ending.kind, finished, m_state.callbacks.bestEpoch(finished), "", ""};
    if (m_reporter.hasBegun()) // whatever is left of a full disk is for the weights
        m_recorder.end();
    if (m_setup.folder) {
        ended.run = m_setup.folder->id();
        ended.folder = m_setup.folder->path().string();
    }
    m_steering.end();
    m_remote.reset();
    m_reporter.end(ended, [this] {
        if (std::exchange(m_setup.mark, {}) && goesOn() && !m_reporter.hasBegun())
            m_found.putBack();
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
