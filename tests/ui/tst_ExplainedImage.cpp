// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QLabel>
#include <QSlider>

#include "QuestionTest.h"

using namespace sightline;
using namespace sightline::ui;

/// What is asked about an image, and what the window says of the answer.
class ExplainedImageTest : public QuestionTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }

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
};

QTEST_MAIN(ExplainedImageTest)
#include "tst_ExplainedImage.moc"
