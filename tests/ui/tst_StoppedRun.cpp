// SPDX-License-Identifier: GPL-3.0-or-later
#include <QMenu>
#include <QTableView>

#include "ObedientTrainer.h"
#include "PageTest.h"
#include "StoredRun.h"
#include "store/RunState.h"
#include "store/Safetensors.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

/// A run that ended before its time: what is said of it, and how it goes on.
class StoppedRunTest : public PageTest {
    Q_OBJECT

    const std::vector<std::string> m_classes{"boat", "car", "duck", "robot", "train"};

    /// After `epochs` epochs of nine; nobody wrote its end unless it was stopped.
    RunFolder ended(const char* home, int epochs, bool wasStopped = true) const {
        Experiment experiment;
        experiment.name = "toysk";
        experiment.data.path = path(QStringLiteral("toys")).toStdString();
        experiment.data.imageHeight = experiment.data.imageWidth = 64;
        experiment.training.epochs = 9;
        experiment.training.optimizer.learningRate = 0.001;
        const RunFolder folder = *RunStore::open(path(QLatin1String(home)).toStdString())->create(experiment);
        [&] {
            QVERIFY(folder.writeClasses(m_classes));
            QVERIFY(folder.writeGraph(toJson(*graphFor(experiment, static_cast<int>(m_classes.size())))));
            RunStarted started = startOf(folder, experiment);
            started.batchesPerEpoch = 500;
            QVERIFY(folder.appendEvent(toJson(TrainEvent(started))));
            for (int number = 1; number <= epochs; ++number) {
                EpochFinished epoch;
                epoch.metrics.epoch = number;
                QVERIFY(folder.appendEvent(toJson(TrainEvent(epoch))));
            }
            RunEnded end;
            end.outcome = RunEnded::Outcome::Stopped;
            end.epochs = epochs;
            if (wasStopped)
                QVERIFY(folder.appendEvent(toJson(TrainEvent(end))));
        }();
        return folder;
    }
    static void save(const RunFolder& folder, const char* name, int epoch, int batch, bool stoppedEarly = false) {
        const Json state{{"epoch", epoch},
                         {"batch", batch},
                         {"stopped_early", stoppedEarly},
                         {"settings", changeableSettings(*folder.experiment())}};
        QVERIFY(writeSafetensors(folder.path() / "checkpoints" / (std::string(name) + ".safetensors"), {},
                                 {{kRunState, toText(state, -1)}}));
    }
    /// Keeps what it was asked to train.
    static void keepRequest(FakeEngine& engine, std::optional<TrainRequest>& asked) {
        engine.onTrain = [&](const TrainRequest& request, const std::stop_token&, TrainControl&, const EventSink&) {
            asked = request;
            return RunEnded{};
        };
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }
    void cleanup() { prompts() = {}; }

    void resumeTakesTheFieldsThatWereChanged() {
        const RunFolder folder = ended("home-edited", 1);
        save(folder, "last", 1, 271);
        FakeEngine engine;
        std::optional<TrainRequest> asked;
        keepRequest(engine, asked);
        WindowDriver driver(path(QStringLiteral("home-edited")), engine.door());
        driver.key(Qt::Key_4, Qt::ControlModifier);
        openStoredRun(*driver.session, folder);
        QTRY_VERIFY(driver.find<QWidget>("resumeRun")->isVisible());
        QVERIFY(driver.text("runNextWords").isEmpty());
        driver.type("training.optimizer.learning_rate", QStringLiteral("0.0005"));
        QTRY_COMPARE(driver.text("runNextWords"), QStringLiteral("Continues with Learning rate 0.001 → 0.0005."));
        picture(driver, QStringLiteral("resume-edited"));
        driver.click("resumeRun");
        QTRY_VERIFY(driver.session->runs().isIdle() && asked.has_value());
        QCOMPARE(asked->resume, folder.path().string());
        QCOMPARE(asked->settings.size(), std::size_t(1));
        QCOMPARE(asked->settings[0].path, std::string("training.optimizer.learning_rate"));
        QCOMPARE(asked->settings[0].value, std::string("0.0005"));
    }

    /// Another run than the one in view goes on as it was.
    void theFieldsAreNotThoseOfARunOfTheList() {
        const RunFolder folder = ended("home-list", 1), other = ended("home-list", 1);
        FakeEngine engine;
        std::optional<TrainRequest> asked;
        keepRequest(engine, asked);
        WindowDriver driver(path(QStringLiteral("home-list")), engine.door());
        openStoredRun(*driver.session, folder);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.type("training.optimizer.learning_rate", QStringLiteral("0.0005"));
        driver.session->runs().resumeRun(other.path());
        QTRY_VERIFY(driver.session->runs().isIdle() && asked.has_value());
        QVERIFY(asked->settings.empty());
    }

    void thePlaceWhereItStoppedIsSaid() {
        const RunFolder middle = ended("home-place", 1), border = ended("home-place", 2);
        save(middle, "last", 1, 271);
        save(border, "last", 2, 0);
        FakeEngine engine;
        WindowDriver driver(path(QStringLiteral("home-place")), engine.door());
        driver.key(Qt::Key_4, Qt::ControlModifier);
        openStoredRun(*driver.session, middle);
        QTRY_COMPARE(driver.text("runState"),
                     QStringLiteral("Stopped in epoch 2, after batch 271 of 500; saved there."));
        openStoredRun(*driver.session, border);
        QTRY_VERIFY(driver.find<QWidget>("resumeRun")->isVisible());
        QCOMPARE(driver.text("runState"), QStringLiteral("Stopped after 2 epochs."));
    }

    void oneOfTheFirstEpochIsResumedAndForkedFromTheList() {
        const RunFolder bare = ended("home-first", 0), saved = ended("home-first", 0);
        save(saved, "previous", 0, 12);
        FakeEngine engine;
        std::optional<TrainRequest> asked;
        keepRequest(engine, asked);
        WindowDriver driver(path(QStringLiteral("home-first")), engine.door());
        driver.key(Qt::Key_7, Qt::ControlModifier);
        auto* table = driver.find<QTableView>("runTable");
        QTRY_COMPARE(table->model()->rowCount(), 2);
        const auto select = [&](const RunFolder& run) {
            for (int row = 0; row < 2; ++row)
                if (table->model()->index(row, 0).data(Qt::ToolTipRole).toString().toStdString() == run.id())
                    driver.clickRow("runTable", row);
        };
        select(saved);
        QTRY_VERIFY(driver.find<QWidget>("resumeRunButton")->isVisible());
        QVERIFY(driver.find<QWidget>("forkRunButton")->isVisible());
        select(bare);
        QTRY_VERIFY(!driver.find<QWidget>("resumeRunButton")->isVisible());
        QVERIFY(!driver.find<QWidget>("forkRunButton")->isVisible());
        select(saved);
        QTRY_VERIFY(driver.find<QWidget>("resumeRunButton")->isVisible());
        driver.click("resumeRunButton");
        QTRY_VERIFY(driver.session->runs().isIdle() && asked.has_value());
        QCOMPARE(asked->resume, saved.path().string());
    }

    void oneOfTheFirstEpochIsResumedAndForkedOnTrain() {
        const RunFolder saved = ended("home-train", 0);
        save(saved, "last", 0, 12);
        FakeEngine engine;
        WindowDriver driver(path(QStringLiteral("home-train")), engine.door());
        driver.key(Qt::Key_4, Qt::ControlModifier);
        openStoredRun(*driver.session, saved);
        QTRY_VERIFY(driver.find<QWidget>("resumeRun")->isVisible());
        QVERIFY(!driver.find<QWidget>("trainMoreButton")->isVisible()); // it has no epoch yet
        driver.click("forkButton");
        auto* menu = driver.find<QMenu>("forkButton menu");
        QTRY_VERIFY(menu->isVisible());
        QCOMPARE(menu->actions().first()->text(), QStringLiteral("Last: epoch 1, batch 12"));
        menu->close();
    }

    void afterAKillAnyCheckpointIsOffered() {
        const RunFolder folder = ended("home-kept", 2, false);
        save(folder, "epoch-0002", 2, 0);
        FakeEngine engine;
        WindowDriver driver(path(QStringLiteral("home-kept")), engine.door());
        QTRY_COMPARE(driver.text("messageText"), QStringLiteral("“toysk” stopped in epoch 3 of 9."));
        QCOMPARE(driver.text("messageAction"), QStringLiteral("Resume"));
        QCOMPARE(driver.text("messageAction3"), QStringLiteral("Discard"));
    }

    /// Nothing is left to train, but it has yet to come to its end: on Train too it is resumed.
    void afterAKillBehindItsLastEpochThatIsSaid() {
        for (const int epochs : {9, 5}) { // planned, or stopped early
            const QByteArray home = "home-trained-" + QByteArray::number(epochs);
            const RunFolder folder = ended(home.constData(), epochs, false);
            save(folder, "last", epochs, 0, epochs == 5);
            FakeEngine engine;
            WindowDriver driver(path(QString::fromUtf8(home)), engine.door());
            QTRY_COMPARE(driver.text("messageText"),
                         QStringLiteral("“toysk” was interrupted after its last epoch, before it was complete."));
            QCOMPARE(driver.text("messageAction"), QStringLiteral("Resume"));
            driver.key(Qt::Key_4, Qt::ControlModifier);
            openStoredRun(*driver.session, folder);
            QTRY_VERIFY(driver.find<QWidget>("resumeRun")->isVisible());
        }
    }

    void halfAForkIsOnlyThrownAway() {
        const RunFolder folder = ended("home-half", 2, false);
        std::filesystem::create_directory(folder.path() / "checkpoints.new"); // as it is while it is made
        FakeEngine engine;
        WindowDriver driver(path(QStringLiteral("home-half")), engine.door());
        QTRY_COMPARE(driver.text("messageText"),
                     QStringLiteral("Making the fork “toysk” was interrupted. Fork the run again."));
        QCOMPARE(driver.text("messageAction"), QStringLiteral("Discard"));
    }

    void ofTwoTheOtherIsOfferedNext() {
        for (const int epochs : {2, 4})
            save(ended("home-two", epochs, false), "last", epochs, 0);
        FakeEngine engine;
        WindowDriver driver(path(QStringLiteral("home-two")), engine.door());
        const auto isOffered = [&](int epoch) {
            return driver.text("messageText") == QStringLiteral("“toysk” stopped in epoch %1 of 9.").arg(epoch);
        };
        QTRY_VERIFY(isOffered(3) || isOffered(5));
        const int other = isOffered(3) ? 5 : 3;
        QVERIFY(driver.text("messageAction2").startsWith(QStringLiteral("Keep")));
        driver.click("messageAction2");
        QTRY_VERIFY(isOffered(other));
        driver.click("messageAction2");
        QTRY_VERIFY(driver.text("messageText").contains(QStringLiteral("is kept as it is")));
        const auto kept = [&] {
            const auto runs = RunStore::open(path(QStringLiteral("home-two")).toStdString())->list();
            return runs->size() == 2 && runs->at(0).state == "stopped" && runs->at(1).state == "stopped";
        };
        QTRY_VERIFY(kept());
    }

    void afterAKillBeforeAnythingWasSavedItBeginsAgain() {
        const RunFolder folder = ended("home-nothing", 0, false);
        FakeEngine engine;
        std::optional<TrainRequest> asked;
        keepRequest(engine, asked);
        WindowDriver driver(path(QStringLiteral("home-nothing")), engine.door());
        QTRY_COMPARE(driver.text("messageText"),
                     QStringLiteral("“toysk” stopped in epoch 1 of 9 before anything was saved."));
        QCOMPARE(driver.text("messageAction"), QStringLiteral("Start again"));
        QCOMPARE(driver.text("messageAction2"), QStringLiteral("Discard"));
        picture(driver, QStringLiteral("nothing-saved"));
        const QSignalSpy ended(&driver.session->runs(), &RunDesk::ended);
        driver.click("messageAction");
        QTRY_COMPARE(ended.count(), 1);
        QVERIFY(asked->resume.empty());
        QCOMPARE(asked->experiment.training.optimizer.learningRate, 0.001);
        QCOMPARE(asked->experiment.training.epochs, 9);
        QCOMPARE(asked->experiment.data.path, path(QStringLiteral("toys")).toStdString());
        QCOMPARE(driver.window->currentPage(), QStringLiteral("train"));
        QTRY_COMPARE(QString::fromStdString(folder.summary().state), QStringLiteral("stopped")); // not asked again
    }

    void orIsThrownAway() {
        const RunFolder folder = ended("home-discard", 0, false);
        FakeEngine engine;
        WindowDriver driver(path(QStringLiteral("home-discard")), engine.door());
        QTRY_VERIFY(driver.window->findChild<QWidget*>(QStringLiteral("messageAction2")) != nullptr);
        QTRY_COMPARE(driver.text("messageAction2"), QStringLiteral("Discard"));
        prompts().confirm = [](auto&&...) { return true; };
        QTRY_VERIFY(driver.window->findChild<QWidget*>(QStringLiteral("messageAction2")) != nullptr);
        driver.click("messageAction2");
        QTRY_VERIFY(!std::filesystem::exists(folder.path()));
    }

    /// The images are gone: nothing begins, now or when others are opened.
    void withoutItsImagesItDoesNotBegin() {
        QVERIFY(drawFewToys(path(QStringLiteral("brief")), 4, 2, 24));
        const RunFolder folder = ended("home-gone", 0, false);
        Experiment moved = *folder.experiment();
        moved.data.path = path(QStringLiteral("nowhere")).toStdString();
        QVERIFY(folder.writeExperiment(moved));
        FakeEngine engine;
        std::optional<TrainRequest> asked;
        keepRequest(engine, asked);
        WindowDriver driver(path(QStringLiteral("home-gone")), engine.door());
        QTRY_VERIFY(driver.window->findChild<QWidget*>(QStringLiteral("messageAction")) != nullptr);
        QTRY_COMPARE(driver.text("messageAction"), QStringLiteral("Start again"));
        QSignalSpy failed(&driver.session->data(), &DataDesk::failed);
        driver.click("messageAction");
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(driver.text("messageText").contains(QStringLiteral("nowhere")));
        open(driver, QStringLiteral("brief"));
        QVERIFY(driver.session->runs().isIdle());
        QVERIFY(!asked.has_value());
    }
};

QTEST_MAIN(StoppedRunTest)
#include "tst_StoppedRun.moc"
