// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDialog>
#include <QLabel>
#include <QProgressBar>

#include <algorithm>
#include <atomic>
#include <cmath>

#include <limits>

#include "FakeEngine.h"
#include "PageTest.h"
#include "widgets/RatePlot.h"

using namespace sightline;
using namespace sightline::ui;

/// What is tried before a run, and looked at during one, with an engine that answers as the test says.
class TrialsTest : public PageTest {
    Q_OBJECT

    /// Falls from 1.6 around 1e-3, and explodes above 1e-1.
    static RateCurve curve() {
        RateCurve curve;
        for (int i = 0; i < 100; ++i) {
            const double exponent = -7 + 8.0 * i / 99;
            curve.rates.push_back(std::pow(10.0, exponent));
            curve.losses.push_back(exponent < -4     ? 1.6
                                   : exponent < -1.5 ? 1.6 - 0.4 * (exponent + 4)
                                                     : 0.6 + 3 * (exponent + 1.5) * (exponent + 1.5));
        }
        curve.suggestion = {0.0011, 0.0031, 0.0029};
        return curve;
    }

    static GivenBatch batch(int number) {
        GivenBatch batch{2, number, 4, 4, {}};
        for (int i = 0; i < 5; ++i) {
            GivenImage image;
            image.path = "train/car/car_000" + std::to_string(i) + ".png";
            image.target = {0, 1, 0, 0, 0};
            image.loss = 0.1 * i;
            image.predicted = i == 4 ? 0 : 1;
            image.probability = 0.5;
            image.pixels.assign(4 * 4 * 3, static_cast<std::uint8_t>(40 * i));
            batch.images.push_back(image);
        }
        return batch;
    }

    static TrainCheck check() {
        TrainCheck check;
        check.overfits = {37, 0.09};
        check.batch = batch(1);
        check.loaderImagesPerSecond = 1230;
        check.networkImagesPerSecond = 455;
        check.peakBytes = 1'200'000'000;
        check.freeBytes = 8'100'000'000;
        check.secondsTotal = 754;
        check.diskBytes = 36'000'000;
        return check;
    }

    static QString caption(const WindowDriver& driver, int row) {
        const auto* tiles = driver.find<QAbstractItemView>("checkBatchTiles");
        return tiles->model()->index(row, 0).data(Qt::AccessibleTextRole).toString();
    }

    void openTrainPage(WindowDriver& driver) const {
        open(driver);
        driver.key(Qt::Key_4, Qt::ControlModifier);
    }

    static double rateOf(const WindowDriver& driver) {
        return driver.session->document().experiment().training.optimizer.learningRate;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path("toys"), 2, 1, 16)); }

    void withoutImagesTheButtonsSayWhy() {
        FakeEngine engine;
        WindowDriver driver(path("none"), engine.door());
        driver.key(Qt::Key_4, Qt::ControlModifier);
        for (const char* name : {"findRate", "checkRun"}) {
            QVERIFY(!driver.find<QPushButton>(name)->isEnabled());
            QVERIFY(driver.find<QPushButton>(name)->toolTip().contains(QLatin1String("Open a folder")));
        }
    }

    void aRateIsFoundDraggedAndUsed() {
        FakeEngine engine;
        Gate gate;
        engine.onFindRate = [&](const RateFindRequest& request, const std::stop_token& stop,
                                const FakeEngine::TrialProgress& progress) -> Result<RateCurve> {
            if (!request.dataset || request.lowest != 1e-7)
                return Error{"asked wrongly"};
            progress(0.5);
            return gate.pass(stop) ? Result<RateCurve>(curve()) : cancelled();
        };
        WindowDriver driver(path("rate"), engine.door());
        openTrainPage(driver);
        driver.click("findRate");
        auto* bar = driver.find<QProgressBar>("rateProgress");
        QTRY_VERIFY(bar->value() > 0 && 2 * bar->value() == bar->maximum());
        QVERIFY(!driver.find<QPushButton>("rateUse")->isEnabled());
        gate.open();
        auto* plot = driver.find<RatePlot>("ratePlot");
        QTRY_COMPARE(plot->rate(), 0.0031); // the valley
        QVERIFY(!driver.find<QWidget>("rateProgress")->isVisible());
        driver.click("rateSteep");
        QCOMPARE(plot->rate(), 0.0011);
        const QPoint from = plot->placeOf(0.0011).toPoint() - QPoint(0, 40),
                     to = plot->placeOf(0.01).toPoint() - QPoint(0, 40);
        QTest::mousePress(plot, Qt::LeftButton, {}, from);
        QTest::mouseMove(plot, to);
        QTest::mouseRelease(plot, Qt::LeftButton, {}, to);
        QVERIFY(std::abs(plot->rate() - 0.01) < 0.0006);
        plot->setFocus();
        const double before = plot->rate();
        QTest::keyClick(plot, Qt::Key_Right);
        QVERIFY(plot->rate() > before && plot->rate() < 1.3 * before);
        const double chosen = plot->rate();
        QCOMPARE(driver.text("rateUse"), QStringLiteral("Use %1").arg(QString::number(chosen, 'g', 2)));
        driver.click("rateUse");
        QCOMPARE(rateOf(driver), chosen);
        driver.session->document().undo();
        QCOMPARE(rateOf(driver), 0.001);
    }

    void aTrialIsCancelledAndGoesAwayWithItsDialog() {
        FakeEngine engine;
        Gate gate;
        std::atomic<int> stopped{0};
        engine.onFindRate = [&](const RateFindRequest&, const std::stop_token& stop, auto&&) -> Result<RateCurve> {
            if (!gate.pass(stop))
                ++stopped;
            return cancelled();
        };
        WindowDriver driver(path("cancel"), engine.door());
        openTrainPage(driver);
        driver.click("findRate");
        QTRY_VERIFY(gate.isWaitedAt());
        driver.click("rateAgain");
        QTRY_COMPARE(stopped.load(), 1);
        QCOMPARE(driver.text("rateAgain"), QStringLiteral("Try again"));
        QCOMPARE(driver.find<QWidget>("rateAgain")->accessibleName(), QStringLiteral("Try again"));
        driver.click("rateAgain");
        QTRY_COMPARE(driver.session->activities().works().size(), std::size_t(1));
        const auto cancel = driver.session->activities().works().front().cancel;
        cancel(); // as the bottom bar does
        QCOMPARE(driver.find<QWidget>("ratePlot")->accessibleDescription(), QStringLiteral("Canceled."));
        driver.click("rateAgain");
        QTRY_COMPARE(driver.session->activities().works().size(), std::size_t(1));
        driver.click("rateClose");
        QVERIFY(driver.session->activities().works().empty());
        QTRY_VERIFY(!driver.window->findChild<QWidget*>("rateDialog"));
    }

    void aTrialGivesWayToARun() {
        FakeEngine engine;
        Gate gate;
        std::atomic<int> stopped{0};
        engine.onCheck = [&](const TrainCheckRequest&, const std::stop_token& stop, auto&&) -> Result<TrainCheck> {
            if (!gate.pass(stop))
                ++stopped;
            return cancelled();
        };
        engine.onTrain = [](auto&&...) { return RunEnded{}; };
        WindowDriver driver(path("way"), engine.door());
        openTrainPage(driver);
        driver.click("checkRun");
        QTRY_VERIFY(gate.isWaitedAt());
        driver.session->runs().start();
        QCOMPARE(driver.text("checkVerdict"), QStringLiteral("Canceled."));
        QTRY_COMPARE(stopped.load(), 1);
        QTRY_VERIFY(driver.session->runs().isIdle());
    }

    void whatTheCurveDoesNotTellIsSaid() {
        FakeEngine engine;
        engine.onFindRate = [](auto&&...) -> Result<RateCurve> {
            RateCurve flat = curve();
            flat.losses.assign(100, 1.6);
            flat.suggestion = {};
            return flat;
        };
        WindowDriver driver(path("flat"), engine.door());
        openTrainPage(driver);
        driver.click("findRate");
        QTRY_VERIFY(driver.text("rateWords").contains(QLatin1String("hardly falls")));
        QVERIFY(!driver.find<QPushButton>("rateValley")->isEnabled());
        QVERIFY(!driver.find<QPushButton>("rateUse")->isEnabled()); // the line stands at the rate that is set
        QTest::keyClick(driver.find<QWidget>("ratePlot"), Qt::Key_Left);
        QVERIFY(driver.find<QPushButton>("rateUse")->isEnabled()); // a person may still choose
        engine.onFindRate = [](auto&&...) { return Error{"There was not enough memory."}; };
        driver.click("rateAgain");
        QTRY_COMPARE(driver.text("rateWords"), QStringLiteral("There was not enough memory."));
        QVERIFY(!driver.find<QPushButton>("rateUse")->isEnabled());
        engine.onFindRate = [](auto&&...) { return RateCurve{}; };
        driver.click("rateAgain");
        QTRY_VERIFY(driver.find<QPushButton>("rateAgain")->text() == QLatin1String("Try again"));
        QVERIFY(driver.find<QWidget>("ratePlot")->accessibleDescription().contains(QLatin1String("not a number")));
    }

    void aCurveOfOtherSettingsSaysSo() {
        FakeEngine engine;
        engine.onFindRate = [](auto&&...) { return curve(); };
        WindowDriver driver(path("outdated"), engine.door());
        openTrainPage(driver);
        driver.click("findRate");
        QTRY_VERIFY(driver.text("rateWords").contains(QLatin1String("Drag the line")));
        Experiment other = driver.session->document().experiment();
        other.training.batchSize = 4;
        driver.session->document().setExperiment(other);
        QVERIFY(driver.text("rateWords").contains(QLatin1String("have changed")));
    }

    /// What a check says to fix is often the rate; that it was tried with another one is to be seen.
    void aCheckOfAnotherRateSaysSo() {
        FakeEngine engine;
        engine.onCheck = [](auto&&...) -> Result<TrainCheck> { return check(); };
        engine.onFindRate = [](auto&&...) { return curve(); };
        WindowDriver driver(path("rate"), engine.door());
        openTrainPage(driver);
        driver.click("checkRun");
        QTRY_VERIFY(driver.text("checkVerdict").startsWith(QLatin1String("Go")));
        driver.click("findRate");
        QTRY_VERIFY(driver.text("rateWords").contains(QLatin1String("Drag the line")));
        Experiment other = driver.session->document().experiment();
        other.training.optimizer.learningRate /= 2;
        driver.session->document().setExperiment(other);
        QVERIFY(driver.text("checkVerdict").contains(QLatin1String("have changed")));
        QVERIFY(!driver.text("rateWords").contains(QLatin1String("have changed"))); // they do not depend on it
    }

    void whatWasNotTriedHasNoFigures() {
        FakeEngine engine;
        engine.onCheck = [](auto&&...) -> Result<TrainCheck> {
            TrainCheck none;
            none.overfits.loss = std::numeric_limits<double>::quiet_NaN();
            none.problems = {"It does not fit."};
            return none;
        };
        WindowDriver driver(path("none"), engine.door());
        openTrainPage(driver);
        driver.click("checkRun");
        QTRY_VERIFY(driver.text("checkVerdict").startsWith(QLatin1String("One thing")));
        for (const char* figure : {"checkOverfit", "checkSpeed", "checkTime"})
            QCOMPARE(driver.text(figure), QStringLiteral("–"));
        QVERIFY(!driver.find<QWidget>("checkBatchWords")->isVisible());
    }

    /// Tried, and what came of it: no number at all, or a loss that falls to less than a quarter.
    void theMeaningOfALossIsSaid() {
        FakeEngine engine;
        TrainCheck told = check();
        engine.onCheck = [&](auto&&...) -> Result<TrainCheck> { return told; };
        WindowDriver driver(path("meaning"), engine.door());
        openTrainPage(driver);
        const auto says = [&](const char* words) {
            const auto labels = driver.find<QDialog>("checkDialog")->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(),
                               [&](const QLabel* label) { return label->text() == QLatin1String(words); });
        };
        told.overfits = {0, std::numeric_limits<double>::quiet_NaN()};
        driver.click("checkRun");
        QTRY_VERIFY(says("The loss is not a number."));
        QCOMPARE(driver.text("checkOverfit"), QStringLiteral("–"));
        told.overfits = {1, 0.3};
        for (GivenImage& image : told.batch.images)
            image.loss = 1.6;
        driver.click("checkAgain");
        QTRY_VERIFY(says("Its loss falls."));
        QCOMPARE(driver.text("checkOverfit"), QStringLiteral("loss 0.30 after 1 step"));
        told.overfits.loss = 1.5;
        driver.click("checkAgain");
        QTRY_VERIFY(says("A network that learns gets below 0.1."));
    }

    void aCheckSaysGo() {
        FakeEngine engine;
        engine.onCheck = [&](const TrainCheckRequest& request, auto&&...) -> Result<TrainCheck> {
            return request.home == path("go").toStdString() ? Result<TrainCheck>(check()) : Error{"another home"};
        };
        WindowDriver driver(path("go"), engine.door());
        openTrainPage(driver);
        driver.click("checkRun");
        QTRY_VERIFY(driver.text("checkVerdict").startsWith(QLatin1String("Go")));
        QCOMPARE(driver.text("checkSpeed"), QStringLiteral("loads 1,230, trains 455 images/s"));
        QCOMPARE(driver.text("checkTime"), QStringLiteral("about 12 min 34 s"));
        QVERIFY(driver.text("checkOverfit").startsWith(QLatin1String("loss 0.09")));
        QCOMPARE(driver.find<QAbstractItemView>("checkBatchTiles")->model()->rowCount(), 5);
        QVERIFY(caption(driver, 0).contains(QStringLiteral("car · loss 0.4")));
        QVERIFY(caption(driver, 0).contains(QLatin1String("car_0004.png")));
        QVERIFY(driver.find<QPushButton>("checkTrain")->isEnabled());
    }

    void aCheckSaysWhatToFix() {
        FakeEngine engine;
        engine.onCheck = [](auto&&...) -> Result<TrainCheck> {
            TrainCheck bad = check();
            bad.problems = {"Raise the rate.", "Make room."};
            return bad;
        };
        WindowDriver driver(path("fix"), engine.door());
        openTrainPage(driver);
        driver.click("checkRun");
        QTRY_COMPARE(driver.text("checkVerdict"), QStringLiteral("2 things to fix first"));
        QVERIFY(driver.text("checkProblems").contains(QLatin1String("Make room.")));
        engine.onCheck = [](auto&&...) { return badInput("None of the training images can be read."); };
        driver.click("checkAgain");
        QTRY_COMPARE(driver.text("checkVerdict"), QStringLiteral("None of the training images can be read."));
        QVERIFY(!driver.find<QWidget>("checkProblems")->isVisible());
        driver.click("checkClose");
        QTRY_VERIFY(!driver.window->findChild<QWidget*>("checkDialog"));
    }

    void aBatchIsShownDuringARun() {
        FakeEngine engine;
        Gate gate;
        std::atomic<int> number{7};
        engine.onTrain = [&](const TrainRequest& request, std::stop_token stop, TrainControl& control,
                             const EventSink& sink) {
            RunStarted started;
            started.run = "r1";
            started.folder = (request.home / "runs/r1").string();
            started.classes = {"boat", "car", "duck", "robot", "train"};
            sink(started);
            control.pause();
            while (control.waitWhilePaused(stop))
                for (const TrainCommand& command : control.take()) {
                    if (number > 0)
                        command.showed(batch(number++));
                    command.answered(number > 0 ? Result<void>() : Error{"There is no batch to look at yet."});
                }
            control.runEnded();
            return RunEnded{RunEnded::Outcome::Stopped, "Stopped.", ErrorKind::Failed, 0, 0, "r1", started.folder};
        };
        WindowDriver driver(path("look"), engine.door());
        openTrainPage(driver);
        QVERIFY(!driver.find<QWidget>("showBatch")->isVisible());
        driver.session->runs().start();
        QTRY_VERIFY(driver.find<QWidget>("showBatch")->isVisible() && driver.find<QWidget>("showBatch")->isEnabled());
        QVERIFY(!driver.find<QWidget>("findRate")->isVisible());
        driver.click("showBatch");
        QTRY_VERIFY(driver.text("lookBatchWords").startsWith(QStringLiteral("Batch 7 of epoch 2 · 4 × 4 pixels")));
        QVERIFY(driver.text("lookBatchWords").endsWith(QStringLiteral("· 4 of 5 right")));
        driver.click("lookRefresh");
        QTRY_VERIFY(driver.text("lookBatchWords").startsWith(QLatin1String("Batch 8")));
        number = -1;
        driver.click("lookRefresh");
        QTRY_VERIFY(driver.text("lookWords").contains(QLatin1String("no batch to look at")));
        driver.session->runs().stop();
        QTRY_VERIFY(driver.session->runs().isIdle());
        QVERIFY(!driver.find<QPushButton>("lookRefresh")->isEnabled());
        QCOMPARE(driver.find<QPushButton>("lookRefresh")->toolTip(), QStringLiteral("The run has ended."));
    }
};

QTEST_MAIN(TrialsTest)
#include "tst_Trials.moc"
