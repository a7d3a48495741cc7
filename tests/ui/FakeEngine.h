// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "bridge/EngineDesk.h"
#include "engine/AskedModel.h"

namespace sightline::ui {

/// A door that a worker waits at until the test opens it, or until it is told to stop.
class Gate {
public:
    /// False where it was stopped.
    bool pass(const std::stop_token& stop) {
        std::unique_lock lock(m_mutex);
        ++m_waiting;
        m_wake.notify_all();
        return m_wake.wait(lock, stop, [this] { return m_open; });
    }
    /// The same for a job that does not look at its stop token: it goes on to its end.
    void passStubbornly() {
        std::unique_lock lock(m_mutex);
        ++m_waiting;
        m_wake.notify_all();
        m_wake.wait(lock, [this] { return m_open; });
    }
    void open() {
        const std::scoped_lock lock(m_mutex);
        m_open = true;
        m_wake.notify_all();
    }
    bool isWaitedAt() const { return m_waiting > 0; }

private:
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    bool m_open = false;
    std::atomic<int> m_waiting{0};
};

/// An engine without torch: it does what a test gives it to do.
class FakeEngine : public Engine {
public:
    std::function<RunEnded(const TrainRequest&, std::stop_token, TrainControl&, const EventSink&)> onTrain;
    std::function<Result<Evaluation>(const EvaluationQuestion&, std::stop_token, const Progress&)> onEvaluate;
    /// Where it matters whose it is; onEvaluate answers where this is empty.
    std::function<Result<Evaluation>(const ModelSource&, const EvaluationQuestion&, const std::stop_token&,
                                     const Progress&)>
        onEvaluateOf;
    std::function<Result<HeatMap>(const HeatMapQuestion&, std::stop_token)> onExplain;
    /// Heat maps where it matters whose they are; onExplain answers where this is empty.
    std::function<Result<HeatMap>(const ModelSource&, const HeatMapQuestion&, std::stop_token)> onExplainOf;
    /// Before either: where a map takes long.
    std::function<void(const HeatMapQuestion&, const std::stop_token&, const Progress&)> onDrawing;
    /// Every other kind of question.
    std::function<Result<Answer>(const Question&, const std::stop_token&, const Progress&)> onAsk = [](auto&&...) {
        return cancelled();
    };
    /// What tells images of none of the classes; nothing does unless the test says so.
    std::function<Result<UnknownRule>()> onUnknown = [] { return badInput("Nothing tells unknown images."); };
    std::function<Result<EpochTime>(const EpochTimeRequest&, std::stop_token)> onMeasure;
    using TrialProgress = std::function<void(double)>;
    std::function<Result<RateCurve>(const RateFindRequest&, const std::stop_token&, const TrialProgress&)> onFindRate =
        [](auto&&...) { return cancelled(); };
    std::function<Result<TrainCheck>(const TrainCheckRequest&, const std::stop_token&, const TrialProgress&)> onCheck =
        [](auto&&...) { return cancelled(); };

    std::function<Result<Predictions>(const PredictionsQuestion&, std::stop_token, const Progress&)> onPredict =
        [](auto&&...) { return cancelled(); };

    EngineDoor door() {
        return [this] { return Result<Engine*>(this); };
    }

    RunEnded train(const TrainRequest& request, std::stop_token stop, TrainControl& control,
                   const EventSink& sink) override {
        const RunEnded ended = onTrain(request, stop, control, sink);
        sink(ended);
        return ended;
    }
    Result<std::shared_ptr<const AskedModel>> open(const ModelSource& source, int) override {
        return std::shared_ptr<const AskedModel>(std::make_shared<Model>(*this, source));
    }
    Result<EpochTime> measureEpoch(const EpochTimeRequest& request, std::stop_token stop) override {
        return onMeasure(request, stop);
    }
    Result<FloatArray> forward(const ForwardRequest&) override { return cancelled(); }
    Result<void> exportTorchScript(const TorchScriptRequest&) override { return cancelled(); }
    Result<RateCurve> findRate(const RateFindRequest& request, std::stop_token stop,
                               const std::function<void(double)>& progress) override {
        return onFindRate(request, stop, progress);
    }
    Result<TrainCheck> check(const TrainCheckRequest& request, std::stop_token stop,
                             const std::function<void(double)>& progress) override {
        return onCheck(request, stop, progress);
    }
    Result<TrainBench> benchTrain(const TrainBenchRequest&) override { return cancelled(); }
    Result<ExplainBench> benchExplain(const ExplainBenchRequest&) override { return cancelled(); }
    std::string description() const override { return "no engine"; }

private:
    /// A network that answers what the test says.
    class Model : public AskedModel {
    public:
        Model(const FakeEngine& engine, ModelSource source) : m_engine(engine), m_source(std::move(source)) {}
        const std::vector<std::string>& classes() const override { return m_classes; }
        const GraphSpec& graph() const override { return m_graph; }
        Result<Answer> ask(const Question& question, const std::stop_token& stop,
                           const Progress& progress) const override {
            if (const auto* kind = std::get_if<HeatMapQuestion>(&question); kind && m_engine.onDrawing)
                m_engine.onDrawing(*kind, stop, progress);
            if (const auto* kind = std::get_if<HeatMapQuestion>(&question))
                return given(m_engine.onExplainOf ? m_engine.onExplainOf(m_source, *kind, stop)
                                                  : m_engine.onExplain(*kind, stop));
            if (const auto* kind = std::get_if<EvaluationQuestion>(&question))
                return given(m_engine.onEvaluateOf ? m_engine.onEvaluateOf(m_source, *kind, stop, progress)
                                                   : m_engine.onEvaluate(*kind, stop, progress));
            if (const auto* kind = std::get_if<PredictionsQuestion>(&question))
                return given(m_engine.onPredict(*kind, stop, progress));
            if (std::holds_alternative<UnknownRuleQuestion>(question))
                return given(m_engine.onUnknown());
            return m_engine.onAsk(question, stop, progress);
        }

    private:
        template <typename Own>
        static Result<Answer> given(Result<Own> own) {
            return own ? Result<Answer>(Answer(std::move(*own))) : own.error();
        }
        const FakeEngine& m_engine;
        ModelSource m_source;
        std::vector<std::string> m_classes;
        GraphSpec m_graph;
    };
};

/// A heat map that says `predicted` of `classes`, and repeats what it was asked.
inline HeatMap explanationOf(const HeatMapQuestion& request, std::vector<std::string> classes, int predicted) {
    HeatMap explanation;
    explanation.classes = std::move(classes);
    explanation.probabilities.assign(explanation.classes.size(), 0.1f);
    explanation.probabilities[static_cast<std::size_t>(predicted)] = 0.6f;
    explanation.predicted = predicted;
    explanation.confidence = 0.6;
    explanation.target = request.target;
    explanation.method = nameOf(request.method);
    explanation.layer = request.layer;
    explanation.mapHeight = explanation.mapWidth = 1;
    explanation.map = {{8, 8}, std::vector<float>(64, 0.5f)};
    explanation.rawMap = {{1, 1}, {0.5f}};
    explanation.maximum = 0.5;
    return explanation;
}

} // namespace sightline::ui
