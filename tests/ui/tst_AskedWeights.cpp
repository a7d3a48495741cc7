// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QPushButton>

#include "MadeUpEvaluation.h"
#include "ObedientTrainer.h"
#include "QuestionTest.h"
#include "StoredWeights.h"
#include "bridge/CheckpointAsker.h"
#include "pages/evaluate/ImageMapTab.h"
#include "pages/evaluate/SuspectsTab.h"
#include "pages/explain/ExamplesPanel.h"

using namespace sightline;
using namespace sightline::ui;

/// Another epoch takes the place of the one that was asked: what is asked anew, and what says whose it is.
class AskedWeightsTest : public QuestionTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }

    /// Another epoch is the best: figures and maps are asked anew, what takes long says whose it is.
    void anotherBestEpochIsAskedAnew() {
        const auto run = storeRun(QStringLiteral("home-best"), m_classes, "toy_cnn");
        saveWeights(run, "best", 1);
        FakeEngine engine;
        std::atomic<int> judged{0}, explained{0};
        std::unique_ptr<WindowDriver> driver;
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) {
            ++explained;
            return Result<HeatMap>(explanationOf(request, m_classes, 0));
        };
        engine.onEvaluate = [&](auto&&...) {
            ++judged;
            return Result<Evaluation>(madeUpEvaluation(*driver->session->data().dataset(), Subset::Test, m_classes,
                                                       [](Prediction&, std::size_t) {}));
        };
        engine.onAsk = [this](const Question& question, auto&&...) -> Result<Answer> {
            if (std::holds_alternative<RobustnessQuestion>(question)) {
                Robustness robustness;
                robustness.classes = m_classes;
                return Answer(std::move(robustness));
            }
            return patternsFor(question);
        };
        driver = std::make_unique<WindowDriver>(path(QStringLiteral("home-best")), engine.door());
        openRun(*driver->session, run);
        QTRY_COMPARE(driver->session->checkpoints().epoch(), 1);
        driver->key(Qt::Key_6, Qt::ControlModifier);
        driver->click("nextExplained");
        QTRY_VERIFY(driver->session->questions().answer() != nullptr);
        showTab(*driver, QStringLiteral("Filters"));
        driver->click("drawFilters");
        const auto* patterns = driver->find<QListView>("filterTiles")->model();
        QTRY_VERIFY(patterns->rowCount() > 0);
        driver->key(Qt::Key_5, Qt::ControlModifier);
        driver->click("evaluateButton");
        QTRY_VERIFY(driver->session->questions().evaluation() != nullptr);
        showTab(*driver, QStringLiteral("Robustness"), "evaluateTabs");
        driver->click("measureRobustness");
        QTRY_VERIFY(driver->find<QWidget>("robustnessClass")->isVisible());
        const int maps = explained;
        saveWeights(run, "best", 2);
        Q_EMIT driver->session->runs().checkpointSaved(bestOf(2));
        QTRY_COMPARE(judged.load(), 2);
        QTRY_COMPARE(explained.load(), maps + 1);
        QTRY_VERIFY(!driver->session->questions().isEvaluating());
        QVERIFY(!driver->text("evaluationDetail").contains(QStringLiteral("poch")));
        const QString whose = QStringLiteral("From epoch 1, which epoch 2 has since replaced.");
        QVERIFY2(driver->text("robustnessNote").endsWith(whose), qPrintable(driver->text("robustnessNote")));
        driver->key(Qt::Key_6, Qt::ControlModifier);
        QVERIFY(patterns->rowCount() > 0);
        QCOMPARE(driver->text("filterFailure"), whose);
        QTRY_COMPARE(driver->text("drawFilters"), QStringLiteral("Draw again"));
        driver->click("drawFilters");
        QTRY_VERIFY(patterns->rowCount() > 0);
        QCOMPARE(driver->text("filterFailure"), QString());
    }

    /// Where nobody tells that a checkpoint was saved, and after an evaluation of other images that came to nothing.
    void theImagesShownAreAskedOfTheNewBest() {
        const auto run = storeRun(QStringLiteral("home-untold"), m_classes, "toy_cnn");
        saveWeights(run, "best", 1);
        FakeEngine engine;
        Gate gate;
        std::atomic<int> ofTest{0}, ofOthers{0};
        engine.onEvaluate = [&](const EvaluationQuestion& question, const std::stop_token& stop,
                                const Progress&) -> Result<Evaluation> {
            if (question.split != "test") {
                ++ofOthers;
                gate.pass(stop);
                return badInput("The run has no such images.");
            }
            ++ofTest;
            Evaluation evaluation;
            evaluation.split = question.split;
            return evaluation;
        };
        Session session(path(QStringLiteral("home-untold")).toStdString(), engine.door());
        openRun(session, run);
        QTRY_COMPARE(session.checkpoints().epoch(), 1);
        Questions& questions = session.questions();
        questions.evaluate(QStringLiteral("test"));
        QTRY_VERIFY(!questions.isEvaluating());
        questions.evaluate(QStringLiteral("val"));
        QTRY_VERIFY(gate.isWaitedAt());
        questions.cancelEvaluation();
        saveWeights(run, "best", 2);
        Q_EMIT session.runs().ended({});
        QTRY_COMPARE(ofTest.load(), 2);
        QTRY_VERIFY(!questions.isEvaluating());
        QCOMPARE(questions.evaluatedBy().epoch, 2);
        gate.open();
        questions.evaluate(QStringLiteral("train"));
        QTRY_VERIFY(!questions.isEvaluating());
        saveWeights(run, "best", 3);
        Q_EMIT session.runs().ended({});
        QTRY_COMPARE(ofTest.load(), 3);
        QCOMPARE(ofOthers.load(), 2);
    }

    /// What takes long is not thrown away by the next epoch: it is asked anew when a person wants it.
    void examplesAndSuspectsSayWhoseTheyAre() {
        const auto run = storeRun(QStringLiteral("home-examples"), m_classes, "toy_cnn");
        saveWeights(run, "best", 1);
        FakeEngine engine;
        Gate gate;
        engine.onAsk = [&](const Question& question, const std::stop_token& stop, auto&&...) -> Result<Answer> {
            if (std::holds_alternative<SuspectsQuestion>(question))
                return Answer(Suspects());
            gate.pass(stop);
            Examples found;
            found.images = 4;
            found.channels = {{Example{"test/boat/boat_0001.png"}}};
            return Answer(found);
        };
        Session session(path(QStringLiteral("home-examples")).toStdString(), engine.door());
        openRun(session, run);
        QTRY_COMPARE(session.checkpoints().epoch(), 1);
        SuspectsTab suspects(session);
        suspects.setEvaluation(std::make_shared<const Evaluation>());
        suspects.findChild<QComboBox*>(QStringLiteral("suspectImages"))->setCurrentIndex(1);
        const auto* judged = suspects.findChild<QLabel*>(QStringLiteral("suspectNote"));
        QTRY_VERIFY2(judged->text().contains(QStringLiteral("no label is in doubt")), qPrintable(judged->text()));
        ExamplesPanel panel(session);
        panel.setChannel(QStringLiteral("conv1"), 0);
        panel.ensure();
        QTRY_VERIFY(gate.isWaitedAt());
        saveWeights(run, "best", 2);
        Q_EMIT session.runs().checkpointSaved(bestOf(2));
        QTRY_COMPARE(session.checkpoints().epoch(), 2);
        gate.open();
        QTRY_VERIFY(panel.examples() != nullptr);
        const auto first = panel.examples();
        const QString whose = QStringLiteral(" From epoch 1, which epoch 2 has since replaced.");
        const auto* note = panel.findChild<QLabel*>(QStringLiteral("examplesNote"));
        QVERIFY2(note->text().endsWith(whose), qPrintable(note->text()));
        QVERIFY2(judged->text().endsWith(whose), qPrintable(judged->text()));
        saveWeights(run, "best", 3);
        Q_EMIT session.runs().checkpointSaved(bestOf(3));
        QTRY_COMPARE(session.checkpoints().epoch(), 3);
        QCOMPARE(panel.examples(), first);
        panel.findChild<QPushButton*>(QStringLiteral("findExamples"))->click();
        QTRY_VERIFY(panel.examples() != first);
        QVERIFY2(!note->text().contains(QStringLiteral("epoch")), qPrintable(note->text()));
    }

    /// No weights have judged a label, so no epoch has taken their place.
    void labelsThatWereNotJudgedAreOfNoEpoch() {
        const auto run = storeRun(QStringLiteral("home-unjudged"), m_classes, "toy_cnn");
        saveWeights(run, "best", 1);
        FakeEngine engine;
        Gate gate;
        engine.onAsk = [&](const Question&, const std::stop_token& stop, auto&&...) -> Result<Answer> {
            return gate.pass(stop) ? badInput("The network cannot be asked.") : cancelled();
        };
        Session session(path(QStringLiteral("home-unjudged")).toStdString(), engine.door());
        openRun(session, run);
        QTRY_COMPARE(session.checkpoints().epoch(), 1);
        SuspectsTab suspects(session);
        suspects.setEvaluation(std::make_shared<const Evaluation>());
        auto* images = suspects.findChild<QComboBox*>(QStringLiteral("suspectImages"));
        const auto* note = suspects.findChild<QLabel*>(QStringLiteral("suspectNote"));
        const auto staysAfter = [&](int epoch, const QString& words) {
            QTRY_COMPARE(note->text(), words);
            saveWeights(run, "best", epoch);
            Q_EMIT session.runs().checkpointSaved(bestOf(epoch));
            QTRY_COMPARE(session.checkpoints().epoch(), epoch);
            QCOMPARE(note->text(), words);
        };
        images->setCurrentIndex(1); // all that can be judged
        QTRY_VERIFY(gate.isWaitedAt());
        const auto cancel = session.activities().works().back().cancel;
        cancel();
        staysAfter(2, QStringLiteral("Canceled: no label was judged."));
        gate.open();
        images->setCurrentIndex(0);
        images->setCurrentIndex(1);
        staysAfter(3, QStringLiteral("The network cannot be asked."));
    }

    /// Whoever moves to another checkpoint, and cancels its evaluation, sees places and predictions of two.
    void aMapOfTwoEpochsSaysSo() {
        const auto run = storeRun(QStringLiteral("home-two-epochs"), m_classes, "toy_cnn");
        saveWeights(run, "best", 1);
        saveWeights(run, "epoch-0003", 3);
        FakeEngine engine;
        Gate gate;
        std::shared_ptr<const Evaluation> made;
        engine.onEvaluateOf = [&](const ModelSource& source, const EvaluationQuestion&, const std::stop_token& stop,
                                  auto&&...) -> Result<Evaluation> {
            if (source.checkpoint == "3" && !gate.pass(stop))
                return cancelled();
            return *made;
        };
        engine.onAsk = [&](auto&&...) {
            Features features;
            for (const Prediction& prediction : made->predictions) {
                features.paths.push_back(prediction.path);
                features.values.values.push_back(static_cast<float>(prediction.truth));
                features.values.values.push_back(static_cast<float>(features.paths.size()));
            }
            features.values.shape = {static_cast<std::int64_t>(features.paths.size()), 2};
            return Result<Answer>(features);
        };
        Session session(path(QStringLiteral("home-two-epochs")).toStdString(), engine.door());
        openRun(session, run);
        made = std::make_shared<const Evaluation>(
            madeUpEvaluation(*session.data().dataset(), Subset::Test, m_classes, [](Prediction&, std::size_t) {}));
        QTRY_COMPARE(session.checkpoints().epoch(), 1);
        session.questions().evaluate();
        QTRY_VERIFY(session.questions().evaluation() != nullptr);
        ImageMapTab tab(session);
        tab.setEvaluation(session.questions().evaluation());
        session.checkpoints().step(1);
        QTRY_VERIFY(gate.isWaitedAt());
        session.questions().cancelEvaluation();
        tab.findChild<QPushButton*>(QStringLiteral("drawMap"))->click();
        const auto* legend = tab.findChild<QLabel*>(QStringLiteral("mapLegend"));
        QTRY_VERIFY2(legend->text().contains(QStringLiteral("places are by epoch 3, the predictions by epoch 1")),
                     qPrintable(legend->text()));
    }

    /// While a run goes on its figures stay, and say whose they are; when it has ended they are asked anew.
    void figuresOfARunInProgressSayWhoseTheyAre() {
        FakeEngine engine;
        Gate end;
        std::atomic<int> judged{0};
        std::shared_ptr<const Dataset> images; ///< as the window opened them: it may open them again meanwhile
        engine.onTrain = [&](const TrainRequest& request, const std::stop_token& stop, TrainControl&,
                             const EventSink& sink) {
            const auto stored = RunStore::open(request.home)->create(request.experiment);
            saveWeights(*stored, "best", 1);
            sink(startOf(*stored, request.experiment));
            EpochFinished epoch;
            epoch.metrics.epoch = 1;
            sink(epoch);
            sink(bestOf(1));
            end.pass(stop);
            RunEnded ended;
            ended.folder = stored->path().string();
            return ended;
        };
        engine.onEvaluate = [&](auto&&...) {
            ++judged;
            return Result<Evaluation>(
                madeUpEvaluation(*images, Subset::Test, m_classes, [](Prediction&, std::size_t) {}));
        };
        const auto driver = std::make_unique<WindowDriver>(path(QStringLiteral("home-goes-on")), engine.door());
        open(*driver);
        images = driver->session->data().dataset();
        driver->session->runs().start();
        QTRY_COMPARE(driver->session->checkpoints().epoch(), 1);
        driver->key(Qt::Key_5, Qt::ControlModifier);
        driver->click("evaluateButton");
        QTRY_VERIFY(driver->session->questions().evaluation() != nullptr);
        const auto detail = [&] { return driver->text("evaluationDetail"); };
        QVERIFY2(detail().endsWith(QStringLiteral("By the weights of epoch 1, the best until now.")),
                 qPrintable(detail()));
        saveWeights(RunFolder(driver->session->runs().run()->folder), "best", 2);
        Q_EMIT driver->session->runs().checkpointSaved(bestOf(2));
        QTRY_VERIFY2(detail().endsWith(QStringLiteral("From epoch 1, which epoch 2 has since replaced.")),
                     qPrintable(detail()));
        QCOMPARE(judged.load(), 1);
        end.open();
        QTRY_COMPARE(judged.load(), 2);
        QTRY_VERIFY(!driver->session->questions().isEvaluating());
        QVERIFY2(!detail().contains(QStringLiteral("poch")), qPrintable(detail()));
    }

    /// Whoever looks at another checkpoint has left it; another epoch of the one that was asked replaces it.
    void whoAsksKnowsWhoseTheAnswerIs() {
        const auto run = storeRun(QStringLiteral("home-whose"), m_classes, "toy_cnn");
        saveWeights(run, "best", 1);
        saveWeights(run, "epoch-0003", 3);
        FakeEngine engine;
        engine.onAsk = [](auto&&...) -> Result<Answer> { return Answer(Kernels()); };
        Session session(path(QStringLiteral("home-whose")).toStdString(), engine.door());
        openRun(session, run);
        QTRY_COMPARE(session.checkpoints().kept().size(), std::size_t{2});
        CheckpointAsker asker(session);
        QSignalSpy left(&asker, &CheckpointAsker::left), replaced(&asker, &CheckpointAsker::replaced);
        const auto ask = [&] {
            bool isAnswered = false;
            asker.ask(
                {}, [](const std::stop_token&) { return KernelsQuestion(); },
                [&](const Result<Kernels>& found) { isAnswered = found.ok(); });
            QTRY_VERIFY(isAnswered);
        };
        session.checkpoints().step(1); // nothing has been asked
        session.checkpoints().release();
        QCOMPARE(left.count(), 0);
        ask();
        QVERIFY(asker.by() == (AskedWeights{"best", 1}));
        saveWeights(run, "best", 2);
        Q_EMIT session.runs().checkpointSaved(bestOf(2));
        QTRY_COMPARE(replaced.count(), 1);
        QCOMPARE(left.count(), 0);
        QCOMPARE(asker.sayingWhose(QStringLiteral("So.")),
                 QStringLiteral("So. From epoch 1, which epoch 2 has since replaced."));
        session.checkpoints().step(1);
        QCOMPARE(left.count(), 1);
        QCOMPARE(asker.sayingWhose(QStringLiteral("So.")), QStringLiteral("So."));
        asker.forget();
        session.checkpoints().release();
        QCOMPARE(left.count(), 1);
        QCOMPARE(replaced.count(), 1);
    }
};

QTEST_MAIN(AskedWeightsTest)
#include "tst_AskedWeights.moc"
