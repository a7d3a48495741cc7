// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <functional>
#include <mutex>

#include "engine/Engine.h"
#include "store/RunStore.h"
#include "store/Safetensors.h"

namespace sightline {

/// Trains nothing, but leaves the run folders that training would: events, and a checkpoint after each epoch. The
/// val_accuracy of an epoch is a function of the experiment.
class FakeTrainer : public Engine {
public:
    std::function<double(const Experiment&, int epoch)> accuracy = [](const Experiment& experiment, int epoch) {
        const double rate = std::log10(experiment.training.optimizer.learningRate);
        return 0.9 - 0.1 * std::abs(rate + 2) - 0.1 / epoch;
    };
    std::function<std::string(const Experiment&)> failure = [](const Experiment&) { return std::string(); };
    std::function<void(const Experiment&, int epoch)> onEpoch = [](const Experiment&, int) {};
    std::function<std::string(const Experiment&, int epoch)> unwritable = [](const Experiment&, int) {
        return std::string(); ///< what the disk has no room for
    };
    int epochsTrained = 0; ///< of all runs

    RunEnded train(const TrainRequest& request, std::stop_token stop, TrainControl& control,
                   const EventSink& sink) override {
        const RunEnded ended = trainRun(request, stop, control, sink);
        control.runEnded();
        return ended;
    }

    RunEnded trainRun(const TrainRequest& request, const std::stop_token& stop, TrainControl& control,
                      const EventSink& sink) {
        RunEnded ended{RunEnded::Outcome::Failed, "The disk is full.", ErrorKind::Failed, 0, 0, {}, {}};
        Result<RunStore> store = RunStore::open(request.home);
        if (!store)
            return ended;
        if (ended.reason = failure(request.experiment); request.resume.empty() && !ended.reason.empty())
            return ended;
        ended.reason = "The disk is full.";
        const Result<RunFolder> folder =
            request.resume.empty() ? store->create(request.experiment, request.group) : store->find(request.resume);
        const Result<Experiment> experiment = folder ? folder->experiment() : Result<Experiment>(folder.error());
        if (!experiment)
            return ended;
        const auto last = checkpointToResume(folder->path());
        RunStarted started;
        started.run = folder->id();
        started.firstEpoch = last ? last->epoch + 1 : 1;
        if (!tell(*folder, started, sink))
            return ended;
        for (int epoch = last ? last->epoch + 1 : 1; epoch <= experiment->training.epochs; ++epoch) {
            while (control.waitWhilePaused(stop))
                control.take();
            if (const std::string why = unwritable(*experiment, epoch); !why.empty() && request.waitsForRoom) {
                sink(RunPaused{true, why});
                ended.reason = why;
                return ended; // nobody makes room here
            }
            if (!trainEpoch(*folder, *experiment, epoch, sink))
                return ended;
            if (epoch < experiment->training.epochs && (stop.stop_requested() || control.stopsAfterEpoch())) {
                ended.outcome = RunEnded::Outcome::Stopped;
                static_cast<void>(tell(*folder, ended, sink));
                return ended;
            }
        }
        RunEnded done{RunEnded::Outcome::Completed, {}, ErrorKind::Failed, experiment->training.epochs, 1, {}, {}};
        return tell(*folder, done, sink) ? done : ended;
    }

    Result<std::shared_ptr<const AskedModel>> open(const ModelSource&, int) override { return none(); }
    Result<FloatArray> forward(const ForwardRequest&) override { return none(); }
    Result<void> exportTorchScript(const TorchScriptRequest&) override { return none(); }
    Result<EpochTime> measureEpoch(const EpochTimeRequest&, std::stop_token) override { return none(); }
    Result<RateCurve> findRate(const RateFindRequest&, std::stop_token, const std::function<void(double)>&) override {
        return none();
    }
    Result<TrainCheck> check(const TrainCheckRequest&, std::stop_token, const std::function<void(double)>&) override {
        return none();
    }
    Result<TrainBench> benchTrain(const TrainBenchRequest&) override { return none(); }
    Result<ExplainBench> benchExplain(const ExplainBenchRequest&) override { return none(); }
    std::string description() const override { return "trains nothing"; }

private:
    static Error none() { return {"It trains nothing."}; }

    static bool tell(const RunFolder& folder, const TrainEvent& event, const EventSink& sink) {
        if (!folder.appendEvent(toJson(event)))
            return false;
        sink(event);
        return true;
    }

    bool trainEpoch(const RunFolder& folder, const Experiment& experiment, int epoch, const EventSink& sink) {
        EpochFinished finished;
        finished.metrics.epoch = epoch;
        finished.metrics.valAccuracy = accuracy(experiment, epoch);
        finished.metrics.valLoss = 1 - *finished.metrics.valAccuracy;
        {
            const std::lock_guard lock(m_mutex);
            ++epochsTrained;
            onEpoch(experiment, epoch);
        }
        if (!tell(folder, finished, sink))
            return false;
        std::error_code code;
        std::filesystem::create_directories(folder.path() / "checkpoints", code);
        const std::vector<float> weights{1, 2};
        return writeSafetensors(folder.path() / "checkpoints" / "last.safetensors", {{"w", {2}, weights}},
                                {{"sightline.state", toText(Json{{"epoch", epoch}, {"batch", 0}}, -1)}})
            .ok();
    }

    std::mutex m_mutex;
};

} // namespace sightline
