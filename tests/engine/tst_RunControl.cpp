// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "Test.h"
#include "ToyRuns.h"
#include "engine/AskedModel.h"
#include "store/RunEvents.h"

using namespace sightline;
using namespace std::chrono_literals;

/// What a person does to a run in progress, with the real engine: pause it, ask it.
class RunControlTest : public Test {
    Q_OBJECT

    ToyRuns m_runs;

    Engine& engine() const { return m_runs.engine(); }
    TrainRequest request(const char* home, int epochs) const {
        TrainRequest request = m_runs.request(home, epochs);
        request.experiment.model.options = Json{{"dropout", 0.3}};
        return request;
    }
    HeatMapQuestion question() const {
        HeatMapQuestion question;
        question.image = *readImage(m_runs.path("toys/test/car/car_0001.png"));
        return question;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_runs.begin(8, 3, 32)); }

    /// Measuring trains, too, and drops units of its own.
    void aRunBesideWhichAnEpochIsMeasuredEndsBitIdentical() {
        TrainControl alone;
        const RunEnded expected = engine().train(request("alone", 3), {}, alone, {});
        EpochTimeRequest measure;
        measure.experiment = request("measured", 3).experiment;
        measure.dataset = std::make_shared<const Dataset>(*openDataset(measure.experiment.data, 1));
        measure.seconds = 0.2;
        std::atomic<int> measured{0};
        std::jthread measurer([&](std::stop_token stop) {
            while (!stop.stop_requested())
                measured += engine().measureEpoch(measure, stop).ok();
        });
        TrainControl control;
        const RunEnded ended = engine().train(request("measured", 3), {}, control, [&](const TrainEvent& event) {
            if (const auto* epoch = std::get_if<EpochFinished>(&event); epoch && epoch->metrics.epoch == 2)
                for (const int before = measured; measured == before;)
                    std::this_thread::yield(); // one whole measurement falls into the run
        });
        measurer.request_stop();
        measurer.join();
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QVERIFY(!ToyRuns::weightsOf(expected).empty());
        QVERIFY(ToyRuns::weightsOf(ended) == ToyRuns::weightsOf(expected));
    }

    /// A click is answered while all images of the same run are judged.
    void aQuestionDoesNotWaitForAnEvaluation() {
        TrainControl control;
        const RunEnded ended = engine().train(request("asked", 1), {}, control, {});
        std::promise<void> judging, answered;
        bool isJudging = false;
        EvaluationQuestion all;
        all.split = "train";
        all.batchSize = 8;
        auto evaluation = std::async(std::launch::async, [&] {
            return ask(engine(), ofRun(ended.folder), all, {}, [&](std::size_t done, std::size_t) {
                if (done != 8 || std::exchange(isJudging, true))
                    return;
                judging.set_value();
                answered.get_future().wait();
            });
        });
        judging.get_future().wait();
        auto answer = std::async(std::launch::async, [&] { return ask(engine(), ofRun(ended.folder), question()); });
        const bool inTime = answer.wait_for(60s) == std::future_status::ready;
        answered.set_value();
        QVERIFY(inTime);
        QVERIFY(answer.get().ok());
        const auto judged = evaluation.get();
        QVERIFY(judged.ok());
        QCOMPARE(judged->predictions.size(), std::size_t(40));
    }

    void aStoppedEvaluationIsCancelled() {
        TrainControl control;
        const RunEnded ended = engine().train(request("cancelled", 1), {}, control, {});
        EvaluationQuestion all;
        all.split = "train";
        all.batchSize = 8;
        std::stop_source stop;
        std::size_t most = 0;
        const auto judged =
            ask(engine(), ofRun(ended.folder), all, stop.get_token(), [&](std::size_t done, std::size_t) {
                most = done;
                stop.request_stop();
            });
        QVERIFY(!judged.ok() && judged.error().kind == ErrorKind::Cancelled);
        QCOMPARE(most, std::size_t(8));
    }

    void theTimeLeftCountsTheValidationToCome() {
        TrainControl control;
        double left = 0;
        const RunEnded ended = engine().train(request("left", 1), {}, control, [&](const TrainEvent& event) {
            if (const auto* batch = std::get_if<BatchFinished>(&event); batch && batch->batch == batch->batches)
                left = batch->secondsLeft;
        });
        QVERIFY(ended.outcome == RunEnded::Outcome::Completed);
        QVERIFY(left > 0);
    }

    /// To all who watch, whoever asked for it.
    void thatItStopsAfterTheEpochIsTold() {
        TrainControl control;
        std::vector<bool> told;
        engine().train(request("told", 1), {}, control, [&](const TrainEvent& event) {
            if (const auto* batch = std::get_if<BatchFinished>(&event))
                control.stopAfterEpoch(batch->batch == 1);
            if (const auto* note = std::get_if<RunNote>(&event))
                if (const std::optional<bool> stops = stopsAfterEpochIn(note->event))
                    told.push_back(*stops);
        });
        QCOMPARE(told, (std::vector{true, false}));
    }

    /// Paused after the last step of an epoch, the weights are those of the epoch's checkpoint: not the ones of the
    /// snapshot from its first batch.
    void aPausedRunAnswersWithItsPresentWeights() {
        TrainControl control;
        std::promise<void> paused;
        const auto sink = [&](const TrainEvent& event) {
            if (const auto* batch = std::get_if<BatchFinished>(&event)) {
                if (batch->batch == 1)
                    static_cast<void>(control.snapshot());
                if (batch->batch == batch->batches)
                    control.pause();
            }
            if (const auto* pause = std::get_if<RunPaused>(&event); pause && pause->paused)
                paused.set_value();
        };
        auto run =
            std::async(std::launch::async, [&] { return engine().train(request("paused", 1), {}, control, sink); });
        QVERIFY(paused.get_future().wait_for(60s) == std::future_status::ready);
        const auto old = control.snapshot(), fresh = control.freshSnapshot({}, 60s),
                   again = control.freshSnapshot({}, 60s);
        control.resume();
        const RunEnded ended = run.get();
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QVERIFY(old && fresh && fresh != old);
        QCOMPARE(again, fresh);                   // no step in between: nothing to load again
        QVERIFY(!control.freshSnapshot({}, 60s)); // over: its checkpoints say more

        ModelSource weights;
        weights.snapshot = fresh;
        const auto live = ask(engine(), weights, question());
        const auto last = ask(engine(), ofRun(ended.folder, "last"), question());
        QVERIFY(live.ok() && last.ok());
        QCOMPARE(live->probabilities, last->probabilities);
        weights.snapshot = old;
        QVERIFY(ask(engine(), weights, question())->probabilities != last->probabilities);
    }
};

QTEST_GUILESS_MAIN(RunControlTest)
#include "tst_RunControl.moc"
