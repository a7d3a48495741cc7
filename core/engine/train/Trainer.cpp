// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Trainer.h"

#include <torch/torch.h>

#include <chrono>
#include <cmath>
#include <exception>
#include <new>

#include "engine/module/LoadedModel.h"
#include "engine/train/Callbacks.h"
#include "engine/train/Checkpoint.h"
#include "engine/train/Compute.h"
#include "engine/train/Feed.h"
#include "network/Freezing.h"
#include "store/RunStore.h"
#include "support/Files.h"
#include "support/Random.h"

namespace sightline::engine {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Why a run ends before its last epoch; carried out of nested loops by value.
struct Ending {
    RunEnded::Outcome outcome = RunEnded::Outcome::Completed;
    std::string reason;
    ErrorKind kind = ErrorKind::Failed;
};

Ending failed(const Error& error) { return {RunEnded::Outcome::Failed, error.message, error.kind}; }
Ending unready(const Error& error) { return error.kind == ErrorKind::Cancelled ? Ending{RunEnded::Outcome::Stopped, "Stopped before the first batch.", ErrorKind::Failed} : failed(error); }

/// n / (classes * n_c) per class, as scikit-learn's "balanced".
std::vector<float> balancedWeights(const Dataset& dataset) {
    const std::vector<std::size_t> counts = dataset.countsPerClass(Subset::Train);
    const auto total = static_cast<double>(dataset.count(Subset::Train));
    std::vector<float> weights;
    for (const std::size_t count : counts)
        weights.push_back(count == 0 ? 0.0f : static_cast<float>(total / (static_cast<double>(counts.size()) * static_cast<double>(count))));
    return weights;
}

/// One run in progress.
class Run {
public:
    Run(const TrainRequest& request, std::stop_token stop, TrainControl& control, const EventSink& sink)
        : m_request(request), m_stop(std::move(stop)), m_control(control), m_sink(sink) {}

    RunEnded execute() {
        Ending ending;
        try {
            const Result<void> prepared = prepare();
            ending = prepared ? loop() : failed(prepared.error());
        } catch (const std::bad_alloc&) {
            ending = failed({"There was not enough memory; choose a smaller batch or image size."});
        } catch (const std::exception& error) {
            std::string reason = error.what();
            if (const auto line = reason.find('\n'); line != std::string::npos)
                reason.resize(line);
            ending = failed({"The training stopped on an error: " + reason});
        }
        return finish(ending);
    }

private:
    Result<void> prepare();
    Result<void> openRun();
    Result<void> resume();
    Ending loop();
    Result<void> openFeeds();
    Result<void> followPlan(int epoch);
    std::optional<Ending> trainEpoch(int epoch, EpochMetrics& metrics);
    bool validate(EpochMetrics& metrics, double& pausedSeconds);
    double waitWhilePaused();         ///< seconds it waited
    static Ending stoppedIn(int epoch) { return {RunEnded::Outcome::Stopped, "Stopped in epoch " + std::to_string(epoch) + ".", ErrorKind::Failed}; }
    std::optional<Ending> endEpoch(int epoch, EpochMetrics metrics);
    Result<void> saveLast(int epoch, bool stoppedEarly);
    void keepEarlyStoppingWeights();
    RunEnded finish(const Ending& ending);
    void report(const TrainEvent& event);
    double rateAt(std::int64_t step) const;
    int batchesPerEpoch() const { return static_cast<int>((m_dataset.count(Subset::Train) + static_cast<std::size_t>(m_experiment.training.batchSize) - 1) / static_cast<std::size_t>(m_experiment.training.batchSize)); }
    std::filesystem::path checkpointFile(const std::string& name) const { return m_folder->path() / "checkpoints" / name; }

    const TrainRequest& m_request;
    std::stop_token m_stop;
    TrainControl& m_control;
    const EventSink& m_sink;

    Experiment m_experiment;
    Dataset m_dataset;
    std::optional<RunStore> m_store;
    std::optional<RunFolder> m_folder;
    std::shared_ptr<GraphModule> m_module;
    OptimizerState m_optimizer;
    StepSettings m_step;
    std::unique_ptr<Feed> m_trainFeed, m_validationFeed; ///< the second null without validation images
    FreezePlan m_plan;
    std::optional<EarlyStopping> m_earlyStopping;
    std::optional<ReduceLrOnPlateau> m_reduceLr;
    std::optional<BestEpoch> m_best;
    std::vector<EpochMetrics> m_history;
    std::vector<std::string> m_notes;
    double m_plateauRate = 0;         ///< the base rate after reductions
    int m_firstEpoch = 1;
    int m_lastEpoch = 0;              ///< finished
    int m_threads = 1;
    double m_secondsPerBatch = 0;     ///< smoothed
    bool m_started = false;
    bool m_hasEarlyStoppingWeights = false;
};

void Run::report(const TrainEvent& event) {
    if (m_folder && m_started && !std::holds_alternative<BatchFinished>(event)) {
        if (const Result<void> written = m_folder->appendEvent(toJson(event)); !written && !std::holds_alternative<RunEnded>(event))
            throw std::runtime_error(written.error().message);
    }
    if (m_sink)
        m_sink(event);
}

double Run::rateAt(std::int64_t step) const {
    if (m_reduceLr)
        return m_plateauRate;
    return scheduledRate(m_experiment.training.schedule, m_plateauRate, m_experiment.training.epochs, batchesPerEpoch(), step);
}

Result<void> Run::prepare() {
    m_threads = prepareComputeThread(m_request.experiment.training.threads);
    Result<RunStore> store = RunStore::open(m_request.home);
    if (!store)
        return store.error();
    m_store = std::move(*store);
    m_experiment = m_request.experiment;
    if (!m_request.resume.empty()) {
        const Result<RunFolder> folder = m_store->find(m_request.resume);
        if (!folder)
            return folder.error();
        m_folder = *folder;
        const Result<Experiment> experiment = m_folder->experiment();
        if (!experiment)
            return experiment.error();
        m_experiment = *experiment;
        m_threads = prepareComputeThread(m_experiment.training.threads);
    }
    if (const std::vector<Problem> found = problems(m_experiment); !found.empty())
        return badInput("The experiment cannot be used: " + joined(found) + ".");
    if (m_experiment.training.device.starts_with("cuda"))
        return badInput("training.device: this version trains on the CPU only; use auto or cpu.");
    Result<Dataset> dataset = openDataset(m_experiment.data, m_experiment.seed, m_stop);
    if (!dataset)
        return dataset.error();
    m_dataset = std::move(*dataset);
    if (const std::vector<Problem> found = problems(m_experiment, m_dataset); !found.empty())
        return badInput("The experiment cannot be used: " + joined(found) + ".");

    const Result<GraphSpec> graph = graphFor(m_experiment, static_cast<int>(m_dataset.classes.size()));
    if (!graph)
        return graph.error();
    Result<std::shared_ptr<GraphModule>> module = GraphModule::make(*graph, m_experiment.seed);
    if (!module)
        return module.error();
    m_module = *module;
    if (m_request.resume.empty() && !m_experiment.model.weights.empty()) {
        std::vector<std::string> fresh;
        if (const Result<void> loaded = loadWeights(*m_module, m_experiment.model.weights, true, &fresh); !loaded)
            return loaded;
        for (const std::string& name : fresh)
            m_notes.push_back("The weights are for other classes: " + name + " starts anew.");
    }
    m_optimizer.first = torch::zeros_like(m_module->parameters());
    m_optimizer.second = torch::zeros_like(m_module->parameters());
    m_plateauRate = static_cast<double>(static_cast<float>(m_experiment.training.optimizer.learningRate));
    m_step = {m_experiment.training.optimizer, m_experiment.training.loss, {}, usesBf16(m_experiment.training.precision, *graph)};
    if (m_experiment.training.loss.balancedClassWeight)
        m_step.classWeights = balancedWeights(m_dataset);

    const TrainingSettings& training = m_experiment.training;
    if (training.earlyStopping)
        m_earlyStopping.emplace(*training.earlyStopping);
    if (training.reduceLrOnPlateau)
        m_reduceLr.emplace(*training.reduceLrOnPlateau);
    if (training.checkpoint ? !training.checkpoint->monitor.empty() : m_dataset.count(Subset::Validation) > 0)
        m_best.emplace(training.checkpoint.value_or(CheckpointSettings{}));
    return openRun();
}

Result<void> Run::openRun() {
    if (!m_folder) {
        Result<RunFolder> folder = m_store->create(m_experiment);
        if (!folder)
            return folder.error();
        m_folder = std::move(*folder);
        if (const Result<void> written = m_folder->writeClasses(m_dataset.classes); !written)
            return written;
        if (const Result<void> written = m_folder->writeGraph(toJson(m_module->spec())); !written)
            return written;
        if (const Result<void> made = makeFolder(m_folder->path() / "checkpoints"); !made)
            return made;
    } else if (const Result<void> resumed = resume(); !resumed)
        return resumed;
    m_started = true;
    RunStarted started;
    started.run = m_folder->id();
    started.folder = m_folder->path().string();
    started.name = m_experiment.name;
    started.classes = m_dataset.classes;
    started.trainImages = static_cast<int>(m_dataset.count(Subset::Train));
    started.validationImages = static_cast<int>(m_dataset.count(Subset::Validation));
    started.epochs = m_experiment.training.epochs;
    started.batchesPerEpoch = batchesPerEpoch();
    started.firstEpoch = m_firstEpoch;
    started.parameters = m_module->cost().parameters;
    started.device = "cpu";
    started.precision = m_step.bf16 ? "bf16" : "fp32";
    started.threads = m_threads;
    report(started);
    for (const std::string& note : m_notes)
        report(RunNote{note});
    static_cast<void>(m_store->refresh(*m_folder)); // the index only; the folder is the truth
    return {};
}

Result<void> Run::resume() {
    const std::filesystem::path file = checkpointFile("last.safetensors");
    std::error_code code;
    if (!std::filesystem::exists(file, code))
        return badInput("The run " + m_folder->id() + " has no checkpoint yet, so it cannot go on; start it anew from its experiment.json.");
    const Result<Json> state = loadCheckpoint(file, *m_module, m_optimizer);
    if (!state)
        return state.error();
    m_lastEpoch = state->value("epoch", 0);
    if (m_lastEpoch >= m_experiment.training.epochs || state->value("stopped_early", false))
        return badInput("The run " + m_folder->id() + " has finished all its epochs; there is nothing to resume.");
    m_firstEpoch = m_lastEpoch + 1;
    m_optimizer.step = state->value("step", std::int64_t{0});
    m_optimizer.origin = state->value("optimizer_origin", std::int64_t{0});
    m_plateauRate = state->value("learning_rate", m_plateauRate);
    m_hasEarlyStoppingWeights = state->value("early_stopping_weights", false);
    if (m_earlyStopping)
        m_earlyStopping->restore(state->value("early_stopping", Json::object()));
    if (m_reduceLr)
        m_reduceLr->restore(state->value("reduce_lr", Json::object()));
    if (m_best)
        m_best->restore(state->value("best", Json::object()));
    Result<std::vector<EpochMetrics>> history = m_folder->history();
    if (!history)
        return history.error();
    m_history = std::move(*history);
    if (m_history.size() > static_cast<std::size_t>(m_lastEpoch))
        m_history.resize(static_cast<std::size_t>(m_lastEpoch));
    return {};
}

/// Images, or the features of the frozen part while it is the one the run began with.
Result<void> Run::openFeeds() {
    const TrainingSettings& training = m_experiment.training;
    LoaderSettings loader{m_experiment.data, m_experiment.augmentation, m_experiment.normalization, m_experiment.seed, training.batchSize};
    loader.cacheBytes = availableMemoryBytes() / 4;
    LoaderSettings judging = loader;
    judging.training = judging.shuffle = false;
    m_trainFeed.reset();
    m_validationFeed.reset();
    if (training.cacheFeatures && m_plan.frozen == freezePlan(m_module->spec(), m_experiment.model.freeze, {}, 1).frozen) {
        Result<FeatureSets> sets = featureSets(*m_module, m_dataset, loader, m_step.bf16, m_request.home, m_stop);
        if (!sets)
            return sets.error();
        report(RunNote{sets->note});
        const bool validates = !sets->validation.indices.empty();
        m_trainFeed = featureFeed(m_dataset, std::move(sets->training), loader);
        if (validates)
            m_validationFeed = featureFeed(m_dataset, std::move(sets->validation), judging);
        return {};
    }
    m_trainFeed = imageFeed(m_dataset, m_dataset.indices(Subset::Train), loader);
    if (std::vector<std::uint32_t> validation = m_dataset.indices(Subset::Validation); !validation.empty()) {
        std::erase_if(validation, [&](std::uint32_t index) { return m_dataset.samples[index].label < 0; });
        m_validationFeed = imageFeed(m_dataset, std::move(validation), judging);
    }
    return {};
}

/// Freezes and thaws as the epoch's plan says. What thaws begins with fresh moments, as if the optimiser were new (Keras' compile).
Result<void> Run::followPlan(int epoch) {
    const FreezePlan plan = freezePlan(m_module->spec(), m_experiment.model.freeze, m_experiment.training.fineTune, epoch);
    const FreezePlan before = m_plan;
    if (m_trainFeed && plan == before)
        return {};
    m_plan = plan;
    if (m_trainFeed && plan.frozen == before.frozen) {
        report(LearningRateChanged{epoch, m_plateauRate * before.rateFactor, m_plateauRate * plan.rateFactor, "training.fine_tune.learning_rate_factor"});
        return {};
    }
    m_module->enableTraining(plan.frozen, m_experiment.training.fineTune);
    if (!m_trainFeed)
        return openFeeds();
    m_optimizer.first.zero_();
    m_optimizer.second.zero_();
    m_optimizer.origin = m_optimizer.step;
    const std::string from = plan.frozen == 0 ? std::string("the whole network") : "everything after " + m_module->spec().nodes[plan.frozen - 1].id;
    report(RunNote{"Fine-tuning from epoch " + std::to_string(epoch) + " on: " + from + " trains."});
    if (plan.rateFactor != before.rateFactor)
        report(LearningRateChanged{epoch, m_plateauRate * before.rateFactor, m_plateauRate * plan.rateFactor, "training.fine_tune.learning_rate_factor"});
    return m_experiment.training.cacheFeatures ? openFeeds() : Result<void>();
}

Ending Run::loop() {
    if (const Result<void> ready = followPlan(std::max(1, m_lastEpoch)); !ready) // of the epoch before, so that a resumed run sees the same changes
        return unready(ready.error());
    for (int epoch = m_firstEpoch; epoch <= m_experiment.training.epochs; ++epoch) {
        if (const Result<void> ready = followPlan(epoch); !ready)
            return unready(ready.error());
        EpochMetrics metrics;
        metrics.epoch = epoch;
        if (const auto ending = trainEpoch(epoch, metrics))
            return *ending;
        if (const auto ending = endEpoch(epoch, metrics))
            return *ending;
    }
    return {};
}

std::optional<Ending> Run::trainEpoch(int epoch, EpochMetrics& metrics) {
    const auto start = Clock::now();
    const int batches = batchesPerEpoch();
    m_trainFeed->startEpoch(static_cast<std::uint64_t>(epoch - 1));
    RunningMean loss, accuracy;
    double pausedSeconds = 0;
    int number = 0;
    auto batchStart = Clock::now();
    while (const std::optional<FeedBatch> batch = m_trainFeed->next()) {
        // Dropout's stream is a function of seed and step, so that a resumed run drops the same units.
        torch::manual_seed(CounterRandom(m_experiment.seed, RandomPurpose::Dropout, 0, static_cast<std::uint64_t>(m_optimizer.step)).next32());
        metrics.learningRate = rateAt(m_optimizer.step) * m_plan.rateFactor;
        const StepResult step = trainStep(*m_module, m_optimizer, m_step, batch->input, batch->labels, metrics.learningRate);
        if (!std::isfinite(step.loss))
            return failed({"The loss became " + std::string(std::isnan(step.loss) ? "not a number" : "infinite") + " in epoch " + std::to_string(epoch) +
                           "; try a smaller learning rate. The last good checkpoint is kept."});
        loss.add(step.loss, batch->size);
        accuracy.add(static_cast<double>(step.right) / batch->size, batch->size);
        ++number;

        const double seconds = secondsSince(batchStart);
        m_secondsPerBatch = m_secondsPerBatch == 0 ? seconds : 0.9 * m_secondsPerBatch + 0.1 * seconds;
        BatchFinished finished;
        finished.epoch = epoch;
        finished.batch = number;
        finished.batches = batches;
        finished.loss = step.loss;
        finished.accuracy = static_cast<double>(step.right) / batch->size;
        finished.runningLoss = loss.mean();
        finished.runningAccuracy = accuracy.mean();
        finished.imagesPerSecond = m_experiment.training.batchSize / m_secondsPerBatch;
        finished.secondsLeft = m_secondsPerBatch * (static_cast<double>(m_experiment.training.epochs - epoch) * batches + (batches - number));
        report(finished);

        if (m_control.wantsSnapshot()) {
            auto snapshot = std::make_shared<WeightSnapshot>();
            snapshot->parameters = m_module->parameters().detach().clone();
            snapshot->statistics = m_module->statistics().clone();
            snapshot->graph = m_module->spec();
            snapshot->experiment = m_experiment;
            snapshot->classes = m_dataset.classes;
            m_control.publish(std::move(snapshot));
        }
        pausedSeconds += waitWhilePaused();
        if (m_stop.stop_requested())
            return stoppedIn(epoch);
        batchStart = Clock::now();
    }
    const double seconds = secondsSince(start) - pausedSeconds;
    if (loss.weight() == 0)
        return failed(badInput("None of the training images can be read."));
    metrics.loss = loss.mean();
    metrics.accuracy = accuracy.mean();
    metrics.imagesPerSecond = seconds > 0 ? loss.weight() / seconds : 0;
    metrics.waitShare = seconds > 0 ? m_trainFeed->secondsWaited() / seconds : 0;
    if (!torch::isfinite(m_module->parameters()).all().item<bool>())
        return failed({"The weights became infinite or not a number in epoch " + std::to_string(epoch) + "; try a smaller learning rate. The last good checkpoint is kept."});
    if (!validate(metrics, pausedSeconds))
        return stoppedIn(epoch);
    metrics.seconds = secondsSince(start) - pausedSeconds;
    const std::vector<std::string> skipped = m_trainFeed->skipped();
    metrics.skippedImages = static_cast<int>(skipped.size());
    if (epoch == m_firstEpoch) {
        for (const std::string& reason : skipped)
            report(RunNote{"Left out: " + reason});
    }
    return {};
}

double Run::waitWhilePaused() {
    if (!m_control.isPaused())
        return 0;
    const auto start = Clock::now();
    report(RunPaused{true});
    m_control.waitWhilePaused(m_stop);
    report(RunPaused{false});
    return secondsSince(start);
}

/// False: stopped on the way.
bool Run::validate(EpochMetrics& metrics, double& pausedSeconds) {
    if (!m_validationFeed)
        return true;
    m_validationFeed->startEpoch(static_cast<std::uint64_t>(metrics.epoch - 1));
    RunningMean loss, accuracy;
    while (const std::optional<FeedBatch> batch = m_validationFeed->next()) {
        const StepResult step = validationStep(*m_module, m_step, batch->input, batch->labels);
        loss.add(step.loss, batch->size);
        accuracy.add(static_cast<double>(step.right) / batch->size, batch->size);
        pausedSeconds += waitWhilePaused();
        if (m_stop.stop_requested())
            return false;
    }
    if (loss.weight() > 0) {
        metrics.valLoss = loss.mean();
        metrics.valAccuracy = accuracy.mean();
    }
    return true;
}

/// Callbacks in Keras' order: history, best checkpoint, early stopping, rate; then the checkpoint to resume from.
std::optional<Ending> Run::endEpoch(int epoch, EpochMetrics metrics) {
    const TrainingSettings& training = m_experiment.training;
    m_history.push_back(metrics);
    m_lastEpoch = epoch;
    EpochFinished finished;
    finished.metrics = metrics;
    const std::string monitor = training.checkpoint ? training.checkpoint->monitor : CheckpointSettings{}.monitor;
    finished.best = m_best && m_best->epochEnded(epoch, metrics.value(monitor));
    finished.bestEpoch = m_best ? m_best->epoch() : epoch;
    EarlyStopping::Verdict verdict;
    if (m_earlyStopping) {
        verdict = m_earlyStopping->epochEnded(epoch - 1, metrics.value(training.earlyStopping->monitor));
        finished.patience = training.earlyStopping->patience;
        finished.patienceUsed = m_earlyStopping->waited();
    }
    if (verdict.improved && training.earlyStopping->restoreBestWeights)
        keepEarlyStoppingWeights();
    std::optional<double> reduced;
    if (m_reduceLr)
        reduced = m_reduceLr->epochEnded(metrics.value(training.reduceLrOnPlateau->monitor), m_plateauRate);
    const double rateBefore = m_plateauRate;
    m_plateauRate = reduced.value_or(m_plateauRate);

    report(finished);
    if (reduced)
        report(LearningRateChanged{epoch, rateBefore, *reduced, training.reduceLrOnPlateau->monitor + " did not improve for " + std::to_string(training.reduceLrOnPlateau->patience) + " epochs"});
    if (const Result<void> written = m_folder->writeHistory(m_history); !written)
        return failed(written.error());
    if (finished.best) {
        if (const Result<void> saved = saveWeights(*m_module, checkpointFile("best.safetensors"), {{"epoch", std::to_string(epoch)}}); !saved)
            return failed(saved.error());
        report(CheckpointSaved{epoch, "checkpoints/best.safetensors", true});
    }
    if (training.checkpoint && training.checkpoint->keepEvery > 0 && epoch % training.checkpoint->keepEvery == 0) {
        char name[32];
        std::snprintf(name, sizeof name, "epoch-%04d.safetensors", epoch);
        if (const Result<void> saved = saveWeights(*m_module, checkpointFile(name), {{"epoch", std::to_string(epoch)}}); !saved)
            return failed(saved.error());
        report(CheckpointSaved{epoch, std::string("checkpoints/") + name, false});
    }
    if (const Result<void> saved = saveLast(epoch, verdict.stop); !saved)
        return failed(saved.error());
    static_cast<void>(m_store->refresh(*m_folder));
    if (verdict.stop)
        return Ending{RunEnded::Outcome::Completed, training.earlyStopping->monitor + " did not improve for " + std::to_string(training.earlyStopping->patience) + " epochs.", ErrorKind::Failed};
    if (m_stop.stop_requested() || m_control.stopsAfterEpoch())
        return Ending{RunEnded::Outcome::Stopped, "Stopped after epoch " + std::to_string(epoch) + ".", ErrorKind::Failed};
    return {};
}

Result<void> Run::saveLast(int epoch, bool stoppedEarly) {
    Json state = {{"epoch", epoch}, {"step", m_optimizer.step}, {"optimizer_origin", m_optimizer.origin}, {"learning_rate", m_plateauRate}, {"early_stopping_weights", m_hasEarlyStoppingWeights}, {"stopped_early", stoppedEarly}};
    if (m_earlyStopping)
        state["early_stopping"] = m_earlyStopping->state();
    if (m_reduceLr)
        state["reduce_lr"] = m_reduceLr->state();
    if (m_best)
        state["best"] = m_best->state();
    return saveCheckpoint(checkpointFile("last.safetensors"), *m_module, m_optimizer, state);
}

/// On disk, not in memory, so that a resumed run still has them.
void Run::keepEarlyStoppingWeights() {
    if (const Result<void> saved = saveWeights(*m_module, checkpointFile("early-stopping.safetensors")); !saved)
        throw std::runtime_error(saved.error().message);
    m_hasEarlyStoppingWeights = true;
}

RunEnded Run::finish(const Ending& ending) {
    RunEnded ended{ending.outcome, ending.reason, ending.kind, m_lastEpoch, m_best ? m_best->epoch() : m_lastEpoch, "", ""};
    if (m_folder) {
        ended.run = m_folder->id();
        ended.folder = m_folder->path().string();
    }
    // Keras 3 restores at the end of training, whatever ended it (SPEC 5.1); `last` keeps the last epoch's state to resume from.
    const auto& stopping = m_experiment.training.earlyStopping;
    if (m_started && ending.outcome == RunEnded::Outcome::Completed && stopping && stopping->restoreBestWeights && m_hasEarlyStoppingWeights) {
        try {
            if (loadWeights(*m_module, checkpointFile("early-stopping.safetensors")) && saveWeights(*m_module, checkpointFile("restored.safetensors")))
                report(RunNote{"The weights with the best " + stopping->monitor + " were restored (checkpoints/restored.safetensors)."});
        } catch (const std::exception& error) {
            ended.outcome = RunEnded::Outcome::Failed;
            ended.reason = std::string("The best weights could not be restored: ") + error.what();
        }
    }
    try {
        report(ended);
    } catch (const std::exception&) {
        if (m_sink)
            m_sink(ended); // the disk is full: the window hears of it all the same
    }
    if (m_folder && m_store)
        static_cast<void>(m_store->refresh(*m_folder));
    return ended;
}

} // namespace

RunEnded train(const TrainRequest& request, std::stop_token stop, TrainControl& control, const EventSink& sink) {
    return Run(request, std::move(stop), control, sink).execute();
}

} // namespace sightline::engine
