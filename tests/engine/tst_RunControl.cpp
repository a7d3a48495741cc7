// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <chrono>
#include <future>
#include <optional>
#include <stop_token>

#include "Test.h"
#include "data/Toys.h"
#include "engine/Engine.h"
#include "store/RunStore.h"

using namespace sightline;
using namespace std::chrono_literals;

/// What a person does to a run in progress, with the real engine: pause it, ask it.
class RunControlTest : public Test {
    Q_OBJECT

    TrainRequest request(const char* home, int epochs) const {
        TrainRequest request;
        request.home = (m_folder.path() + QLatin1Char('/') + QLatin1String(home)).toStdString();
        request.experiment.data.path = (m_folder.path() + QStringLiteral("/toys")).toStdString();
        request.experiment.data.imageHeight = request.experiment.data.imageWidth = 32;
        request.experiment.training.epochs = epochs;
        request.experiment.training.batchSize = 8;
        request.experiment.training.precision = Precision::Fp32;
        return request;
    }

    ExplainRequest question() const {
        ExplainRequest question;
        question.image = *readImage((m_folder.path() + QStringLiteral("/toys/test/car/car_0001.png")).toStdString());
        return question;
    }

    Engine& engine() const { return *m_engine->value(); }

    QTemporaryDir m_folder;
    std::optional<Result<Engine*>> m_engine;

private Q_SLOTS:
    void initTestCase() {
        ToySettings toys;
        toys.train = 8;
        toys.validation = toys.test = 3;
        toys.size = 32;
        QVERIFY(makeToys((m_folder.path() + QStringLiteral("/toys")).toStdString(), toys).ok());
        m_engine = loadEngine();
        QVERIFY2(m_engine->ok(), *m_engine ? "" : m_engine->error().message.c_str());
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

        ExplainRequest asked = question();
        asked.source.snapshot = fresh;
        const auto live = engine().explain(asked, {});
        ExplainRequest kept = question();
        kept.source.runFolder = ended.folder;
        kept.source.checkpoint = "last";
        const auto last = engine().explain(kept, {});
        QVERIFY(live.ok() && last.ok());
        QCOMPARE(live->probabilities, last->probabilities);
        asked.source.snapshot = old;
        QVERIFY(engine().explain(asked, {})->probabilities != last->probabilities);
    }
};

QTEST_GUILESS_MAIN(RunControlTest)
#include "tst_RunControl.moc"
