// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/version.h>

#include "engine/Engine.h"
#include "engine/explain/Door.h"
#include "engine/module/TorchScript.h"
#include "engine/train/Check.h"
#include "engine/train/EpochTime.h"
#include "engine/train/FindRate.h"
#include "engine/train/Trainer.h"
#include "support/Files.h"

namespace sightline::engine {

namespace {

/// The Engine behind libsightline_engine.so; each call lives in a room of its own.
class TorchEngine : public Engine {
public:
    RunEnded train(const TrainRequest& request, std::stop_token stop, TrainControl& control,
                   const EventSink& sink) override {
        return engine::train(request, std::move(stop), control, sink);
    }
    Result<std::shared_ptr<const AskedModel>> open(const ModelSource& source, int threads) override {
        return engine::open(source, threads);
    }
    Result<FloatArray> forward(const ForwardRequest& request) override { return engine::forward(request); }
    Result<void> exportTorchScript(const TorchScriptRequest& request) override {
        return engine::exportTorchScript(request);
    }
    Result<EpochTime> measureEpoch(const EpochTimeRequest& request, std::stop_token stop) override {
        return engine::measureEpoch(request, std::move(stop));
    }
    Result<RateCurve> findRate(const RateFindRequest& request, std::stop_token stop,
                               const std::function<void(double)>& progress) override {
        return engine::findRate(request, std::move(stop), progress);
    }
    Result<TrainCheck> check(const TrainCheckRequest& request, std::stop_token stop,
                             const std::function<void(double)>& progress) override {
        return engine::check(request, std::move(stop), progress);
    }
    Result<TrainBench> benchTrain(const TrainBenchRequest& request) override { return engine::benchTrain(request); }
    Result<ExplainBench> benchExplain(const ExplainBenchRequest& request) override {
        return engine::benchExplain(request);
    }
    std::string description() const override {
        const int cpus = availableCpus();
        std::string text = "LibTorch " TORCH_VERSION ", CPU, ";
        text.append(std::to_string(cpus)).append(cpus == 1 ? " thread" : " threads");
        return text;
    }
};

} // namespace

} // namespace sightline::engine

extern "C" sightline::Engine* sightlineCreateEngine() {
    static sightline::engine::TorchEngine engine;
    return &engine;
}
