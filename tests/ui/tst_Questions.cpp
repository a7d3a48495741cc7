// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>

#include "MadeUpEvaluation.h"
#include "QuestionTest.h"
#include "StoredWeights.h"

using namespace sightline;
using namespace sightline::ui;

/// What is asked of which run, in the real window, without torch.
class QuestionsTest : public QuestionTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }

    void anEvaluationOfOneRunIsNeverShownForAnother() {
        const auto first = storeRun(QStringLiteral("home-two"), m_classes, "toy_cnn");
        const auto second = storeRun(QStringLiteral("home-two"), m_classes, "toy_cnn");
        FakeEngine engine;
        Gate gate;
        engine.onEvaluate = [&](const EvaluationQuestion&, std::stop_token, const Progress& progress) {
            progress(1, 2);
            gate.passStubbornly();
            Evaluation evaluation;
            evaluation.accuracy = 0.25;
            return Result<Evaluation>(evaluation);
        };
        Session session(path(QStringLiteral("home-two")).toStdString(), engine.door());
        openRun(session, first);
        session.questions().evaluate();
        QTRY_VERIFY(gate.isWaitedAt());
        openRun(session, second);
        QVERIFY(!session.questions().isEvaluating());
        QVERIFY(session.activities().works().empty());
        gate.open();
        QSignalSpy changed(&session.questions(), &Questions::evaluationChanged);
        session.questions().evaluate();
        QTRY_VERIFY(session.questions().evaluation() != nullptr); // the lane has come past the late one
        QCOMPARE(changed.count(), 2);                             // begun and there: the late one said nothing
    }

    void anEvaluationIsCancelledByItsButton() {
        const auto run = storeRun(QStringLiteral("home-cancel"), m_classes, "toy_cnn");
        FakeEngine engine;
        Gate gate;
        std::atomic<bool> stopped{false};
        std::atomic<int> begun{0};
        engine.onEvaluate = [&](const EvaluationQuestion&, std::stop_token stop,
                                const Progress&) -> Result<Evaluation> {
            ++begun;
            stopped = !gate.pass(stop);
            return cancelled();
        };
        WindowDriver driver(path(QStringLiteral("home-cancel")), engine.door());
        openRun(*driver.session, run);
        driver.key(Qt::Key_5, Qt::ControlModifier);
        driver.click("evaluateButton");
        QTRY_VERIFY(gate.isWaitedAt());
        QCOMPARE(driver.text("evaluateButton"), QStringLiteral("Cancel"));
        QCOMPARE(driver.text("activity"), QStringLiteral("Evaluating"));
        driver.click("evaluateButton");
        QTRY_VERIFY(stopped);
        QCOMPARE(driver.text("evaluateButton"), QStringLiteral("Evaluate"));
        QCOMPARE(driver.text("activity"), QStringLiteral("Ready"));
        QVERIFY(driver.find<QWidget>("evaluateButton")->isEnabled());
        stopped = false;
        driver.click("evaluateButton");
        QTRY_COMPARE(begun.load(), 2); // one that has not begun is dropped without asking the engine
        QVERIFY(driver.find<QWidget>("cancelActivity")->isVisible());
        driver.click("cancelActivity"); // or by the bottom bar's
        QTRY_VERIFY(stopped);
        QCOMPARE(driver.text("activity"), QStringLiteral("Ready"));
    }

    /// An epoch that ends during an evaluation may leave other weights as the best: it is judged anew when it is
    /// wanted. Those of an epoch that is kept by its number stay what they are.
    void whatWasAskedBeforeAnEpochEndedIsNotKept() {
        const auto run = storeRun(QStringLiteral("home-epochs"), m_classes, "toy_cnn");
        saveWeights(run, "best", 1);
        saveWeights(run, "epoch-0003", 3);
        FakeEngine engine;
        Gate gate, thirdGate;
        std::atomic<int> ofBest{0}, ofThird{0};
        std::unique_ptr<WindowDriver> driver;
        engine.onEvaluateOf = [&](const ModelSource& source, auto&&...) {
            if (source.checkpoint == "best" && ++ofBest == 1)
                gate.passStubbornly();
            if (source.checkpoint == "3" && ++ofThird == 1)
                thirdGate.passStubbornly();
            return Result<Evaluation>(madeUpEvaluation(*driver->session->data().dataset(), Subset::Test, m_classes,
                                                       [](Prediction&, std::size_t) {}));
        };
        driver = std::make_unique<WindowDriver>(path(QStringLiteral("home-epochs")), engine.door());
        openRun(*driver->session, run);
        QTRY_COMPARE(driver->session->checkpoints().kept().size(), std::size_t{2});
        driver->key(Qt::Key_5, Qt::ControlModifier);
        driver->click("evaluateButton");
        QTRY_VERIFY(gate.isWaitedAt());
        Q_EMIT driver->session->runs().checkpointSaved(bestOf(2));
        gate.open();
        QTRY_VERIFY(driver->session->questions().evaluation() != nullptr);
        driver->key(Qt::Key_Right, Qt::AltModifier); // the others are soon wanted, too
        QTRY_VERIFY(thirdGate.isWaitedAt());
        Q_EMIT driver->session->runs().checkpointSaved(bestOf(2));
        thirdGate.open();
        QTRY_COMPARE(ofBest.load(), 2);
        QTRY_VERIFY(driver->session->activities().works().empty());
        QCOMPARE(ofThird.load(), 1);
    }

    void whereAllImagesAreForTrainingTheseAreOffered() {
        const auto run = storedRun(path(QStringLiteral("home-all")), path(QStringLiteral("toys/train")), m_classes);
        FakeEngine engine;
        engine.onEvaluate = [](auto&&...) {
            return Result<Evaluation>(badInput("They are gone; tell where they are now with --set data.path=DIR."));
        };
        WindowDriver driver(path(QStringLiteral("home-all")), engine.door());
        openRun(*driver.session, run);
        QCOMPARE(driver.session->data().dataset()->count(Subset::Validation), std::size_t{0});
        QCOMPARE(driver.find<QComboBox>("evaluateSplit")->currentText(), QStringLiteral("Training images"));
        driver.key(Qt::Key_5, Qt::ControlModifier);
        QVERIFY2(driver.text("evaluationDetail").contains(QStringLiteral("It was trained on these images")),
                 qPrintable(driver.text("evaluationDetail")));
        driver.click("evaluateButton"); // what only a command line can be told is left out
        QTRY_COMPARE(driver.text("evaluationDetail"), QStringLiteral("They are gone; tell where they are now."));
    }

    void theTimeOfAnotherNetworkIsNotShown() {
        FakeEngine engine;
        Gate gate;
        engine.onMeasure = [&](const EpochTimeRequest&, std::stop_token) {
            gate.passStubbornly();
            return Result<EpochTime>(EpochTime{12, 0, 345});
        };
        WindowDriver driver(path(QStringLiteral("home-time")), engine.door());
        open(driver);
        driver.key(Qt::Key_3, Qt::ControlModifier);
        driver.click("measureEpoch");
        QTRY_VERIFY(gate.isWaitedAt());
        QCOMPARE(driver.text("activity"), QStringLiteral("Measuring an epoch"));
        Experiment next = driver.session->document().experiment();
        next.model = ModelSettings{};
        next.model.name = "resnet18";
        driver.session->document().setExperiment(next); // while the small one is measured
        QCOMPARE(driver.text("epochTime"), QString());
        QCOMPARE(driver.text("activity"), QStringLiteral("Ready"));
        gate.open();
        QVERIFY(driver.find<QWidget>("measureEpoch")->isEnabled());
        driver.click("measureEpoch");
        QTRY_VERIFY(driver.text("epochTime").contains(QStringLiteral("345")));
        next.training.batchSize *= 2;
        driver.session->document().setExperiment(next);
        QCOMPARE(driver.text("epochTime"), QString());
    }
};

QTEST_MAIN(QuestionsTest)
#include "tst_Questions.moc"
