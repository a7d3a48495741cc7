// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QTableView>

#include "Test.h"
#include "WindowDriver.h"
#include "bridge/Continuing.h"
#include "engine/Engine.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 120000;
}

/// A finished network is trained further on other images, some of classes that it does not know.
class ContinueWindowJourney : public FolderTest {
    Q_OBJECT

    RunEnded train(const QString& home) const {
        TrainRequest request;
        request.home = home.toStdString();
        request.experiment.name = "three classes";
        request.experiment.data.path = path(QStringLiteral("few")).toStdString();
        request.experiment.data.imageHeight = request.experiment.data.imageWidth = 48;
        request.experiment.training.epochs = 1;
        request.experiment.training.batchSize = 8;
        TrainControl control;
        return (*loadEngine())->train(request, {}, control, [](const TrainEvent&) {});
    }
    static void showRuns(WindowDriver& driver) {
        driver.key(Qt::Key_7, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(driver.find<QTableView>("runTable")->model()->rowCount() > 0, kLong);
        driver.clickRow("runTable", 0);
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(drawFewToys(path(QStringLiteral("toys")), 8, 2));
        QVERIFY(drawFewToys(path(QStringLiteral("few")), 8, 2));
        for (const char* name : {"train/boat", "train/car", "val/boat", "val/car", "test/boat", "test/car"})
            QVERIFY(QDir(path(QStringLiteral("few/")) + QLatin1String(name)).removeRecursively());
    }

    void theOpenImagesWithMoreClasses() {
        const QString home = path(QStringLiteral("home"));
        const RunEnded ended = train(home);
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        WindowDriver driver(home);
        driver.window->resize(1280, 720);
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.drop(path(QStringLiteral("toys")));
        QVERIFY(opened.wait(kLong));
        const Experiment before = driver.session->document().experiment();
        showRuns(driver);
        QCOMPARE(driver.text("continueRunButton"), QStringLiteral("Continue with these images"));
        driver.click("continueRunButton");
        QTRY_COMPARE_WITH_TIMEOUT(driver.window->currentPage(), QStringLiteral("network"), kLong);
        auto* field = driver.find<QWidget>("model.weights.source"); // in sight, whatever has been unfolded
        QTRY_COMPARE(field->visibleRegion().boundingRect().height(), field->height());
        const Experiment& now = driver.session->document().experiment();
        QCOMPARE(now.model.weights, ended.run);
        QCOMPARE(now.data.path, before.data.path);
        QCOMPARE(now.data.imageHeight, 48);
        QCOMPARE(now.training.batchSize, 8);
        QVERIFY2(driver.text("weightFacts")
                     .contains(QStringLiteral("keeps 3 of 5 classes, and starts from random "
                                              "values for boat, car")),
                 qPrintable(driver.text("weightFacts")));
        QCOMPARE(driver.text("messageText"), QStringLiteral("These are the settings and the best weights of “three "
                                                            "classes”, for the open images. New to it: boat, car."));
        driver.key(Qt::Key_Z, Qt::ControlModifier); // one step
        QVERIFY(driver.session->document().experiment() == before);
        driver.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);

        QStringList notes;
        connect(&driver.session->runs(), &RunDesk::noted, this, [&](const QString& note) { notes << note; });
        QSignalSpy finished(&driver.session->runs(), &RunDesk::ended);
        driver.click("primaryButton");
        QVERIFY(finished.wait(kLong));
        const auto& end = driver.session->runs().progress().ended;
        QVERIFY2(end && end->outcome == RunEnded::Outcome::Completed, end ? end->reason.c_str() : "no end");
        QVERIFY2(notes.contains(QStringLiteral("The classifier keeps the rows of 3 classes: duck, robot, train; new, "
                                               "from random values: boat, car.")),
                 qPrintable(notes.join(QLatin1Char('\n'))));
        QCOMPARE(driver.session->runs().run()->classes.size(), std::size_t{5});
    }

    void imagesThatWereTrainedOnBeforeAreWarnedOf() {
        QVERIFY(drawFewToys(path(QStringLiteral("whole")), 8, 2));
        QVERIFY(QDir(path(QStringLiteral("whole/val"))).removeRecursively());
        Experiment run;
        run.name = "first";
        run.data.path = path(QStringLiteral("whole")).toStdString();
        const auto opened = openDataset(run.data, 1);
        QVERIFY(opened.ok());
        QVERIFY(continuedWords(run, opened->classes, *opened).endsWith(QStringLiteral("may look too good.")));
        run.data.path = path(QStringLiteral("few")).toStdString();
        QVERIFY(continuedWords(run, opened->classes, *opened).endsWith(QStringLiteral("for the open images.")));
    }

    void aFolderIsAskedForWhereNoImagesAreOpen() {
        const QString home = path(QStringLiteral("home-closed"));
        const RunEnded ended = train(home);
        WindowDriver driver(home);
        showRuns(driver);
        QCOMPARE(driver.text("continueRunButton"), QStringLiteral("Continue with other images…"));
        prompts().openFolder = [](auto&&...) { return QString(); };
        driver.click("continueRunButton"); // thought better of
        QVERIFY(!driver.session->data().isOpening());
        prompts().openFolder = [&](auto&&...) { return path(QStringLiteral("toys")); };
        driver.click("continueRunButton");
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->document().experiment().model.weights, ended.run, kLong);
        QCOMPARE(driver.session->document().experiment().data.path, path(QStringLiteral("toys")).toStdString());
        QCOMPARE(driver.window->currentPage(), QStringLiteral("network"));
        QVERIFY(driver.text("messageText").contains(QStringLiteral("“three classes”")));
    }
};

QTEST_MAIN(ContinueWindowJourney)
#include "tst_ContinueWindow.moc"
