// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QSlider>
#include <QTabBar>
#include <QTableView>

#include "MadeUpEvaluation.h"
#include "ObedientTrainer.h"
#include "RunTest.h"
#include "StoredWeights.h"
#include "pages/evaluate/ImageMapTab.h"
#include "pages/evaluate/SuspectsTab.h"
#include "pages/explain/ExamplesPanel.h"

using namespace sightline;
using namespace sightline::ui;

/// What is asked of which run, in the real window, without torch.
class QuestionsTest : public RunTest {
    Q_OBJECT

    /// The page Explain with an image that was asked about.
    static void explain(WindowDriver& driver, const RunFolder& run) {
        openRun(*driver.session, run);
        driver.key(Qt::Key_6, Qt::ControlModifier);
        driver.click("nextExplained");
        QTRY_VERIFY(driver.session->questions().answer() != nullptr);
    }
    static void showTab(const WindowDriver& driver, const QString& title, const char* of = "explainTabBar") {
        auto* bar = driver.find<QTabBar>(of);
        for (int i = 0; i < bar->count(); ++i)
            if (bar->tabText(i) == title)
                QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(i).center());
        QCOMPARE(bar->tabText(bar->currentIndex()), title);
    }

    static Result<Answer> patternsFor(const Question& question) {
        const auto* kind = std::get_if<FilterPicturesQuestion>(&question);
        if (!kind)
            return cancelled();
        FilterPictures drawn;
        for (const int channel : kind->channels)
            drawn.pictures.push_back({channel, 0.5, 7.25, Image(8, 8, 3)});
        return Answer(drawn);
    }

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

    /// The last image is a train that looks like a boat; the second run knows no train.
    void suspectsOfOneRunAreNotThoseOfAnother() {
        const auto first = storeRun(QStringLiteral("home-suspects"), m_classes, "toy_cnn");
        const auto second = storeRun(QStringLiteral("home-suspects"), {"boat", "car"}, "toy_cnn");
        FakeEngine engine;
        std::unique_ptr<WindowDriver> driver;
        engine.onEvaluateOf = [&](const ModelSource& source, auto&&...) {
            const bool isFirst = source.runFolder == first.path();
            return Result<Evaluation>(madeUpEvaluation(
                *driver->session->data().dataset(), Subset::Test,
                isFirst ? m_classes : std::vector<std::string>{"boat", "car"},
                [](Prediction& prediction, std::size_t n) {
                    prediction.predicted = n == 9 ? 0 : prediction.truth;
                    prediction.probabilities[static_cast<std::size_t>(prediction.predicted)] = n == 9 ? 0.95f : 0.9f;
                }));
        };
        driver = std::make_unique<WindowDriver>(path(QStringLiteral("home-suspects")), engine.door());
        openRun(*driver->session, first);
        driver->key(Qt::Key_5, Qt::ControlModifier);
        driver->click("evaluateButton");
        QTRY_VERIFY(driver->session->questions().evaluation() != nullptr);
        showTab(*driver, QStringLiteral("Suspects"), "evaluateTabs");
        const auto* table = driver->find<QTableView>("suspectTable")->model();
        QCOMPARE(table->rowCount(), 1);
        QCOMPARE(table->index(0, 1).data().toString(), QStringLiteral("train"));
        showTab(*driver, QStringLiteral("Classes"), "evaluateTabs");
        openRun(*driver->session, second);
        driver->click("evaluateButton");
        QTRY_VERIFY(driver->session->questions().evaluation() != nullptr);
        QCOMPARE(table->rowCount(), 0);
        driver->key(Qt::Key_1, Qt::ControlModifier);
        driver->clickRow("sampleGrid", 0);
        QSignalSpy edited(&driver->session->data(), &DataDesk::edited);
        QTest::keyClick(driver->find<QWidget>("sampleGrid"), Qt::Key_X);
        QVERIFY(edited.wait());
        QCOMPARE(table->rowCount(), 0);
    }

    /// Whoever puts right another image than the suspect that was chosen goes on looking at it.
    void aLabelThatIsPutRightChoosesNothing() {
        const auto run = storeRun(QStringLiteral("home-put-right"), m_classes, "toy_cnn");
        FakeEngine engine;
        std::unique_ptr<WindowDriver> driver;
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) {
            return Result<HeatMap>(explanationOf(request, m_classes, 0));
        };
        engine.onEvaluate = [&](auto&&...) { // both trains look like boats
            return Result<Evaluation>(madeUpEvaluation(
                *driver->session->data().dataset(), Subset::Test, m_classes, [](Prediction& prediction, std::size_t) {
                    const bool isTrain = prediction.truth == 4;
                    prediction.predicted = isTrain ? 0 : prediction.truth;
                    prediction.probabilities[static_cast<std::size_t>(prediction.predicted)] = isTrain ? 0.95f : 0.9f;
                }));
        };
        driver = std::make_unique<WindowDriver>(path(QStringLiteral("home-put-right")), engine.door());
        openRun(*driver->session, run);
        driver->key(Qt::Key_5, Qt::ControlModifier);
        driver->click("evaluateButton");
        QTRY_VERIFY(driver->session->questions().evaluation() != nullptr);
        showTab(*driver, QStringLiteral("Suspects"), "evaluateTabs");
        driver->clickRow("suspectTable", 0);
        auto* gallery = driver->find<QListView>("gallery");
        QCOMPARE(gallery->model()->rowCount(), 2);
        const int other = 1 - gallery->currentIndex().row();
        driver->clickRow("gallery", other);
        QSignalSpy edited(&driver->session->data(), &DataDesk::edited);
        QTest::keyClick(gallery, Qt::Key_X);
        QVERIFY(edited.wait());
        QCOMPARE(gallery->currentIndex().row(), other);
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

    /// The toys count boat, car, duck, robot, train; this run counted otherwise and never saw a duck or a car.
    void classesAreMetByName() {
        const auto run = storeRun(QStringLiteral("home-names"), {"train", "robot", "boat"}, "toy_cnn");
        FakeEngine engine;
        std::vector<HeatMapQuestion> asked;
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) {
            asked.push_back(request);
            return Result<HeatMap>(explanationOf(request, {"train", "robot", "boat"}, 2));
        };
        WindowDriver driver(path(QStringLiteral("home-names")), engine.door());
        openRun(*driver.session, run);
        driver.key(Qt::Key_6, Qt::ControlModifier);
        choose(driver, "explainTarget", 1); // the true class
        const auto ask = [&](const std::string& className) {
            QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
            driver.session->questions().explain({firstOf(*driver.session, className), {}});
            QVERIFY(explained.wait());
        };
        const auto verdict = [&] {
            return driver.find<QWidget>("heatMapView")->findChild<QLabel*>(QStringLiteral("explainedVerdict"))->text();
        };
        ask("boat"); // label 0 of the data set, class 2 of the run
        QCOMPARE(asked.back().truth, 2);
        QCOMPARE(asked.back().target, std::string("true"));
        QVERIFY2(verdict().startsWith(QStringLiteral("Correct: boat")), qPrintable(verdict()));
        ask("robot");
        QCOMPARE(asked.back().truth, 1);
        QVERIFY2(verdict().startsWith(QStringLiteral("Wrong: predicted boat")), qPrintable(verdict()));
        QVERIFY2(verdict().endsWith(QStringLiteral("actually robot")), qPrintable(verdict()));
        ask("duck");
        QCOMPARE(asked.back().truth, -1);
        QCOMPARE(asked.back().target, std::string("predicted"));
        QVERIFY2(verdict().contains(QStringLiteral("no class duck")), qPrintable(verdict()));
    }

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

    void theMethodShownIsTheOneThatIsUsed() {
        const auto first = storeRun(QStringLiteral("home-method"), m_classes, "toy_cnn");
        const auto second = storeRun(QStringLiteral("home-method"), m_classes, "resnet18");
        FakeEngine engine;
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) {
            return Result<HeatMap>(explanationOf(request, m_classes, 0));
        };
        WindowDriver driver(path(QStringLiteral("home-method")), engine.door());
        openRun(*driver.session, first);
        driver.key(Qt::Key_6, Qt::ControlModifier);
        QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
        driver.click("nextExplained");
        QVERIFY(explained.wait());
        choose(driver, "explainMethod", 3);
        choose(driver, "explainTarget", 3);
        choose(driver, "explainAgainst", 1);
        choose(driver, "explainLayer", 1);
        QTRY_COMPARE(driver.session->questions().answer()->explanation.target, std::string("car-boat"));
        QTRY_COMPARE(driver.session->questions().answer()->explanation.layer,
                     driver.find<QComboBox>("explainLayer")->currentText().toStdString());
        openRun(*driver.session, second);
        QVERIFY(!driver.session->questions().answer());
        driver.click("nextExplained");
        QTRY_VERIFY(driver.session->questions().answer() != nullptr);
        const auto answer = driver.session->questions().answer();
        QCOMPARE(answer->run, driver.session->runs().run());
        QString shown = driver.find<QComboBox>("explainMethod")->currentText().remove(QLatin1Char('-')).toLower();
        QCOMPARE(shown, QString::fromStdString(answer->explanation.method).remove(QLatin1Char('-')).toLower());
        QCOMPARE(answer->explanation.target, std::string("predicted"));
        QCOMPARE(driver.find<QComboBox>("explainTarget")->currentIndex(), 0);
        QCOMPARE(answer->explanation.layer, std::string());
        QCOMPARE(driver.find<QComboBox>("explainLayer")->currentIndex(), 0);
    }

    void theLayersAreThoseOfTheNetworkThatWasTrained() {
        auto run = storeRun(QStringLiteral("home-layers"), m_classes, "resnet18");
        Experiment experiment = *run.experiment();
        experiment.model.name = "toy_cnn"; // by another version the same name builds another network
        QVERIFY(run.writeExperiment(experiment));
        WindowDriver driver(path(QStringLiteral("home-layers")));
        openRun(*driver.session, run);
        const auto* layers = driver.find<QComboBox>("explainLayer");
        QVERIFY(layers->findData(QStringLiteral("layer4.1.conv2")) > 0);
        QVERIFY(layers->itemText(0).contains(QStringLiteral("layer4")));
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

    void whyThereAreNoKernelsIsSaidOnce() {
        const auto run = storeRun(QStringLiteral("home-kernels"), m_classes, "toy_cnn");
        FakeEngine engine;
        std::atomic<int> asked{0}, others{0};
        std::atomic<bool> isSeen{true}, unseen{false};
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) {
            return Result<HeatMap>(explanationOf(request, m_classes, 0));
        };
        engine.onAsk = [&](const Question& question, auto&&...) -> Result<Answer> {
            if (!std::holds_alternative<KernelsQuestion>(question)) {
                ++others;
                return cancelled();
            }
            unseen = unseen || !isSeen;
            ++asked;
            return badInput("The network has no convolution of the image itself, so no kernels to show.");
        };
        WindowDriver driver(path(QStringLiteral("home-kernels")), engine.door());
        explain(driver, run);
        showTab(driver, QStringLiteral("Filters"));
        driver.click("showKernels");
        QTRY_VERIFY2(driver.text("filterNote").contains(QStringLiteral("no kernels to show")),
                     qPrintable(driver.text("filterNote")));
        QVERIFY(!driver.find<QWidget>("saveFilter")->isEnabled());
        driver.click("showPatterns");
        QVERIFY(!driver.text("filterNote").contains(QStringLiteral("no kernels to show")));
        driver.click("showKernels");
        QVERIFY(driver.text("filterNote").contains(QStringLiteral("no kernels to show")));
        driver.click("showPatterns");
        driver.click("drawFilters");
        QTRY_VERIFY(others > 0);
        driver.click("showKernels");
        Q_EMIT driver.session->checkpoints().bestChanged(); // one more question, on the lane of all before
        QTRY_VERIFY(asked >= 2);
        QCOMPARE(asked.load(), 2);

        // nor for a tab that nobody looks at
        showTab(driver, QStringLiteral("Heat map"));
        isSeen = false;
        Q_EMIT driver.session->checkpoints().bestChanged();
        QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
        driver.click("nextExplained"); // time enough to ask
        QVERIFY(explained.wait());
        isSeen = true;
        showTab(driver, QStringLiteral("Filters"));
        QTRY_COMPARE(asked.load(), 3);
        QVERIFY(!unseen);
    }

    /// While a run goes on its best is soon another one: the kernel that a person looks at stays the one in view.
    void theKernelInViewIsReadAnew() {
        const auto run = storeRun(QStringLiteral("home-same-kernel"), m_classes, "toy_cnn");
        FakeEngine engine;
        std::atomic<std::size_t> kernels{2};
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) {
            return Result<HeatMap>(explanationOf(request, m_classes, 0));
        };
        engine.onAsk = [&](const Question& question, auto&&...) -> Result<Answer> {
            if (!std::holds_alternative<KernelsQuestion>(question))
                return cancelled();
            return Answer(Kernels{"conv1", std::vector<Image>(kernels, Image(3, 3, 3))});
        };
        WindowDriver driver(path(QStringLiteral("home-same-kernel")), engine.door());
        explain(driver, run);
        showTab(driver, QStringLiteral("Filters"));
        driver.click("showKernels");
        QTRY_VERIFY(driver.text("filterWords").startsWith(QStringLiteral("Filter 0 (of 2)")));
        driver.clickRow("filterTiles", 1);
        QVERIFY(driver.text("filterWords").startsWith(QStringLiteral("Filter 1 (of 2)")));
        kernels = 3;
        Q_EMIT driver.session->checkpoints().bestChanged();
        QVERIFY(driver.text("filterWords").startsWith(QStringLiteral("Filter 1 (of 2)")));
        QTRY_VERIFY2(driver.text("filterWords").startsWith(QStringLiteral("Filter 1 (of 3)")),
                     qPrintable(driver.text("filterWords")));
    }

    /// What was enlarged is of the run before: nothing of it is drawn where nobody looks.
    void anotherRunTakesThePatternsAway() {
        const auto first = storeRun(QStringLiteral("home-patterns"), m_classes, "toy_cnn");
        const auto second = storeRun(QStringLiteral("home-patterns"), m_classes, "toy_cnn");
        FakeEngine engine;
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) {
            return Result<HeatMap>(explanationOf(request, m_classes, 0));
        };
        engine.onAsk = [](const Question& question, auto&&...) { return patternsFor(question); };
        WindowDriver driver(path(QStringLiteral("home-patterns")), engine.door());
        explain(driver, first);
        showTab(driver, QStringLiteral("Filters"));
        driver.click("drawFilters");
        QTRY_VERIFY(driver.text("filterWords").contains(QStringLiteral("7.25")));
        showTab(driver, QStringLiteral("Heat map"));
        openRun(*driver.session, second);
        driver.key(Qt::Key_6, Qt::ControlModifier);
        auto* slider = driver.find<QSlider>("explainOpacity");
        slider->setFocus();
        const int before = slider->value();
        QTest::keyClick(slider, Qt::Key_Left);
        QVERIFY(slider->value() < before);
        showTab(driver, QStringLiteral("Filters"));
        QCOMPARE(driver.find<QListView>("filterTiles")->model()->rowCount(), 0);
        QVERIFY(driver.text("filterWords").isEmpty());
        QVERIFY(!driver.find<QWidget>("saveFilter")->isEnabled());
    }

    void whyThereIsNoStrengthCurveIsSaid() {
        const auto run = storeRun(QStringLiteral("home-no-curve"), m_classes, "toy_cnn");
        FakeEngine engine;
        std::atomic<bool> fails{false};
        std::atomic<int> failed{0};
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) -> Result<HeatMap> {
            if (fails && ++failed > 0)
                return badInput("The network's scores are no numbers.");
            return explanationOf(request, m_classes, 0);
        };
        WindowDriver driver(path(QStringLiteral("home-no-curve")), engine.door());
        explain(driver, run);
        fails = true; // the map itself is there
        showTab(driver, QStringLiteral("Robustness"));
        QTRY_COMPARE(driver.text("strengthTitle"), QStringLiteral("The network's scores are no numbers."));
        QCOMPARE(driver.find<QWidget>("strengthCurve")->accessibleDescription(), QString());
        auto* slider = driver.find<QSlider>("corrupt-blur");
        slider->setFocus();
        QTest::keyClick(slider, Qt::Key_PageUp);
        QVERIFY(driver.text("strengthTitle").startsWith(QStringLiteral("Blur")));
        QTRY_COMPARE(driver.text("robustnessWords"), QStringLiteral("The network's scores are no numbers."));
        QVERIFY(driver.find<QWidget>("robustnessWords")->property("bad").toBool());
        QVERIFY(driver.text("robustnessTrustWords").isEmpty());
        QTRY_COMPARE(driver.text("strengthTitle"), QStringLiteral("The network's scores are no numbers."));
        QCOMPARE(failed.load(), 3); // the map, and of either kind the first strength: the others are not asked
    }

    void withEveryTestImageExcludedThereIsStillAnImageToExplain() {
        const auto run = storeRun(QStringLiteral("home-excluded"), m_classes, "toy_cnn");
        FakeEngine engine;
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) {
            return Result<HeatMap>(explanationOf(request, m_classes, 0));
        };
        WindowDriver driver(path(QStringLiteral("home-excluded")), engine.door());
        openRun(*driver.session, run);
        OverlayEdit edit;
        for (const Sample& sample : driver.session->data().dataset()->samples)
            if (sample.subset == Subset::Test)
                edit.push_back({sample.path, {{}, true}});
        QSignalSpy edited(&driver.session->data(), &DataDesk::edited);
        driver.session->data().editOverlay(edit);
        QVERIFY(edited.wait());
        QCOMPARE(driver.session->data().dataset()->count(Subset::Test), std::size_t{0});
        driver.key(Qt::Key_6, Qt::ControlModifier);
        driver.click("nextExplained");
        QTRY_VERIFY(driver.session->questions().answer() != nullptr);
        const auto dataset = driver.session->data().dataset();
        QCOMPARE(dataset->samples[*driver.session->questions().subject()->sample].subset, Subset::Validation);
    }

    void leftAndRightBelongToTheSliderThatHasTheFocus() {
        const auto run = storeRun(QStringLiteral("home-keys"), m_classes, "toy_cnn");
        FakeEngine engine;
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) {
            return Result<HeatMap>(explanationOf(request, m_classes, 0));
        };
        WindowDriver driver(path(QStringLiteral("home-keys")), engine.door());
        openRun(*driver.session, run);
        driver.key(Qt::Key_6, Qt::ControlModifier);
        driver.click("nextExplained");
        QTRY_VERIFY(driver.session->questions().answer() != nullptr);
        const auto sample = [&] { return *driver.session->questions().subject()->sample; };
        const auto before = sample();
        auto* slider = driver.find<QSlider>("explainOpacity");
        slider->setFocus();
        const int value = slider->value();
        QTest::keyClick(slider, Qt::Key_Right);
        QVERIFY(slider->value() > value);
        QCOMPARE(sample(), before);
        QTest::keyClick(driver.find<QWidget>("nextExplained"), Qt::Key_Right);
        QCOMPARE(sample(), before + 1);
        QTest::keyClick(driver.find<QWidget>("nextExplained"), Qt::Key_Left);
        QCOMPARE(sample(), before);
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
