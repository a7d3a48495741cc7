// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Trainer.h"

#include <torch/torch.h>

#include <chrono>
#include <cmath>

#include "engine/train/BatchBoundary.h"
#include "engine/train/Ending.h"
#include "engine/train/EpochPlan.h"
#include "engine/train/LearningRecorder.h"
#include "engine/train/RunResume.h"
#include "engine/train/RunStart.h"
#include "support/Random.h"

namespace sightline::engine {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string inEpoch(int epoch) {
    return "in epoch " + std::to_string(epoch);
}

std::string beforeEpoch(int epoch) {
    return epoch > 1 ? "before the first batch of epoch " + std::to_string(epoch) : "before the first batch";
}

/// One run in progress.
class Run {
public:
    Run(const TrainRequest& request, std::stop_token stop, TrainControl& control, const EventSink& sink)
        : m_request(request), m_stop(stop), m_control(control), m_reporter(sink),
          m_plan(m_setup, m_state, m_reporter, stop), m_boundary(m_setup, control, m_reporter, stop) {}

    RunEnded execute() {
        const Ending ending = guarded([this] {
            const Result<void> started = start();
            return started ? loop() : unready(started.error(), goesOn() ? "before it resumed" : beforeEpoch(1));
        });
        return finish(ending);
    }

private:
    bool goesOn() const { return !m_request.resume.empty(); }
    Result<void> start();
    void tellSkipped(bool atOnce);
    Ending loop();
    Result<void> followPlan(int epoch, const Experiment& by);
    std::optional<Ending> trainEpoch(int epoch, EpochMetrics& metrics);
    bool validate(EpochMetrics& metrics, double& pausedSeconds);
    std::optional<Ending> endEpoch(const EpochMetrics& metrics);
    Result<void> keepWeights(const EpochVerdict& verdict, int epoch);
    void keepLearning();
    Ending restoreBest();
    RunEnded finish(Ending ending);
    double rateAt(std::int64_t step) const;
    const Experiment& experiment() const { return m_setup.experiment; }

    const TrainRequest& m_request;
    std::stop_token m_stop;
    TrainControl& m_control;
    TrainSetup m_setup;
    TrainState m_state;
    Resumed m_resumed; ///< of a run that goes on
    RunReporter m_reporter;
    RunCheckpoints m_checkpoints;
    EpochPlan m_plan;
    BatchBoundary m_boundary;
    LearningRecorder m_learning;
    SkippedImages m_skipped{"training"}, m_skippedValidation{"validation"};
    Clock::time_point m_toldSkipped{};
    bool m_toldLearning = false;
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
    m_state = beginningState(m_setup);
    if (!goesOn())
        if (const Result<void> made = makeRun(m_setup, m_stop); !made)
            return made;
    m_checkpoints = RunCheckpoints(m_setup.folder->path());
    if (goesOn()) {
        Result<Resumed> resumed = resumeRun(m_setup, m_checkpoints, m_state);
        if (!resumed)
            return resumed.error();
        m_resumed = std::move(*resumed);
    }
    m_reporter.begin(m_setup, m_state.firstEpoch);
    if (goesOn())
        reportResume(m_setup, m_state, m_resumed, m_reporter);
    if (const std::string note = m_learning.begin(m_setup, m_state.lastEpoch); !note.empty())
        m_reporter.report(RunNote{note});
    static_cast<void>(m_setup.store->refresh(*m_setup.folder)); // the index only; the folder is the truth
    return {};
}

Result<void> Run::followPlan(int epoch, const Experiment& by) {
    const Result<bool> opened = m_plan.follow(epoch, by);
    if (!opened)
        return opened.error();
    if (*opened)
        for (SkippedImages* told : {&m_skipped, &m_skippedValidation})
            told->feedOpened();
    return {};
}

Ending Run::loop() {
    // First as the epoch before was, so that a resumed run sees the same changes.
    const Result<void> before = followPlan(std::max(1, m_state.lastEpoch), goesOn() ? m_resumed.before : experiment());
    if (!before)
        return unready(before.error(), beforeEpoch(m_state.firstEpoch));
    for (int epoch = m_state.firstEpoch; epoch <= experiment().training.epochs; ++epoch) {
        if (const Result<void> ready = followPlan(epoch, experiment()); !ready)
            return unready(ready.error(), beforeEpoch(epoch));
        EpochMetrics metrics;
        metrics.epoch = epoch;
        if (const auto ending = trainEpoch(epoch, metrics))
            return *ending;
        if (const auto ending = endEpoch(metrics))
            return *ending;
    }
    return {};
}

std::optional<Ending> Run::trainEpoch(int epoch, EpochMetrics& metrics) {
    constexpr const char* kAdvice = "; try a smaller learning rate. The last good checkpoint is kept.";
    const auto start = Clock::now();
    Feed& feed = *m_setup.trainFeed;
    feed.startEpoch(static_cast<std::uint64_t>(epoch - 1));
    RunningMean loss, accuracy;
    double pausedSeconds = 0;
    int number = 0;
    SampleResults each;
    auto batchStart = Clock::now();
    while (const std::optional<FeedBatch> batch = feed.next()) {
        // Dropout's stream is a function of seed and step, so that a resumed run drops the same units.
        m_setup.module->seedDraws(CounterRandom(experiment().seed, RandomPurpose::Dropout, 0,
                                                static_cast<std::uint64_t>(m_state.optimizer.step))
                                      .next32());
        metrics.learningRate = rateAt(m_state.optimizer.step) * m_plan.rateFactor();
        const bool isFollowed = m_learning.follows(batch->samples);
        const StepResult step = trainStep(*m_setup.module, m_state.optimizer, m_setup.step, batch->input,
                                          batch->targets, metrics.learningRate, isFollowed ? &each : nullptr);
        if (!std::isfinite(step.loss))
            return failed({"The loss became " + std::string(std::isnan(step.loss) ? "not a number" : "infinite") + " " +
                           inEpoch(epoch) + kAdvice});
        const double right = static_cast<double>(step.right) / batch->size;
        loss.add(step.loss, batch->size);
        accuracy.add(right, batch->size);
        if (isFollowed)
            m_learning.record(epoch, batch->samples, each);
        m_reporter.reportBatch({epoch, ++number, 0, step.loss, right, loss.mean(), accuracy.mean()},
                               secondsSince(batchStart));
        tellSkipped(false);
        pausedSeconds += m_boundary.pass(m_state.optimizer.step);
        if (m_stop.stop_requested())
            return stopped(inEpoch(epoch));
        batchStart = Clock::now();
    }
    tellSkipped(true);
    if (loss.weight() == 0)
        return failed(badInput("None of the training images can be read."));
    const double seconds = secondsSince(start) - pausedSeconds;
    metrics.loss = loss.mean();
    metrics.accuracy = accuracy.mean();
    metrics.imagesPerSecond = seconds > 0 ? loss.weight() / seconds : 0;
    metrics.waitShare = seconds > 0 ? feed.secondsWaited() / seconds : 0;
    if (!m_setup.module->isFinite())
        return failed({"The weights became infinite or not a number " + inEpoch(epoch) + kAdvice});
    if (!validate(metrics, pausedSeconds))
        return stopped(inEpoch(epoch));
    metrics.seconds = secondsSince(start) - pausedSeconds;
    m_reporter.epochEnded(metrics.seconds - seconds);
    metrics.skippedImages = static_cast<int>(feed.skipped().size());
    tellSkipped(true);
    if (const std::string note = feed.note(); epoch == m_state.firstEpoch && !note.empty())
        m_reporter.report(RunNote{note});
    return {};
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
}

/// False: stopped on the way.
bool Run::validate(EpochMetrics& metrics, double& pausedSeconds) {
    if (!m_setup.validationFeed)
        return true;
    Feed& feed = *m_setup.validationFeed;
    feed.startEpoch(static_cast<std::uint64_t>(metrics.epoch - 1));
    RunningMean loss, accuracy;
    SampleResults each;
    while (const std::optional<FeedBatch> batch = feed.next()) {
        const StepResult step =
            validationStep(*m_setup.module, m_setup.step, batch->input, batch->targets.labels, &each);
        m_learning.record(metrics.epoch, batch->samples, each);
        loss.add(step.loss, batch->size);
        accuracy.add(static_cast<double>(step.right) / batch->size, batch->size);
        pausedSeconds += m_boundary.pass(m_state.optimizer.step);
        if (m_stop.stop_requested())
            return false;
    }
    if (loss.weight() > 0) {
        metrics.valLoss = loss.mean();
        metrics.valAccuracy = accuracy.mean();
    }
    return true;
}

/// The callbacks, then history.csv and the weights, last of them the checkpoint to go on from.
std::optional<Ending> Run::endEpoch(const EpochMetrics& metrics) {
    const int epoch = metrics.epoch;
    m_state.history.push_back(metrics);
    m_state.lastEpoch = epoch;
    const EpochVerdict verdict = m_state.callbacks.epochEnded(metrics, m_state.baseRate);
    m_state.baseRate = verdict.learningRate;
    m_reporter.report(EpochFinished{metrics, verdict.best, verdict.bestEpoch, verdict.patienceUsed, verdict.patience});
    if (verdict.change)
        m_reporter.report(*verdict.change);
    if (const Result<void> written = m_setup.folder->writeHistory(m_state.history); !written)
        return failed(written.error());
    if (const Result<void> kept = keepWeights(verdict, epoch); !kept)
        return failed(kept.error());
    static_cast<void>(m_setup.store->refresh(*m_setup.folder));
    keepLearning();
    if (!verdict.stop.empty())
        return Ending{RunEnded::Outcome::Completed, verdict.stop, ErrorKind::Failed};
    if (epoch < experiment().training.epochs && (m_stop.stop_requested() || m_control.stopsAfterEpoch()))
        return stopped("after epoch " + std::to_string(epoch));
    return {};
}

/// A run does not end because this cannot be written.
void Run::keepLearning() {
    const Result<void> written = m_learning.writeIfCheap();
    if (!written && !m_toldLearning)
        m_reporter.report(RunNote{"The learning history is not kept: " + written.error().message});
    m_toldLearning = m_toldLearning || !written;
}

Result<void> Run::keepWeights(const EpochVerdict& verdict, int epoch) {
    const GraphModule& module = *m_setup.module;
    if (verdict.keepWeights)
        if (const Result<void> kept = m_checkpoints.keepForEarlyStopping(module, epoch); !kept)
            return kept;
    const Json state = checkpointState(m_state, experiment(), !verdict.stop.empty());
    if (verdict.best) {
        const Result<std::string> saved = m_checkpoints.saveBest(module, m_state.optimizer, state);
        if (!saved)
            return saved.error();
        m_reporter.report(CheckpointSaved{epoch, *saved, true});
    }
    const auto& checkpoint = experiment().training.checkpoint;
    if (checkpoint && checkpoint->keepEvery > 0 && epoch % checkpoint->keepEvery == 0) {
        const Result<std::string> saved = m_checkpoints.saveEpoch(module, m_state.optimizer, state, epoch);
        if (!saved)
            return saved.error();
        m_reporter.report(CheckpointSaved{epoch, *saved, false});
    }
    const Result<std::string> saved = m_checkpoints.saveLast(module, m_state.optimizer, state);
    return saved ? Result<void>() : saved.error();
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
    RunEnded ended{ending.outcome,
                   ending.reason,
                   ending.kind,
                   m_state.lastEpoch,
                   m_state.callbacks.bestEpoch(m_state.lastEpoch),
                   "",
                   ""};
    if (m_reporter.hasBegun())
        static_cast<void>(m_learning.end(m_state.lastEpoch)); // whatever is left of a full disk is for the weights
    if (m_setup.folder) {
        ended.run = m_setup.folder->id();
        ended.folder = m_setup.folder->path().string();
    }
    m_control.runEnded();
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
