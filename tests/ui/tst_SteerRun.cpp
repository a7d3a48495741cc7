// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>

#include "ObedientTrainer.h"
#include "PageTest.h"
#include "StoredRun.h"
#include "plot/CurvePlot.h"

using namespace sightline;
using namespace sightline::ui;

/// Settings that change while a run goes on, as a person does it.
class SteerRunTest : public PageTest {
    Q_OBJECT

    /// A run in progress, with its settings in view.
    void start(WindowDriver& driver) const {
        open(driver);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.type("training.optimizer.learning_rate", QStringLiteral("0.001"));
        driver.click("pageTrainButton");
        QTRY_COMPARE(driver.session->runs().state(), RunState::Running);
    }
    static void stop(WindowDriver& driver) {
        driver.session->runs().stop();
        QTRY_COMPARE(driver.session->runs().state(), RunState::Idle);
    }
    static double rate(const Experiment& experiment) { return experiment.training.optimizer.learningRate; }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }

    void aChangeIsCollectedAppliedAndUndone() {
        FakeEngine engine;
        engine.onTrain = standAndObey;
        WindowDriver driver(path(QStringLiteral("home-edit")), engine.door());
        start(driver);
        RunDesk& runs = driver.session->runs();
        QVERIFY(!driver.find<QWidget>("trainEditBar")->isVisible());
        QSignalSpy told(&runs, &RunDesk::edited);
        driver.type("training.optimizer.learning_rate", QStringLiteral("0.0003"));
        QCOMPARE(driver.text("trainEditChanges"), QStringLiteral("Learning rate 0.001 → 0.0003"));
        QCOMPARE(rate(runs.progress().experiment), 0.001); // nothing is asked of the run yet
        picture(driver, QStringLiteral("edit-pending"));
        driver.click("trainApplyEdit");
        QTRY_COMPARE(told.count(), 1);
        QCOMPARE(told[0][0].value<RecordedEdit>().place.batch, 7);
        QCOMPARE(rate(runs.progress().experiment), 0.0003);
        QCOMPARE(runs.progress().edits.size(), std::size_t(1));
        const auto* loss = driver.find<CurvePlot>("lossPlot");
        QCOMPARE(loss->marks(), QStringList(QStringLiteral("Learning rate 0.001 → 0.0003")));
        QVERIFY(loss->accessibleDescription().endsWith(loss->marks()[0]));
        QTRY_VERIFY(driver.text("trainEditApplied").endsWith(QStringLiteral("Applied after batch 7 of epoch 2.")));
        QVERIFY(driver.text("trainEditChanges").isEmpty());
        QTRY_VERIFY(driver.find<QWidget>("trainUndoEdit")->isEnabled());
        picture(driver, QStringLiteral("edit-applied"));
        driver.click("trainUndoEdit");
        QTRY_COMPARE(told.count(), 2);
        QCOMPARE(rate(runs.progress().experiment), 0.001);
        QCOMPARE(loss->marks().size(), 2);
        QCOMPARE(rate(driver.session->document().experiment()), 0.001);
        QVERIFY(driver.text("trainEditChanges").isEmpty());
        stop(driver);
        QVERIFY(!driver.find<QWidget>("trainEditBar")->isVisible());
    }

    void editsAreTakenBackOneAfterAnother() {
        FakeEngine engine;
        engine.onTrain = standAndObey;
        WindowDriver driver(path(QStringLiteral("home-undo")), engine.door());
        start(driver);
        RunDesk& runs = driver.session->runs();
        const auto change = [&](const QString& to, std::size_t edits) {
            driver.type("training.optimizer.learning_rate", to);
            driver.click("trainApplyEdit");
            QTRY_COMPARE(runs.progress().edits.size(), edits);
            QTRY_VERIFY(driver.find<QWidget>("trainUndoEdit")->isEnabled());
        };
        change(QStringLiteral("0.0003"), 1);
        change(QStringLiteral("0.0001"), 2);
        driver.click("trainUndoEdit");
        QTRY_COMPARE(rate(runs.progress().experiment), 0.0003);
        QTRY_VERIFY(driver.text("trainEditApplied").startsWith(QStringLiteral("Learning rate 0.001 → 0.0003")));
        QTRY_VERIFY(driver.find<QWidget>("trainUndoEdit")->isEnabled());
        driver.click("trainUndoEdit");
        QTRY_COMPARE(rate(runs.progress().experiment), 0.001);
        QTRY_VERIFY(!driver.find<QWidget>("trainUndoEdit")->isVisible());
        QCOMPARE(rate(driver.session->document().experiment()), 0.001);
        QVERIFY(driver.text("trainEditChanges").isEmpty());

        driver.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier); // redo is a change like any other
        QCOMPARE(driver.text("trainEditChanges"), QStringLiteral("Learning rate 0.001 → 0.0003"));
        QCOMPARE(rate(runs.progress().experiment), 0.001);
        stop(driver);
    }

    /// Ctrl+Z takes back what was done last, where it was done: in a field, in the settings, in the run.
    void theUndoKeyReachesTheRun() {
        FakeEngine engine;
        engine.onTrain = standAndObey;
        WindowDriver driver(path(QStringLiteral("home-key")), engine.door());
        start(driver);
        RunDesk& runs = driver.session->runs();
        const char* const field = "training.optimizer.learning_rate";
        driver.type(field, QStringLiteral("0.0003"));
        driver.click("trainApplyEdit");
        QTRY_COMPARE(runs.progress().edits.size(), std::size_t(1));
        driver.type(field, QStringLiteral("0.0001")); // not applied; the focus stays there
        const auto undo = [&] { QTest::keyClick(driver.find<QWidget>(field), Qt::Key_Z, Qt::ControlModifier); };
        undo();
        QCOMPARE(rate(driver.session->document().experiment()), 0.0003);
        QCOMPARE(rate(runs.progress().experiment), 0.0003);
        QVERIFY(driver.text("trainEditChanges").isEmpty());
        undo();
        QTRY_COMPARE(rate(runs.progress().experiment), 0.001);
        QCOMPARE(rate(driver.session->document().experiment()), 0.001);
        QCOMPARE(runs.progress().edits.size(), std::size_t(2));
        auto* line = driver.find<QWidget>(field)->findChild<QLineEdit*>();
        line->selectAll();
        QTest::keyClicks(line, QStringLiteral("9"));
        undo(); // what is being typed
        QCOMPARE(line->text(), QStringLiteral("0.001"));
        QCOMPARE(rate(runs.progress().experiment), 0.001);
        stop(driver);
    }

    void whatTheRunRefusesIsSaidAndDiscarded() {
        FakeEngine engine;
        engine.onTrain = standAndObey;
        WindowDriver driver(path(QStringLiteral("home-refuse")), engine.door());
        start(driver);
        const int epochs = driver.session->document().experiment().training.epochs;
        driver.type("training.epochs", QStringLiteral("0"));
        driver.click("trainApplyEdit");
        QTRY_VERIFY(driver.text("trainEditRefusal").startsWith(QStringLiteral("The run cannot continue")));
        QCOMPARE(driver.session->runs().state(), RunState::Running);
        QCOMPARE(driver.session->runs().progress().experiment.training.epochs, epochs);
        picture(driver, QStringLiteral("edit-refused"));
        driver.click("trainDiscardEdit");
        QCOMPARE(driver.session->document().experiment().training.epochs, epochs);
        QVERIFY(!driver.find<QWidget>("trainEditBar")->isVisible());
        stop(driver);
    }

    void whatIsFixedSaysSoUntilTheRunEnds() {
        FakeEngine engine;
        engine.onTrain = standAndObey;
        WindowDriver driver(path(QStringLiteral("home-fixed")), engine.door());
        start(driver);
        const auto enabled = [&](const char* name) { return driver.find<QWidget>(name)->isEnabled(); };
        QVERIFY(enabled("training.optimizer.learning_rate") && enabled("training.early_stopping on"));
        QVERIFY(!enabled("training.batch_size") && !enabled("seed"));
        QCOMPARE(driver.find<QWidget>("training.batch_size")->toolTip(),
                 QStringLiteral("Fixed while a run is in progress."));
        driver.key(Qt::Key_3, Qt::ControlModifier);
        QVERIFY(!enabled("zooCards") && !enabled("data.image_size"));
        QVERIFY(enabled("frozenUpTo"));
        driver.key(Qt::Key_2, Qt::ControlModifier);
        QVERIFY(enabled("augmentation.rotation_range"));
        driver.type("augmentation.rotation_range", QStringLiteral("20"));
        QVERIFY(driver.text("augmentEditChanges").startsWith(QStringLiteral("Rotation")));
        driver.click("augmentApplyEdit");
        QTRY_COMPARE(driver.session->runs().progress().experiment.augmentation.rotationRange, 20.0);
        stop(driver);
        QVERIFY(enabled("training.batch_size") && enabled("zooCards"));
    }

    void aStoredRunHasItsEditsAndTheSettingsTheyMade() {
        const RunFolder folder = storedRun(path(QStringLiteral("home-stored")), path(QStringLiteral("toys")),
                                           {"boat", "car", "duck", "robot", "train"});
        const Experiment began = *folder.experiment();
        const Result<EditedExperiment> next = edited(began, {{"training.epochs", "77"}});
        QVERIFY(next && folder.appendEvent({{"type", "edit"}, {"epoch", 1}, {"batch", 2}, {"changes", next->changes}}));
        FakeEngine engine;
        Session session(path(QStringLiteral("home-stored")).toStdString(), engine.door());
        openStoredRun(session, folder);
        QCOMPARE(session.runs().progress().edits.size(), std::size_t(1));
        QVERIFY((session.runs().progress().edits[0].place == RunPlace{1, 2}));
        QCOMPARE(session.runs().progress().experiment.training.epochs, 77);
    }
};

QTEST_MAIN(SteerRunTest)
#include "tst_SteerRun.moc"
