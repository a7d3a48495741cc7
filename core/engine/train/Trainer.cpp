// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Trainer.h"

#include <torch/torch.h>

#include <chrono>
#include <cmath>
#include <exception>
#include <new>
#include <numeric>

#include "engine/module/LoadedModel.h"
#include "engine/train/EpochCallbacks.h"
#include "engine/train/RunCheckpoints.h"
#include "engine/train/RunImages.h"
#include "engine/train/RunReporter.h"
#include "engine/train/TrainSetup.h"
#include "network/Freezing.h"
#include "store/FittedNormalizationFile.h"
#include "support/Files.h"
#include "support/Random.h"
#include "support/Words.h"

namespace sightline::engine {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Why a run ends before its last epoch; carried out of nested loops by value.
struct Ending {
    RunEnded::Outcome outcome = RunEnded::Outcome::Completed;
    std::string reason;
    ErrorKind kind = ErrorKind::Failed;
};

Ending failed(const Error& error) {
    return {RunEnded::Outcome::Failed, error.message, error.kind};
}

Ending unready(const Error& error) {
    return error.kind == ErrorKind::Cancelled
               ? Ending{RunEnded::Outcome::Stopped, "Stopped before the first batch.", ErrorKind::Failed}
               : failed(error);
}

/// What `work` ends with; an exception ends a run as failed, wherever it comes from.
template <typename Work>
Ending guarded(Work work) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return failed({"There was not enough memory; choose a smaller batch or image size."});
    } catch (const std::exception& error) {
        const std::string reason = error.what();
        return failed({"Training stopped because of an error: " + reason.substr(0, reason.find('\n'))});
    } catch (...) {
        return failed({"Training stopped because of an unknown error."});
    }
}

/// One run in progress.
class Run {
public:
    Run(const TrainRequest& request, std::stop_token stop, TrainControl& control, const EventSink& sink)
        : m_request(request), m_stop(std::move(stop)), m_control(control), m_reporter(sink) {}

    RunEnded execute() {
        const Ending ending = guarded([this] {
            const Result<void> started = start();
            return started ? loop() : unready(started.error());
        });
        return finish(ending);
    }

private:
    Result<void> start();
    Result<void> createRun();
    Result<void> resume();
    Result<void> keepImages();
    std::string whyDone(const Json& state) const;
    bool changes(const std::string& block) const;
    Result<void> commitResume();
    void reportResume();
    Json stateAfter(int epoch, bool stoppedEarly) const;
    void tellSkipped(bool atOnce);
    Ending loop();
    Result<void> followPlan(int epoch, const Experiment& by);
    Result<void> openFeeds();
    std::optional<Ending> trainEpoch(int epoch, EpochMetrics& metrics);
    bool validate(EpochMetrics& metrics, double& pausedSeconds);
    std::optional<Ending> endEpoch(const EpochMetrics& metrics);
    Result<void> keepWeights(const EpochVerdict& verdict, int epoch);
    double atBatchBoundary(); ///< seconds it was paused
    void publishSnapshot();
    Ending restoreBest();
    RunEnded finish(Ending ending);
    double rateAt(std::int64_t step) const;
    const Experiment& experiment() const { return m_setup.experiment; }
    static Ending stoppedIn(int epoch) {
        return {RunEnded::Outcome::Stopped, "Stopped in epoch " + std::to_string(epoch) + ".", ErrorKind::Failed};
    }

    const TrainRequest& m_request;
    std::stop_token m_stop;
    TrainControl& m_control;

    TrainSetup m_setup;
    RunReporter m_reporter;
    FreezePlan m_plan;                          ///< of the epoch
    std::optional<FineTuneSettings> m_fineTune; ///< that m_plan is of
    SkippedImages m_skipped{"training"}, m_skippedValidation{"validation"};
    Clock::time_point m_toldSkipped{};
    std::string m_resumedFrom;
    OptimizerState m_optimizer;
    RunCheckpoints m_checkpoints;
    EpochCallbacks m_callbacks;
    std::shared_ptr<const WeightSnapshot> m_snapshot; ///< the newest published, of m_snapshotStep
    std::int64_t m_snapshotStep = 0;
    std::vector<EpochMetrics> m_history;
    double m_baseRate = 0; ///< after reductions, before any schedule
    int m_firstEpoch = 1;
    int m_lastEpoch = 0; ///< finished
};

double Run::rateAt(std::int64_t step) const {
    if (m_callbacks.reducesRate())
        return m_baseRate;
    return scheduledRate(experiment().training.schedule, m_baseRate, experiment().training.epochs,
                         m_setup.batchesPerEpoch(), step);
}

Result<void> Run::start() {
    if (const Result<void> prepared = prepareTraining(m_request, m_stop, m_setup); !prepared)
        return prepared;
    m_optimizer.first = torch::zeros_like(m_setup.module->parameters());
    m_optimizer.second = torch::zeros_like(m_setup.module->parameters());
    m_baseRate = static_cast<double>(static_cast<float>(experiment().training.optimizer.learningRate));
    m_callbacks = EpochCallbacks(experiment().training, m_setup.dataset.count(Subset::Validation) > 0);
    const bool goesOn = m_setup.folder.has_value();
    if (const Result<void> ready = goesOn ? resume() : createRun(); !ready)
        return ready;
    m_reporter.begin(m_setup, m_firstEpoch);
    if (goesOn)
        reportResume();
    if (!m_setup.changes.empty()) // the edit holds also where the run is stopped before its next checkpoint
        if (const Result<std::string> saved =
                m_checkpoints.saveLast(*m_setup.module, m_optimizer, stateAfter(m_lastEpoch, false));
            !saved)
            return saved.error();
    static_cast<void>(m_setup.store->refresh(*m_setup.folder)); // the index only; the folder is the truth
    return {};
}

Result<void> Run::createRun() {
    Result<RunFolder> folder = m_setup.store->create(experiment());
    if (!folder)
        return folder.error();
    m_setup.folder = std::move(*folder);
    Result<RunMark> mark = RunMark::take(m_setup.folder->path());
    if (!mark)
        return mark.error();
    m_setup.mark = std::move(*mark);
    m_checkpoints = RunCheckpoints(m_setup.folder->path());
    if (const Result<void> written = m_setup.folder->writeClasses(m_setup.dataset.classes); !written)
        return written;
    if (const Result<void> written = m_setup.folder->writeGraph(toJson(m_setup.module->spec())); !written)
        return written;
    if (m_setup.fitted) {
        if (const Result<void> written = writeFittedNormalization(m_setup.folder->path(), *m_setup.fitted); !written)
            return written;
    }
    if (const Result<void> written = keepImages(); !written)
        return written;
    return m_checkpoints.makeFolder();
}

/// What it is trained on, and what was changed by hand, go with the run, so that it is resumed and judged with the same
/// images and labels.
Result<void> Run::keepImages() {
    const Dataset& dataset = m_setup.dataset;
    std::vector<std::uint32_t> all(dataset.samples.size());
    std::iota(all.begin(), all.end(), 0u);
    const ContentDigests digests = digestsOf(dataset, all, availableCpus(), m_stop);
    if (m_stop.stop_requested())
        return cancelled();
    if (const Result<void> written =
            writeManifest(m_setup.folder->path(), manifestOf(dataset, experiment().data, digests));
        !written)
        return written;
    return m_setup.overlay.empty() ? Result<void>()
                                   : writeOverlay(m_setup.folder->path() / kOverlayFile, m_setup.overlay, dataset.root);
}

/// Why there is nothing to resume; empty where there is.
std::string Run::whyDone(const Json& state) const {
    const std::string run = "The run " + m_setup.folder->id() + " has finished ";
    if (m_lastEpoch >= experiment().training.epochs)
        return m_setup.changes.contains("training.epochs")
                   ? run + counted(static_cast<std::size_t>(m_lastEpoch), "epoch") + "; set training.epochs to more."
                   : run + "all its epochs; there is nothing to resume. --set training.epochs=N gives it more.";
    if (state.value("stopped_early", false) && !m_setup.changes.contains("training.epochs") &&
        !changes("training.early_stopping"))
        return run + "early, after epoch " + std::to_string(m_lastEpoch) +
               "; there is nothing to resume. --set training.epochs=N or training.early_stopping=null continues it.";
    return {};
}

/// Whether an edit touches a block of settings.
bool Run::changes(const std::string& block) const {
    for (const auto& [path, values] : m_setup.changes.items())
        if (path == block || path.starts_with(block + "."))
            return true;
    return false;
}

Result<void> Run::resume() {
    m_checkpoints = RunCheckpoints(m_setup.folder->path());
    const Result<RunCheckpoints::Loaded> loaded = m_checkpoints.load(*m_setup.module, m_optimizer);
    if (!loaded)
        return loaded.error();
    Json state = loaded->state;
    m_lastEpoch = state.value("epoch", 0);
    if (const std::string done = whyDone(state); !done.empty())
        return badInput(done);
    m_firstEpoch = m_lastEpoch + 1;
    Result<std::vector<EpochMetrics>> history = m_setup.folder->history();
    if (!history)
        return history.error();
    m_history = std::move(*history);
    if (m_history.size() > static_cast<std::size_t>(m_lastEpoch))
        m_history.resize(static_cast<std::size_t>(m_lastEpoch));
    // Callbacks whose settings are new begin anew.
    if (changes("training.early_stopping"))
        state.erase("early_stopping");
    if (changes("training.reduce_lr_on_plateau"))
        state.erase("reduce_lr");
    if (loaded->hasOptimizer) {
        m_optimizer.step = state.value("step", std::int64_t{0});
        m_optimizer.origin = state.value("optimizer_origin", std::int64_t{0});
        m_baseRate = state.value("learning_rate", m_baseRate);
        m_callbacks.restore(state);
    } else {
        m_optimizer.step = m_optimizer.origin = std::int64_t{m_lastEpoch} * m_setup.batchesPerEpoch();
        for (const EpochMetrics& epoch : m_history)
            m_baseRate = m_callbacks.epochEnded(epoch, m_baseRate).learningRate;
    }
    if (changes("training.optimizer"))
        m_baseRate = static_cast<double>(static_cast<float>(experiment().training.optimizer.learningRate));
    if (state.value("stopped_early", false))
        m_callbacks.restartPatience();
    if (!loaded->note.empty())
        m_setup.notes.push_back(loaded->note);
    m_resumedFrom = loaded->file;
    return commitResume();
}

/// From here on the run is sure to go on: its folder may change.
Result<void> Run::commitResume() {
    m_checkpoints.dropRestored();
    return m_setup.moved ? writeDataPlace(m_setup.folder->path(), *m_setup.moved) : Result<void>();
}

/// Where a resumed run goes on from, and what changes from there on.
void Run::reportResume() {
    m_reporter.report(
        RunNote{"Resumed after epoch " + std::to_string(m_lastEpoch) + " from " + m_resumedFrom + ".",
                Json{{"type", "resumed"}, {"epoch", m_lastEpoch}, {"batch", 0}, {"from", m_resumedFrom}}});
    if (m_setup.changes.empty())
        return;
    std::string sentence;
    for (const auto& [path, values] : m_setup.changes.items())
        sentence += (sentence.empty() ? "Changed: " : "; ") + path + " from " + toText(values[0], -1) + " to " +
                    toText(values[1], -1);
    m_reporter.report(RunNote{
        sentence + ".", Json{{"type", "edit"}, {"epoch", m_firstEpoch}, {"batch", 0}, {"changes", m_setup.changes}}});
}

/// Images, or the features of the frozen part while it is the one the run began with.
Result<void> Run::openFeeds() {
    const FreezePlan first = freezePlan(m_setup.module->spec(), experiment().model.freeze, {}, 1);
    return openTrainingFeeds(m_setup, experiment().training.cacheFeatures && m_plan.frozen == first.frozen, m_stop,
                             [this](const std::string& note) { m_reporter.report(RunNote{note}); });
}

/// Freezes and thaws as the epoch's plan says. What thaws begins with fresh moments, as if the optimiser were new
/// (Keras' compile).
Result<void> Run::followPlan(int epoch, const Experiment& by) {
    const TrainingSettings& training = by.training;
    GraphModule& module = *m_setup.module;
    const FreezePlan plan = freezePlan(module.spec(), by.model.freeze, training.fineTune, epoch), before = m_plan;
    const bool begins = m_setup.trainFeed == nullptr;
    const bool otherRates = training.fineTune != m_fineTune; // edited since the epoch before
    if (!begins && plan == before && !otherRates)
        return {};
    m_plan = plan;
    m_fineTune = training.fineTune;
    if (begins || otherRates || plan.frozen != before.frozen)
        module.enableTraining(plan.frozen, training.fineTune);
    if (begins)
        return openFeeds();
    if (plan.frozen != before.frozen) {
        m_optimizer.first.zero_();
        m_optimizer.second.zero_();
        m_optimizer.origin = m_optimizer.step;
        const std::string from =
            plan.frozen == 0 ? "the whole network" : "everything after " + module.spec().nodes[plan.frozen - 1].id;
        m_reporter.report(RunNote{"Fine-tuning from epoch " + std::to_string(epoch) + ": training " + from + "."});
    }
    if (plan.rateFactor != before.rateFactor)
        m_reporter.report(LearningRateChanged{epoch, m_baseRate * before.rateFactor, m_baseRate * plan.rateFactor,
                                              "training.fine_tune.learning_rate_factor"});
    return training.cacheFeatures && plan.frozen != before.frozen ? openFeeds() : Result<void>();
}

Ending Run::loop() {
    const Experiment& before = m_lastEpoch > 0 ? m_setup.before : experiment();
    if (const Result<void> ready = followPlan(std::max(1, m_lastEpoch), before);
        !ready) // of the epoch before, so that a resumed run sees the same changes
        return unready(ready.error());
    for (int epoch = m_firstEpoch; epoch <= experiment().training.epochs; ++epoch) {
        if (const Result<void> ready = followPlan(epoch, experiment()); !ready)
            return unready(ready.error());
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
    auto batchStart = Clock::now();
    while (const std::optional<FeedBatch> batch = feed.next()) {
        // Dropout's stream is a function of seed and step, so that a resumed run drops the same units.
        m_setup.module->seedDraws(
            CounterRandom(experiment().seed, RandomPurpose::Dropout, 0, static_cast<std::uint64_t>(m_optimizer.step))
                .next32());
        metrics.learningRate = rateAt(m_optimizer.step) * m_plan.rateFactor;
        const StepResult step =
            trainStep(*m_setup.module, m_optimizer, m_setup.step, batch->input, batch->targets, metrics.learningRate);
        if (!std::isfinite(step.loss))
            return failed({"The loss became " + std::string(std::isnan(step.loss) ? "not a number" : "infinite") +
                           " in epoch " + std::to_string(epoch) + kAdvice});
        const double right = static_cast<double>(step.right) / batch->size;
        loss.add(step.loss, batch->size);
        accuracy.add(right, batch->size);
        m_reporter.reportBatch({epoch, ++number, 0, step.loss, right, loss.mean(), accuracy.mean()},
                               secondsSince(batchStart));
        tellSkipped(false);
        pausedSeconds += atBatchBoundary();
        if (m_stop.stop_requested())
            return stoppedIn(epoch);
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
        return failed({"The weights became infinite or not a number in epoch " + std::to_string(epoch) + kAdvice});
    if (!validate(metrics, pausedSeconds))
        return stoppedIn(epoch);
    metrics.seconds = secondsSince(start) - pausedSeconds;
    m_reporter.epochEnded(metrics.seconds - seconds);
    metrics.skippedImages = static_cast<int>(feed.skipped().size());
    tellSkipped(true);
    if (const std::string note = feed.note(); epoch == m_firstEpoch && !note.empty())
        m_reporter.report(RunNote{note});
    return {};
}

/// The weights change with a step only: until the next one the same snapshot answers, and what was made of it stays
/// known.
void Run::publishSnapshot() {
    if (!m_snapshot || m_snapshotStep != m_optimizer.step) {
        auto snapshot = std::make_shared<WeightSnapshot>();
        snapshot->parameters = m_setup.module->parameters().detach().clone();
        snapshot->statistics = m_setup.module->statistics().clone();
        snapshot->graph = m_setup.module->spec();
        snapshot->experiment = experiment();
        snapshot->classes = m_setup.dataset.classes;
        snapshot->fitted = m_setup.fitted;
        m_snapshot = std::move(snapshot);
        m_snapshotStep = m_optimizer.step;
    }
    m_control.publish(m_snapshot);
}

/// Answers a wish for a snapshot, and all that come while the run is paused.
double Run::atBatchBoundary() {
    if (m_control.wantsSnapshot())
        publishSnapshot();
    if (!m_control.isPaused())
        return 0;
    const auto start = Clock::now();
    m_reporter.report(RunPaused{true});
    while (m_control.waitWhilePaused(m_stop))
        publishSnapshot();
    m_reporter.report(RunPaused{false});
    return secondsSince(start);
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
    while (const std::optional<FeedBatch> batch = feed.next()) {
        const StepResult step = validationStep(*m_setup.module, m_setup.step, batch->input, batch->targets.labels);
        loss.add(step.loss, batch->size);
        accuracy.add(static_cast<double>(step.right) / batch->size, batch->size);
        pausedSeconds += atBatchBoundary();
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
    m_history.push_back(metrics);
    m_lastEpoch = epoch;
    const EpochVerdict verdict = m_callbacks.epochEnded(metrics, m_baseRate);
    m_baseRate = verdict.learningRate;
    m_reporter.report(EpochFinished{metrics, verdict.best, verdict.bestEpoch, verdict.patienceUsed, verdict.patience});
    if (verdict.change)
        m_reporter.report(*verdict.change);
    if (const Result<void> written = m_setup.folder->writeHistory(m_history); !written)
        return failed(written.error());
    if (const Result<void> kept = keepWeights(verdict, epoch); !kept)
        return failed(kept.error());
    static_cast<void>(m_setup.store->refresh(*m_setup.folder));
    if (!verdict.stop.empty())
        return Ending{RunEnded::Outcome::Completed, verdict.stop, ErrorKind::Failed};
    if (epoch < experiment().training.epochs && (m_stop.stop_requested() || m_control.stopsAfterEpoch()))
        return Ending{RunEnded::Outcome::Stopped, "Stopped after epoch " + std::to_string(epoch) + ".",
                      ErrorKind::Failed};
    return {};
}

/// What a checkpoint says beside its tensors.
Json Run::stateAfter(int epoch, bool stoppedEarly) const {
    Json state = {{"epoch", epoch},
                  {"step", m_optimizer.step},
                  {"optimizer_origin", m_optimizer.origin},
                  {"learning_rate", m_baseRate},
                  {"stopped_early", stoppedEarly}};
    m_callbacks.save(state);
    return state;
}

Result<void> Run::keepWeights(const EpochVerdict& verdict, int epoch) {
    const GraphModule& module = *m_setup.module;
    if (verdict.keepWeights)
        if (const Result<void> kept = m_checkpoints.keepForEarlyStopping(module); !kept)
            return kept;
    const Json state = stateAfter(epoch, !verdict.stop.empty());
    if (verdict.best) {
        const Result<std::string> saved = m_checkpoints.saveBest(module, m_optimizer, state);
        if (!saved)
            return saved.error();
        m_reporter.report(CheckpointSaved{epoch, *saved, true});
    }
    const auto& checkpoint = experiment().training.checkpoint;
    if (checkpoint && checkpoint->keepEvery > 0 && epoch % checkpoint->keepEvery == 0) {
        const Result<std::string> saved = m_checkpoints.saveEpoch(module, m_optimizer, state, epoch);
        if (!saved)
            return saved.error();
        m_reporter.report(CheckpointSaved{epoch, *saved, false});
    }
    const Result<std::string> saved = m_checkpoints.saveLast(module, m_optimizer, state);
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
    RunEnded ended{ending.outcome, ending.reason, ending.kind, m_lastEpoch, m_callbacks.bestEpoch(m_lastEpoch), "", ""};
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
