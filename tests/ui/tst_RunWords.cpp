// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>

#include "ObedientTrainer.h"
#include "PageTest.h"
#include "pages/train/RunFigures.h"

using namespace sightline;
using namespace sightline::ui;

/// What stands above the curves of a run in progress.
class RunWordsTest : public PageTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }

    void theTimeLeftHasItsSpreadWhereThatIsWide() {
        RunFigures figures;
        const auto* line = figures.findChild<QLabel*>(QStringLiteral("runFigures"));
        const auto left = [&](double estimate, double low, double high) {
            BatchFinished batch{2, 3, 8};
            batch.secondsLeft = estimate;
            batch.secondsLeftLow = low;
            batch.secondsLeftHigh = high;
            figures.setBatch(batch);
            return line->text().section(QStringLiteral(" · "), 4);
        };
        QCOMPARE(left(720, 600, 900), QStringLiteral("12 min 00 s left (10 min 00 s to 15 min 00 s)"));
        QCOMPARE(left(720, 700, 900), QStringLiteral("12 min 00 s left (11 min 40 s to 15 min 00 s)"));
        QCOMPARE(left(720, 700, 740), QStringLiteral("12 min 00 s left"));
        QCOMPARE(left(720, 0, 0), QStringLiteral("12 min 00 s left")); // not known yet
        QCOMPARE(left(0, 0, 0), QString());
    }

    void theLoaderThreadsAreShown() {
        RunFigures figures;
        BatchFinished batch{2, 3, 8};
        batch.waitShare = 0.12;
        batch.loaderThreads = 2;
        figures.setBatch(batch);
        QCOMPARE(figures.findChild<QLabel*>(QStringLiteral("waitingFigure"))->text(),
                 QStringLiteral("The network waits for images 12 % of the time; 2 loader threads read them."));
        batch.waitShare = 0;
        batch.loaderThreads = 1;
        figures.setBatch(batch);
        QVERIFY(figures.findChild<QLabel*>(QStringLiteral("runFigures"))
                    ->toolTip()
                    .endsWith(QStringLiteral("1 loader thread reads them.")));
    }

    void patienceFollowsAnEditAtOnce() {
        FakeEngine engine;
        engine.onTrain = [](const TrainRequest& request, const std::stop_token& stop, TrainControl& control,
                            const EventSink& sink) {
            return standAndObey(request, stop, control, [&](const TrainEvent& event) {
                sink(event);
                if (!std::holds_alternative<RunStarted>(event))
                    return;
                sink(BatchFinished{2, 7, 8});
                EpochFinished epoch;
                epoch.metrics.epoch = 1;
                epoch.patienceUsed = 3;
                epoch.patience = 10;
                sink(epoch);
            });
        };
        WindowDriver driver(path(QStringLiteral("home-patience")), engine.door());
        open(driver);
        Experiment experiment = driver.session->document().experiment();
        experiment.training.earlyStopping = EarlyStoppingSettings{};
        experiment.training.earlyStopping->patience = 10;
        driver.session->document().setExperiment(experiment);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.click("pageTrainButton");
        RunDesk& runs = driver.session->runs();
        const auto says = [&](const char* words) { return driver.text("runFigures").contains(QLatin1String(words)); };
        QTRY_VERIFY(says("patience 3 of 10"));
        runs.edit({{"training.early_stopping.patience", "4"}}, {});
        QTRY_VERIFY(says("patience 3 of 4")); // what was counted counts
        runs.edit({{"training.early_stopping", "null"}}, {});
        QTRY_VERIFY(!says("patience"));
        runs.stop();
        QTRY_VERIFY(runs.isIdle());
    }

    void notesNameSettingsAsTheFieldsDo() {
        FakeEngine engine;
        engine.onTrain = [](const TrainRequest& request, const std::stop_token&, TrainControl&, const EventSink& sink) {
            const auto folder = RunStore::open(request.home)->create(request.experiment);
            const std::vector<TrainEvent> events{
                startOf(*folder, request.experiment),
                RunNote{"Changed: training.optimizer.learning_rate from 0.001 to 0.0005; "
                        "training.schedule.name from \"constant\" to \"one-cycle\".",
                        {{"type", "edit"},
                         {"epoch", 2},
                         {"batch", 7},
                         {"changes",
                          {{"training.optimizer.learning_rate", {0.001, 0.0005}},
                           {"training.schedule.name", Json::array({"constant", "one-cycle"})}}}}}};
            for (const TrainEvent& event : events) {
                static_cast<void>(folder->appendEvent(toJson(event)));
                sink(event);
            }
            RunEnded ended;
            ended.folder = folder->path().string();
            return ended;
        };
        WindowDriver driver(path(QStringLiteral("home-notes")), engine.door());
        open(driver);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        QSignalSpy ended(&driver.session->runs(), &RunDesk::ended);
        driver.click("pageTrainButton");
        QTRY_COMPARE(ended.count(), 1);
        const QString words = QStringLiteral("Changed: Learning rate from 0.001 to 0.0005; Learning rate schedule from "
                                             "Constant to One cycle.");
        QCOMPARE(driver.text("runNotes"), words);
        const QString run = QString::fromStdString(driver.session->runs().run()->folder.string());
        driver.session->runs().close();
        driver.window->openPath(run); // as it is stored
        QTRY_COMPARE(driver.text("runNotes"), words);
    }
};

QTEST_MAIN(RunWordsTest)
#include "tst_RunWords.moc"
