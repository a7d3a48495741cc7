// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QLabel>

#include "Test.h"
#include "WindowDriver.h"
#include "widgets/RatePlot.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 240000;
}

/// A rate is looked for and used, the run is checked, and its batches are looked at while it trains: with the real
/// engine.
class TrialsWindowJourney : public FolderTest {
    Q_OBJECT

    /// For a person to look at, where SIGHTLINE_PICTURES names a folder.
    static void picture(const WindowDriver& driver, const char* dialog) {
        const QString folder = qEnvironmentVariable("SIGHTLINE_PICTURES");
        if (folder.isEmpty())
            return;
        for (const auto scheme : {Scheme::Light, Scheme::Dark}) {
            theme::apply(*qApp, scheme);
            QVERIFY(driver.find<QWidget>(dialog)->grab().save(
                QStringLiteral("%1/%2-%3.png")
                    .arg(folder, QLatin1String(dialog),
                         scheme == Scheme::Dark ? QStringLiteral("dark") : QStringLiteral("light"))));
        }
        theme::apply(*qApp, Scheme::Light);
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 24, 4)); }

    void fromARateToABatch() {
        WindowDriver driver(path(QStringLiteral("home")));
        driver.window->resize(1280, 720);
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.drop(path(QStringLiteral("toys")));
        QVERIFY(opened.wait(kLong));
        Experiment small = driver.session->document().experiment();
        small.data.imageHeight = small.data.imageWidth = 48;
        small.augmentation.horizontalFlip = true;
        small.augmentation.rotationRange = 20;
        small.training.batchSize = 12;
        small.training.epochs = 500;
        driver.session->document().setExperiment(small);
        driver.key(Qt::Key_4, Qt::ControlModifier);

        driver.click("findRate");
        auto* plot = driver.find<RatePlot>("ratePlot");
        QTRY_VERIFY_WITH_TIMEOUT(plot->rate() > 0, kLong);
        picture(driver, "rateDialog");
        const QPoint to = plot->placeOf(0.002).toPoint() - QPoint(0, 60);
        QTest::mousePress(plot, Qt::LeftButton, {}, plot->placeOf(plot->rate()).toPoint() - QPoint(0, 60));
        QTest::mouseMove(plot, to);
        QTest::mouseRelease(plot, Qt::LeftButton, {}, to);
        const double chosen = plot->rate();
        QVERIFY(chosen > 0.0015 && chosen < 0.0026);
        driver.click("rateUse");
        QCOMPARE(driver.session->document().experiment().training.optimizer.learningRate, chosen);

        driver.click("checkRun");
        QTRY_VERIFY_WITH_TIMEOUT(driver.find<QAbstractItemView>("checkBatchTiles")->model()->rowCount() == 12, kLong);
        QVERIFY2(!driver.text("checkVerdict").isEmpty(), "no verdict");
        QVERIFY(driver.text("checkOverfit").startsWith(QLatin1String("loss ")));
        QVERIFY2(!driver.text("checkProblems").contains(QLatin1String("learning rate")),
                 qPrintable(driver.text("checkProblems")));
        picture(driver, "checkDialog");
        QVERIFY(QDir(path(QStringLiteral("home/runs"))).entryList(QDir::Dirs | QDir::NoDotAndDotDot).isEmpty());

        driver.click("checkTrain");
        QTRY_VERIFY(!driver.window->findChild<QWidget*>("checkDialog"));
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().state() == RunState::Running, kLong);
        driver.click("showBatch");
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("lookBatchWords").startsWith(QLatin1String("Batch ")), kLong);
        const QString first = driver.text("lookBatchWords");
        picture(driver, "lookDialog");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().progress().history.size() >= 1, kLong);
        driver.click("lookRefresh");
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("lookBatchWords") != first, kLong);
        driver.click("lookClose");
        driver.session->runs().stop();
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().isIdle(), kLong);
    }
};

QTEST_MAIN(TrialsWindowJourney)
#include "tst_TrialsWindow.moc"
