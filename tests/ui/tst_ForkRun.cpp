// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>

#include "ObedientTrainer.h"
#include "PageTest.h"
#include "StoredRun.h"
#include "store/RunFork.h"
#include "store/RunState.h"
#include "store/Safetensors.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

/// What can be made of a stored run: more epochs, and a fork.
class ForkRunTest : public PageTest {
    Q_OBJECT

    /// A finished run of one epoch, with checkpoints that can be gone on from.
    RunFolder stored(const char* home) const {
        const RunFolder folder = storedRun(path(QLatin1String(home)), path(QStringLiteral("toys")),
                                           {"boat", "car", "duck", "robot", "train"});
        const Json state{{"epoch", 1}, {"batch", 0}, {"settings", changeableSettings(*folder.experiment())}};
        for (const char* name : {"last", "best"})
            static_cast<void>(writeSafetensors(folder.path() / "checkpoints" / (std::string(name) + ".safetensors"), {},
                                               {{kRunState, toText(state, -1)}}));
        return folder;
    }
    static void plan(WindowDriver& driver) {
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.click("forkButton");
        auto* menu = driver.find<QMenu>("forkButton menu");
        QTRY_COMPARE(menu->actions().size(), 2);
        QTRY_VERIFY(menu->isVisible());
        QCOMPARE(menu->actions().first()->text(), QStringLiteral("Last: epoch 1"));
        menu->actions().first()->trigger();
        menu->close();
        QTRY_VERIFY(driver.session->runs().fork().has_value());
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }

    void aFinishedRunGetsMoreEpochs() {
        const RunFolder folder = stored("home-more");
        FakeEngine engine;
        std::optional<TrainRequest> asked;
        engine.onTrain = [&](const TrainRequest& request, const std::stop_token&, TrainControl&, const EventSink&) {
            asked = request;
            return RunEnded{};
        };
        WindowDriver driver(path(QStringLiteral("home-more")), engine.door());
        openStoredRun(*driver.session, folder);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        QCOMPARE(driver.text("trainMoreButton"), QStringLiteral("Train 20 more epochs"));
        picture(driver, QStringLiteral("more"));
        driver.type("moreEpochs", QStringLiteral("4"));
        QCOMPARE(driver.text("trainMoreButton"), QStringLiteral("Train 4 more epochs"));
        driver.click("trainMoreButton");
        QTRY_COMPARE(driver.session->runs().state(), RunState::Idle);
        QVERIFY(asked.has_value());
        QCOMPARE(asked->resume, folder.path().string());
        QCOMPARE(asked->settings.size(), std::size_t(1));
        QCOMPARE(asked->settings[0].path, std::string("training.epochs"));
        QCOMPARE(asked->settings[0].value, std::string("5")); // one is finished
        asked.reset();                                        // as many as were planned, of a run that stopped early
        const int planned = driver.session->runs().progress().experiment.training.epochs;
        driver.session->runs().trainMore(planned - 1);
        QTRY_COMPARE(driver.session->runs().state(), RunState::Idle);
        QVERIFY(asked.has_value());
        QCOMPARE(asked->settings.size(), std::size_t(1));
        QCOMPARE(asked->settings[0].value, std::to_string(planned));
    }

    void aRunThatEndedBeforeItsTimeIsResumed() {
        const RunFolder folder = stored("home-resume"), whole = stored("home-resume");
        std::filesystem::resize_file(folder.path() / "events.jsonl", 0); // in its first epoch, which is not finished
        FakeEngine engine;
        std::optional<TrainRequest> asked;
        engine.onTrain = [&](const TrainRequest& request, const std::stop_token&, TrainControl&, const EventSink&) {
            asked = request;
            return RunEnded{};
        };
        WindowDriver driver(path(QStringLiteral("home-resume")), engine.door());
        driver.key(Qt::Key_4, Qt::ControlModifier);
        openStoredRun(*driver.session, folder);
        QTRY_VERIFY(driver.find<QWidget>("resumeRun")->isVisible());
        QVERIFY(!driver.find<QWidget>("trainMoreButton")->isVisible());
        openStoredRun(*driver.session, whole); // completed
        QVERIFY(!driver.find<QWidget>("resumeRun")->isVisible());
        openStoredRun(*driver.session, folder);
        QTRY_VERIFY(driver.find<QWidget>("resumeRun")->isVisible());
        std::filesystem::remove(folder.path() / "checkpoints/last.safetensors");
        openStoredRun(*driver.session, whole);
        openStoredRun(*driver.session, folder); // the best one is there
        QTRY_VERIFY(driver.find<QWidget>("resumeRun")->isVisible());
        std::filesystem::remove(folder.path() / "checkpoints/best.safetensors");
        driver.click("resumeRun");
        QTRY_VERIFY(driver.session->runs().isIdle() && asked.has_value());
        QCOMPARE(asked->resume, folder.path().string());
        openStoredRun(*driver.session, whole);
        openStoredRun(*driver.session, folder); // without a checkpoint
        QTest::qWait(50);
        QVERIFY(!driver.find<QWidget>("resumeRun")->isVisible());
    }

    /// Its dialog may stay open while a fork is planned.
    void aRateThatWasFoundForNewWeightsIsNotAForks() {
        const RunFolder folder = stored("home-rate");
        FakeEngine engine;
        engine.onFindRate = [](auto&&...) {
            RateCurve curve;
            curve.rates = {1e-4, 1e-3, 1e-2};
            curve.losses = {1.6, 1.2, 2.0};
            curve.suggestion = {0.0011, 0.0031, 0.0029};
            return Result<RateCurve>(curve);
        };
        WindowDriver driver(path(QStringLiteral("home-rate")), engine.door());
        openStoredRun(*driver.session, folder);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.click("findRate");
        const auto* use = driver.find<QPushButton>("rateUse");
        QTRY_VERIFY(use->isEnabled());
        driver.session->runs().planFork(QString::fromStdString(folder.path().string()), QStringLiteral("last"));
        QTRY_VERIFY(driver.session->runs().fork().has_value());
        QVERIFY(!use->isEnabled());
        QVERIFY2(use->toolTip().contains(QStringLiteral("fork")), qPrintable(use->toolTip()));
    }

    void aForkIsPlannedChangedAndTrained() {
        const RunFolder folder = stored("home-fork");
        FakeEngine engine;
        std::optional<TrainRequest> asked;
        engine.onTrain = [&](const TrainRequest& request, const std::stop_token& stop, TrainControl&,
                             const EventSink& sink) {
            asked = request;
            RunStarted started = startOf(RunFolder(request.resume), request.experiment);
            started.firstEpoch = 2;
            sink(started);
            Gate never;
            never.pass(stop);
            RunEnded ended;
            ended.outcome = RunEnded::Outcome::Stopped;
            ended.folder = request.resume;
            return ended;
        };
        WindowDriver driver(path(QStringLiteral("home-fork")), engine.door());
        openStoredRun(*driver.session, folder);
        plan(driver);
        RunDesk& runs = driver.session->runs();
        QVERIFY(driver.text("runNextWords").startsWith(QStringLiteral("A fork of this run, from epoch 1.")));
        QVERIFY(!driver.find<QWidget>("training.batch_size")->isEnabled());
        picture(driver, QStringLiteral("fork"));
        driver.type("training.optimizer.learning_rate", QStringLiteral("0.0625"));
        QCOMPARE(driver.text("pageTrainButton"), QStringLiteral("Train the fork"));
        driver.click("pageTrainButton");
        QTRY_COMPARE(runs.state(), RunState::Running);
        QVERIFY(!runs.fork());
        const RunFolder fork(asked->resume);
        QVERIFY(fork.path() != folder.path());
        QVERIFY(parentOf(fork).has_value());
        QCOMPARE(parentOf(fork)->settings.size(), std::size_t(1)); // whenever it is gone on with
        QCOMPARE(parentOf(fork)->settings[0].value, std::string("0.0625"));
        const auto run = runs.run();
        QVERIFY(run->parent.has_value());
        QCOMPARE(run->parent->run, folder.id());
        QCOMPARE(run->parent->epoch, 1);
        QCOMPARE(run->parent->history.size(), std::size_t(1));
        QCOMPARE(runs.progress().history.size(), std::size_t(1)); // it begins with the parent's
        runs.stop();
        QTRY_COMPARE(runs.state(), RunState::Idle);
    }

    /// One run trains at a time: the one in progress is stopped where it is, if the person says so.
    void aRunInProgressIsStoppedForItsFork() {
        const RunFolder folder = stored("home-while");
        FakeEngine engine;
        engine.onTrain = [&](const TrainRequest& request, const std::stop_token& stop, TrainControl&,
                             const EventSink& sink) {
            sink(startOf(RunFolder(request.resume), request.experiment));
            Gate never;
            never.pass(stop);
            RunEnded ended;
            ended.outcome = RunEnded::Outcome::Stopped;
            ended.folder = request.resume;
            return ended;
        };
        WindowDriver driver(path(QStringLiteral("home-while")), engine.door());
        openStoredRun(*driver.session, folder);
        RunDesk& runs = driver.session->runs();
        runs.resumeRun(folder.path());
        QTRY_COMPARE(runs.state(), RunState::Running);
        driver.key(Qt::Key_7, Qt::ControlModifier);
        driver.clickRow("runTable", 0);
        QString asked;
        const auto choose = [&](bool yes) {
            prompts().confirm = [&asked, yes](QWidget*, const QString& question, const QString&) {
                asked = question;
                return yes;
            };
            driver.click("forkRunButton");
            auto* menu = driver.find<QMenu>("forkRunButton menu");
            QTRY_VERIFY(menu->isVisible());
            menu->actions().first()->trigger();
            menu->close();
        };
        choose(false);
        QVERIFY(asked.contains(QStringLiteral("saved where it is")));
        QCOMPARE(runs.state(), RunState::Running);
        choose(true);
        QTRY_VERIFY(runs.fork().has_value());
        QCOMPARE(runs.state(), RunState::Idle);
        QCOMPARE(runs.fork()->parent, folder.path());
        prompts() = {};
    }

    void aForkThatDoesNotBeginLeavesNothing() {
        const RunFolder folder = stored("home-unbegun");
        FakeEngine engine;
        std::string made;
        engine.onTrain = [&](const TrainRequest& request, const std::stop_token&, TrainControl&, const EventSink&) {
            made = request.resume;
            RunEnded ended;
            ended.outcome = RunEnded::Outcome::Failed;
            ended.reason = "training.epochs is too small.";
            return ended;
        };
        WindowDriver driver(path(QStringLiteral("home-unbegun")), engine.door());
        openStoredRun(*driver.session, folder);
        plan(driver);
        driver.click("pageTrainButton");
        QTRY_COMPARE(driver.session->runs().state(), RunState::Idle);
        QVERIFY(!made.empty() && !std::filesystem::exists(made));
        QVERIFY(driver.session->runs().fork().has_value()); // to be changed and tried again
    }

    void otherSettingsEndThePlan() {
        const RunFolder folder = stored("home-plan");
        FakeEngine engine;
        WindowDriver driver(path(QStringLiteral("home-plan")), engine.door());
        openStoredRun(*driver.session, folder);
        plan(driver);
        for (const char* trial : {"findRate", "checkRun"}) { // of new weights, not of its parent's
            QVERIFY(!driver.find<QPushButton>(trial)->isEnabled());
            QVERIFY(driver.find<QPushButton>(trial)->toolTip().contains(QLatin1String("fork")));
        }
        driver.click("dropForkButton");
        QVERIFY(!driver.session->runs().fork());
        QVERIFY(driver.find<QWidget>("training.batch_size")->isEnabled());
        QVERIFY(!driver.find<QPushButton>("findRate")->toolTip().contains(QLatin1String("fork")));
        plan(driver);
        Experiment other = driver.session->document().experiment();
        other.training.batchSize = 3; // an undo, or settings from elsewhere
        driver.session->document().setExperiment(other);
        QVERIFY(!driver.session->runs().fork());
    }

    void aRunWithoutCheckpointsSaysThatItCannotBeForked() {
        const RunFolder folder = storedRun(path(QStringLiteral("home-none")), path(QStringLiteral("toys")),
                                           {"boat", "car", "duck", "robot", "train"});
        FakeEngine engine;
        WindowDriver driver(path(QStringLiteral("home-none")), engine.door());
        openStoredRun(*driver.session, folder);
        driver.key(Qt::Key_7, Qt::ControlModifier);
        QTRY_VERIFY(driver.find<QWidget>("forkRunButton")->isVisible());
        driver.click("forkRunButton");
        QTRY_VERIFY(driver.text("messageText").startsWith(QStringLiteral("This run has no checkpoint")));
    }
};

QTEST_MAIN(ForkRunTest)
#include "tst_ForkRun.moc"
