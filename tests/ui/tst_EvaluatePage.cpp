// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QScrollBar>
#include <QTabBar>
#include <QTableView>

#include "FakeEngine.h"
#include "MadeUpEvaluation.h"
#include "PageTest.h"
#include "StoredRun.h"
#include "models/Tiles.h"
#include "pages/evaluate/CalibrationTab.h"
#include "store/FoldGroup.h"
#include "support/Files.h"
#include "support/Random.h"
#include "widgets/ConfusionView.h"
#include "widgets/ReliabilityView.h"
#include "widgets/ScatterMap.h"

using namespace sightline;
using namespace sightline::ui;

/// The page Evaluate in the real window, without torch: an evaluation made up of the toys' test images.
class EvaluatePageTest : public PageTest {
    Q_OBJECT

    /// Of the test images every fifth is taken for the class after its own.
    static Evaluation evaluationOf(const Dataset& dataset, const std::string& split) {
        const auto judge = [count = dataset.classes.size()](Prediction& prediction, std::size_t n) {
            const auto truth = static_cast<std::size_t>(prediction.truth);
            prediction.predicted = static_cast<int>(n % 5 == 1 ? (truth + 1) % count : truth);
            const float most = 0.55f + 0.44f * static_cast<float>((n * 7) % 10) / 10.0f;
            prediction.probabilities.assign(count, (1 - most) / static_cast<float>(count - 1));
            prediction.probabilities[static_cast<std::size_t>(prediction.predicted)] = most;
            prediction.confidence = most;
            prediction.loss = -std::log(prediction.probabilities[truth]);
        };
        Evaluation evaluation = madeUpEvaluation(dataset, Subset::Test, dataset.classes, judge);
        evaluation.split = split;
        return evaluation;
    }

    /// The window at the smallest size with the toys' run open and evaluated, on the page Evaluate.
    struct Evaluated {
        FakeEngine engine;
        std::unique_ptr<WindowDriver> driver;
        std::function<Evaluation(const Dataset&, const std::string&)> make = evaluationOf;
    };
    void evaluate(Evaluated& on, const QString& home) const {
        on.engine.onEvaluate = [&on](const EvaluationQuestion& question, const std::stop_token&, const Progress&) {
            return Result<Evaluation>(on.make(*on.driver->session->data().dataset(), question.split));
        };
        on.engine.onExplain = [](const HeatMapQuestion& question, const std::stop_token&) {
            return Result<HeatMap>(explanationOf(question, {"boat", "car", "duck", "robot", "train"}, 1));
        };
        const auto run = storedRun(path(home), path(QStringLiteral("toys")), m_classes);
        on.driver = std::make_unique<WindowDriver>(path(home), on.engine.door());
        on.driver->window->resize(1280, 720);
        openStoredRun(*on.driver->session, run);
        on.driver->key(Qt::Key_5, Qt::ControlModifier);
        on.driver->click("evaluateButton");
        QTRY_VERIFY(on.driver->session->questions().evaluation() != nullptr);
    }
    static void openTab(const WindowDriver& driver, const QString& title) {
        auto* bar = driver.find<QTabBar>("evaluateTabs");
        for (int i = 0; i < bar->count(); ++i)
            if (bar->tabText(i) == title)
                QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(i).center());
        QCOMPARE(bar->tabText(bar->currentIndex()), title);
    }
    static int shown(const WindowDriver& driver) { return driver.find<QListView>("gallery")->model()->rowCount(); }
    /// Other classes than the toys': so many, with long names; every seventh image is predicted as another one.
    static Evaluation longNames(const Dataset& dataset, const std::string& split, std::uint32_t count) {
        Evaluation evaluation;
        evaluation.split = split;
        for (std::uint32_t i = 0; i < count; ++i)
            evaluation.classes.push_back("Lepidoptera, Nymphalidae, a species of number " + std::to_string(i));
        for (std::uint32_t i = 0; i < 4000; ++i) {
            Prediction prediction;
            prediction.sample = i % static_cast<std::uint32_t>(dataset.samples.size());
            prediction.path = dataset.samples[prediction.sample].path;
            prediction.truth = static_cast<int>(i % count);
            prediction.predicted = static_cast<int>(i % 7 == 0 ? (i * 3 + 1) % count : i % count);
            prediction.confidence = 0.51 + 0.48 * ((i * 13) % 100) / 100.0;
            prediction.probabilities.assign(count, (1 - static_cast<float>(prediction.confidence)) /
                                                       static_cast<float>(count - 1));
            prediction.probabilities[static_cast<std::size_t>(prediction.predicted)] =
                static_cast<float>(prediction.confidence);
            prediction.loss = -std::log(prediction.probabilities[static_cast<std::size_t>(prediction.truth)]);
            evaluation.predictions.push_back(prediction);
        }
        summarize(evaluation);
        return evaluation;
    }

    /// Every kind but noise costs accuracy: more the stronger it is, and more of the ducks.
    static Robustness fallingCurves(const std::string& split, const std::vector<std::string>& classes) {
        Robustness robustness;
        robustness.split = split;
        robustness.classes = classes;
        robustness.images = 30;
        for (const Corruption kind : corruptions()) {
            const auto strength = [&](int step) { return kind == Corruption::Rotation ? 20.0 * step : 10.0 * step; };
            Robustness::Curve curve{kind, {}};
            for (int step = 0; step < 5; ++step) {
                const double loss = kind == Corruption::Noise ? 0 : 0.1 * step;
                Robustness::Point point{strength(step), 0.8 - loss, {}};
                point.perClass.assign(classes.size(), 0.8 - loss);
                point.perClass[2] = 0.9 - 2 * loss;
                curve.points.push_back(std::move(point));
            }
            robustness.curves.push_back(std::move(curve));
        }
        return robustness;
    }

    const std::vector<std::string> m_classes{"boat", "car", "duck", "robot", "train"};

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 2, 6, 48)); }

    void everyTabFiltersTheOneGallery() {
        Evaluated on;
        evaluate(on, QStringLiteral("home-tabs"));
        const WindowDriver& driver = *on.driver;
        QCOMPARE(shown(driver), 30);
        QVERIFY(!driver.find<QWidget>("clearFilter")->isVisible());
        auto* matrix = driver.find<ConfusionView>("confusionMatrix");
        QTest::mouseClick(matrix, Qt::LeftButton, {}, matrix->cellRect(0, 1).center());
        const auto wrong = driver.session->questions().evaluation()->confusion.at(0, 1);
        QVERIFY(wrong > 0);
        QCOMPARE(shown(driver), static_cast<int>(wrong));
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("boat predicted as car"));
        QCOMPARE(driver.text("galleryCount"), QStringLiteral("%1 images").arg(wrong).replace("1 images", "1 image"));
        openTab(driver, QStringLiteral("Classes"));
        QCOMPARE(shown(driver), static_cast<int>(wrong)); // looking elsewhere changes nothing
        driver.clickRow("classReport", 2);
        QCOMPARE(shown(driver), 6);
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("true class duck"));
        QTest::keyClick(driver.find<QTableView>("classReport"), Qt::Key_Down);
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("true class robot"));
        openTab(driver, QStringLiteral("Confused pairs"));
        driver.clickRow("confusedPairs", 0);
        QVERIFY(driver.text("galleryFilter").contains(QStringLiteral("predicted as")));
        QVERIFY(!driver.find<QTableView>("classReport")->selectionModel()->hasSelection()); // one choice at a time
        driver.click("showRight");
        QCOMPARE(shown(driver), 0); // of a pair that is confused none is right
        driver.click("showAll");
        driver.click("clearFilter");
        QCOMPARE(shown(driver), 30);
        QVERIFY(!driver.find<QTableView>("confusedPairs")->selectionModel()->hasSelection());
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("All classes"));
    }

    void theMatrixIsReadByKeysAndByScreenReaders() {
        Evaluated on;
        evaluate(on, QStringLiteral("home-matrix"));
        const WindowDriver& driver = *on.driver;
        auto* matrix = driver.find<ConfusionView>("confusionMatrix");
        QVERIFY2(matrix->accessibleDescription().startsWith(QStringLiteral("5 classes; 24 of 30 images")),
                 qPrintable(matrix->accessibleDescription()));
        matrix->setFocus();
        QTest::keyClick(matrix, Qt::Key_Right);
        QVERIFY2(matrix->accessibleDescription().startsWith(QStringLiteral("boat predicted as car: ")),
                 qPrintable(matrix->accessibleDescription()));
        QTest::keyClick(matrix, Qt::Key_Return);
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("boat predicted as car"));
        QTest::keyClick(matrix, Qt::Key_Escape);
        QCOMPARE(shown(driver), 30);
        const QImage counts = matrix->grab().toImage();
        driver.toggle("confusionDiagonal");
        const QImage errors = matrix->grab().toImage();
        const auto middle = [&](int truth, int predicted) {
            return matrix->cellRect(truth, predicted).topLeft() + QPoint(5, 5);
        };
        QVERIFY(counts.pixel(middle(2, 2)) != errors.pixel(middle(2, 2)));
        QCOMPARE(errors.pixel(middle(2, 2)), errors.pixel(middle(2, 0))); // as a cell without images
        QVERIFY(counts.pixel(middle(0, 1)) != errors.pixel(middle(0, 1)));
        driver.find<QComboBox>("confusionMode")->setCurrentIndex(2);
        QVERIFY(matrix->grab().toImage() != errors);
    }

    void theFiguresCarryTheirIntervals() {
        Evaluated on;
        evaluate(on, QStringLiteral("home-figures"));
        const WindowDriver& driver = *on.driver;
        QCOMPARE(driver.text("evaluationScore"), QStringLiteral("80.0 %"));
        QCOMPARE(driver.text("evaluationInterval"), QStringLiteral("(62.7 to 90.5 %)")); // Wilson's, 24 of 30
        const QString figures = driver.text("evaluationFigures");
        QVERIFY2(figures.startsWith(QStringLiteral("balanced accuracy 80.0 % · macro F1 0.7")), qPrintable(figures));
        QVERIFY2(figures.contains(QStringLiteral("Cohen's kappa 0.750")), qPrintable(figures)); // (0.8 - 0.2) / 0.8
    }

    void calibrationIsSaidInWordsAndItsRangesFilter() {
        Evaluated on;
        evaluate(on, QStringLiteral("home-calibration"));
        const WindowDriver& driver = *on.driver;
        openTab(driver, QStringLiteral("Calibration"));
        const auto& calibration = driver.session->questions().evaluation()->calibration;
        QVERIFY2(driver.text("calibrationSentence").startsWith(QStringLiteral("When it says ")),
                 qPrintable(driver.text("calibrationSentence")));
        QVERIFY(driver.text("calibrationError").contains(QStringLiteral("points apart")));
        auto* diagram = driver.find<ReliabilityView>("reliabilityDiagram");
        int sum = 0;
        for (int bin = 0; bin < static_cast<int>(calibration.bins.size()); ++bin) {
            QTest::mouseClick(diagram, Qt::LeftButton, {}, diagram->binRect(bin).center());
            QCOMPARE(shown(driver), static_cast<int>(calibration.bins[static_cast<std::size_t>(bin)].images));
            sum += shown(driver);
        }
        QCOMPARE(sum, 30);
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("confidence 93.3 % to 100.0 %"));
        QTest::keyClick(diagram, Qt::Key_Left);
        QVERIFY2(diagram->accessibleDescription().startsWith(QStringLiteral("Confidence 86.7 % to 93.3 %")),
                 qPrintable(diagram->accessibleDescription()));
        QTest::keyClick(diagram, Qt::Key_Return);
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("confidence 86.7 % to 93.3 %"));
        QTest::keyClick(diagram, Qt::Key_Return); // again: clears
        QCOMPARE(shown(driver), 30);
    }

    void theTemperatureIsSaidAsAPersonWould() {
        Calibration calibration;
        calibration.bins = {{0.5, 0.6, 4, 0.55, 0.5}, {0.8, 1, 9, 0.9, 0.82}};
        calibration.ece = 0.0712;
        QCOMPARE(calibrationSentence(calibration), QStringLiteral("When it says 90 %, it is right 82 % of the time."));
        QVERIFY(!calibrationError(calibration).contains(QStringLiteral("temperature"))); // none could be fitted
        calibration.temperature = 1.42;
        calibration.eceAfter = 0.021;
        QVERIFY(calibrationError(calibration).contains(QStringLiteral("7.1 points apart")));
        QVERIFY(calibrationError(calibration)
                    .endsWith(QStringLiteral("too sure of itself: a temperature of 1.42 would leave 2.1 points.")));
        calibration.temperature = 0.8;
        QVERIFY(calibrationError(calibration).contains(QStringLiteral("not sure enough")));
        QVERIFY(calibrationSentence({}).isEmpty() && calibrationError({}).isEmpty());
    }

    void robustnessIsMeasuredCancelledAndTrainedAgainst() {
        Evaluated on;
        Gate gate;
        on.engine.onAsk = [&](const Question& question, const std::stop_token& stop, const Progress& progress) {
            const auto& asked = std::get<RobustnessQuestion>(question);
            progress(1, 4);
            if (!gate.pass(stop))
                return Result<Answer>(cancelled());
            return Result<Answer>(Answer(fallingCurves(asked.split, m_classes)));
        };
        evaluate(on, QStringLiteral("home-robust"));
        const WindowDriver& driver = *on.driver;
        openTab(driver, QStringLiteral("Robustness"));
        driver.click("measureRobustness");
        QTRY_VERIFY(gate.isWaitedAt());
        QCOMPARE(driver.text("activity"), QStringLiteral("Measuring robustness"));
        QCOMPARE(driver.text("measureRobustness"), QStringLiteral("Cancel"));
        driver.click("measureRobustness");
        QTRY_COMPARE(driver.text("activity"), QStringLiteral("Ready"));
        QVERIFY(!driver.find<QWidget>("robustness-rotation")->isVisible());
        gate.open();
        driver.click("measureRobustness");
        auto* turned = driver.find<QWidget>("robustness-rotation");
        QTRY_VERIFY(turned->isVisible());
        QVERIFY(driver.text("robustnessNote").contains(QStringLiteral("30 images (test)")));
        QCOMPARE(turned->findChild<QLabel*>(QStringLiteral("robustnessFall"))->text(), QStringLiteral("80 → 40 %"));
        picture(driver, QStringLiteral("few-Robustness-measured"));
        auto* classes = driver.find<QComboBox>("robustnessClass");
        classes->setCurrentIndex(3);
        QCOMPARE(turned->findChild<QLabel*>(QStringLiteral("robustnessFall"))->text(), QStringLiteral("90 → 10 %"));
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("true class duck"));
        picture(driver, QStringLiteral("few-Robustness-of-a-class"));
        auto* add = turned->findChild<QPushButton*>(QStringLiteral("addToAugmentation"));
        QVERIFY(add->isVisible());
        QVERIFY(!driver
                     .find<QWidget>("robustness-noise") // which does not harm
                     ->findChild<QPushButton*>(QStringLiteral("addToAugmentation"))
                     ->isVisible());
        QTest::mouseClick(add, Qt::LeftButton);
        QCOMPARE(driver.session->document().experiment().augmentation.rotationRange, 20.0);
        QVERIFY(!add->isVisible());
        QVERIFY(turned->findChild<QWidget*>(QStringLiteral("inAugmentation"))->isVisible());
        QVERIFY(driver.text("messageText").contains(QStringLiteral("Rotation up to 20°")));
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(driver.session->document().experiment().augmentation.rotationRange, 0.0);
        QVERIFY(add->isVisible());
        driver.click("clearFilter");
        QCOMPARE(classes->currentIndex(), 0);
    }

    void classesOfAnotherRunAreThoseOfItsCurves() {
        Evaluated on;
        std::vector<std::string> classes = m_classes;
        on.engine.onAsk = [&](const Question& question, const std::stop_token&, const Progress&) {
            Robustness robustness = fallingCurves(std::get<RobustnessQuestion>(question).split, classes);
            robustness.skipped = {"test/boat/1.png: it cannot be read.", "test/car/2.png: it cannot be read."};
            return Result<Answer>(Answer(std::move(robustness)));
        };
        const QString home = QStringLiteral("home-classes");
        evaluate(on, home);
        const WindowDriver& driver = *on.driver;
        openTab(driver, QStringLiteral("Robustness"));
        driver.click("measureRobustness");
        auto* shown = driver.find<QComboBox>("robustnessClass");
        QTRY_COMPARE(shown->count(), 6);
        QVERIFY2(driver.text("robustnessNote")
                     .endsWith(QStringLiteral("2 images are skipped, such as test/boat/1.png: it cannot be read.")),
                 qPrintable(driver.text("robustnessNote")));
        classes = {"boat", "car", "duck", "robot", "tram"};
        openStoredRun(*driver.session, storedRun(path(home), path(QStringLiteral("toys")), classes));
        QTRY_VERIFY(!shown->isVisible());
        driver.click("evaluateButton");
        QTRY_VERIFY(driver.session->questions().evaluation() != nullptr);
        openTab(driver, QStringLiteral("Robustness"));
        driver.click("measureRobustness");
        QTRY_VERIFY(shown->isVisible());
        QCOMPARE(shown->itemText(5), QStringLiteral("tram"));
    }

    /// The fold that was not trained on an image is as sure of another class as of the others' own.
    void trainingImagesOfFoldsAreJudgedByTheFoldThatDoesNotKnowThem() {
        Evaluated on;
        on.make = [](const Dataset& dataset, const std::string&) { return evaluationOf(dataset, "train"); };
        evaluate(on, QStringLiteral("home-folds"));
        const WindowDriver& driver = *on.driver;
        const Evaluation& evaluation = *driver.session->questions().evaluation();
        std::vector<Prediction> table = evaluation.predictions;
        for (std::size_t i = 0; i < table.size(); ++i) {
            const auto said = static_cast<std::size_t>(table[i].truth + (i == 7 ? 1 : 0)) % evaluation.classes.size();
            table[i].probabilities.assign(evaluation.classes.size(), 0.01f);
            table[i].probabilities[said] = 0.96f;
        }
        const auto folder = driver.session->runs().run()->folder;
        const auto file = outOfFoldFile(folder.parent_path().parent_path(), "hand");
        std::filesystem::create_directories(file.parent_path());
        QVERIFY(writeGroup(folder, {"hand", RunGroup::Kind::Folds, "by hand", "fold 1 of 2"}).ok());
        openTab(driver, QStringLiteral("Suspects"));
        QVERIFY(driver.text("suspectNote").contains(QStringLiteral("by heart"))); // not all folds are trained
        QVERIFY(writeFileAtomically(file, predictionsCsv(evaluation.classes, table)).ok());
        driver.click("evaluateButton");
        auto* view = driver.find<QTableView>("suspectTable");
        QTRY_COMPARE(view->model()->rowCount(), 1);
        QVERIFY2(driver.text("suspectNote").startsWith(QStringLiteral("1 image: the networks of the folds")),
                 qPrintable(driver.text("suspectNote")));
        QVERIFY(QString::fromStdString(table[7].path).endsWith(view->model()->index(0, 0).data().toString()));
    }

    void suspectLabelsAreSeenAndPutRightByKeys() {
        Evaluated on;
        evaluate(on, QStringLiteral("home-suspects"));
        const WindowDriver& driver = *on.driver;
        DataDesk& data = driver.session->data();
        openTab(driver, QStringLiteral("Suspects"));
        auto* table = driver.find<QTableView>("suspectTable");
        const int count = table->model()->rowCount();
        QVERIFY(count > 0 && count <= 6); // six labels are wrong
        QVERIFY(driver.text("suspectNote").startsWith(QStringLiteral("%1 image").arg(count)));
        QCOMPARE(shown(driver), 30); // looking changes nothing
        driver.click("showRight");
        QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
        driver.clickRow("suspectTable", 0);
        QCOMPARE(shown(driver), count);
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("suspect labels"));
        QTRY_COMPARE(explained.count(), 1);
        const auto asked = *driver.session->questions().subject()->sample;
        QVERIFY(QString::fromStdString(data.dataset()->samples[asked].path)
                    .endsWith(table->model()->index(0, 0).data().toString()));
        const QString looksLike = table->model()->index(0, 2).data().toString();
        const auto& classes = data.dataset()->classes;
        const auto suggested = std::find(classes.begin(), classes.end(), looksLike.toStdString()) - classes.begin();
        QSignalSpy edited(&data, &DataDesk::edited);
        QTest::keyClick(table, static_cast<Qt::Key>(Qt::Key_1 + suggested));
        QVERIFY(edited.wait());
        QCOMPARE(data.dataset()->samples[asked].label, static_cast<int>(suggested));
        QCOMPARE(table->model()->index(0, 1).data().toString(), looksLike);
        driver.click("showRight"); // the next one is wrong: it is seen all the same
        QTest::keyClick(table, Qt::Key_Down);
        QCOMPARE(shown(driver), count);
        QTest::keyClick(table, Qt::Key_X);
        QVERIFY(edited.wait());
        QCOMPARE(table->model()->index(1, 1).data().toString(), QStringLiteral("excluded"));
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(edited.wait());
        QVERIFY(table->model()->index(1, 1).data().toString() != QStringLiteral("excluded"));
        picture(driver, QStringLiteral("few-Suspects-chosen"));
        driver.click("clearFilter");
        QCOMPARE(shown(driver), 30);
        driver.find<QComboBox>("evaluateSplit")->setCurrentIndex(2);
        driver.click("evaluateButton");
        QTRY_COMPARE(driver.session->questions().evaluation()->split, std::string("train"));
        QTRY_COMPARE(table->model()->rowCount(), 0);
        QVERIFY(driver.text("suspectNote").contains(QStringLiteral("by heart")));
        QVERIFY(!table->isVisible() && !driver.find<QWidget>("relabelSuspect")->isVisible()); // nothing to be done
    }

    void aHintShowsTheImagesBehindIt() {
        Evaluated on;
        on.engine.onAsk = [&](const Question& question, const std::stop_token&, const Progress& progress) {
            progress(3, 30);
            MapsReport report;
            report.split = std::get<MapsReportQuestion>(question).split;
            report.images = 30;
            report.empty = 2;
            report.notes = {"The boxes of 1 image lie outside the image."};
            report.skipped = {"test/duck/1.png: it cannot be read."};
            for (const std::string& name : m_classes) {
                ClassHeat heat;
                heat.name = name;
                heat.images = 6;
                heat.shares.border = 0.25;
                heat.shares.corners = {0.1, 0.1, 0.1, name == "train" ? 0.64 : 0.05};
                heat.map = {{2, 2}, {0.1f, 0.2f, 0.1f, name == "train" ? 1.0f : 0.1f}};
                report.classes.push_back(std::move(heat));
            }
            MapsHint hint{{4, HeatPlace::BottomRight, 0.64, 0.05}, "train", {}};
            for (const Sample& sample : on.driver->session->data().dataset()->samples)
                if (sample.subset == Subset::Train && sample.label == 4)
                    hint.images.push_back(sample.path);
            MapsHint own{{2, HeatPlace::Border, 0.5, 0.2}, "test", {}}; // among the images evaluated
            for (const Prediction& prediction : on.driver->session->questions().evaluation()->predictions)
                if (prediction.truth == 2 && own.images.size() < 3)
                    own.images.push_back(prediction.path);
            report.hints = {std::move(hint), std::move(own)};
            return Result<Answer>(Answer(std::move(report)));
        };
        evaluate(on, QStringLiteral("home-shortcuts"));
        const WindowDriver& driver = *on.driver;
        openTab(driver, QStringLiteral("Shortcuts"));
        QVERIFY(!driver.find<QWidget>("shortcutHints")->isVisible());
        driver.click("measureShortcuts");
        auto* hints = driver.find<QListView>("shortcutHints");
        QTRY_VERIFY(hints->isVisible());
        QCOMPARE(hints->model()->rowCount(), 2);
        QVERIFY2(driver.text("shortcutsNote")
                     .endsWith(QStringLiteral("Heat maps by HiResCAM. 2 of them are empty and count for nothing. The "
                                              "boxes of 1 image lie outside the image. 1 image is skipped: "
                                              "test/duck/1.png: it cannot be read.")),
                 qPrintable(driver.text("shortcutsNote")));
        QVERIFY2(hints->model()->index(0, 0).data().toString().startsWith(QStringLiteral("train: 64 % of the heat")),
                 qPrintable(hints->model()->index(0, 0).data().toString()));
        auto* maps = driver.find<QListView>("meanMaps");
        QCOMPARE(maps->model()->rowCount(), 5);
        const auto nameAt = [&](int row) { return maps->model()->index(row, 0).data(TileCaption).toString(); };
        QCOMPARE(nameAt(0) + nameAt(1), QStringLiteral("ducktrain")); // those with hints come first
        QVERIFY(maps->model()->index(1, 0).data(TileTone).isValid() &&
                !maps->model()->index(2, 0).data(TileTone).isValid());
        QVERIFY(!driver.find<QWidget>("behindHint")->isVisible());
        driver.clickRow("shortcutHints", 0);
        auto* behind = driver.find<QListView>("behindHint");
        QVERIFY(behind->isVisible());
        QCOMPARE(behind->model()->rowCount(), 2); // the training images of the class
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("true class train"));
        QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
        driver.clickRow("behindHint", 1);
        QTRY_COMPARE(explained.count(), 1);
        picture(driver, QStringLiteral("few-Shortcuts-hint"));
        driver.click("showWrong");
        driver.clickRow("shortcutHints", 1); // the gallery has these, and hides none
        QVERIFY(!behind->isVisible());
        QCOMPARE(shown(driver), 3);
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("behind the hint on duck"));
        driver.clickRow("meanMaps", 3);
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("true class car"));
        QVERIFY(!hints->selectionModel()->hasSelection()); // one choice at a time
        driver.click("clearFilter");
        QVERIFY(!behind->isVisible());
        QCOMPARE(shown(driver), 30);

        const auto colorAt = [&](int x, int y) { // of the first, which is duck's
            return maps->model()->index(0, 0).data(TileImage).value<QImage>().pixelColor(x, y);
        };
        MapLook& look = driver.session->mapLook(); // as it is chosen on Explain
        look.setColors(ColorMap::Grey);
        QCOMPARE(colorAt(92, 4), QColor(Qt::white));
        QVERIFY(colorAt(4, 4) != QColor(Qt::black));
        look.setThreshold(0.8);
        QCOMPARE(colorAt(4, 4), QColor(Qt::black));
    }

    void imagesAreRelabelledAndExcludedWhereTheyAreSeen() {
        Evaluated on;
        evaluate(on, QStringLiteral("home-labels"));
        const WindowDriver& driver = *on.driver;
        DataDesk& data = driver.session->data();
        driver.clickRow("gallery", 0);
        auto* gallery = driver.find<QListView>("gallery");
        const auto sample = gallery->model()->index(0, 0).data(TileSample).toUInt();
        const int before = data.dataset()->samples[sample].label, other = before == 2 ? 3 : 2;
        QSignalSpy edited(&data, &DataDesk::edited);
        QTest::keyClick(gallery, static_cast<Qt::Key>(Qt::Key_1 + other));
        QVERIFY(edited.wait());
        QCOMPARE(data.dataset()->samples[sample].label, other);
        const auto badge = [&] { return gallery->model()->index(0, 0).data(TileBadge).toInt(); };
        QCOMPARE(badge(), static_cast<int>(TileState::Relabelled));
        QTest::keyClick(gallery, Qt::Key_X);
        QVERIFY(edited.wait());
        QVERIFY(data.dataset()->samples[sample].excluded);
        QCOMPARE(badge(), static_cast<int>(TileState::Excluded));
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(edited.wait());
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(edited.wait());
        QCOMPARE(data.dataset()->samples[sample].label, before);
        QCOMPARE(badge(), static_cast<int>(TileState::None));
    }

    void theSmallestWindowHoldsEverything() {
        Evaluated on;
        evaluate(on, QStringLiteral("home-small"));
        const WindowDriver& driver = *on.driver;
        QCOMPARE(driver.window->size(), QSize(1280, 720));
        driver.clickRow("gallery", 0);
        QTRY_VERIFY(driver.session->questions().answer() != nullptr);
        auto* bar = driver.find<QTabBar>("evaluateTabs");
        for (int i = 0; i < bar->count(); ++i) {
            QVERIFY(bar->tabRect(i).right() * 1.3 < bar->parentWidget()->width()); // other languages are longer
            openTab(driver, bar->tabText(i));
            picture(driver, QStringLiteral("few-%1").arg(bar->tabText(i)));
        }
    }

    void wordsOfOtherLanguagesAreLonger() {
        Evaluated on;
        evaluate(on, QStringLiteral("home-longer"));
        auto* page = on.driver->find<QWidget>("evaluatePage");
        const auto longer = [](const QString& text) { return text + text.left(text.size() * 3 / 10); };
        for (auto* control : page->findChildren<QAbstractButton*>())
            control->setText(longer(control->text()));
        auto* bar = on.driver->find<QTabBar>("evaluateTabs");
        for (int i = 0; i < bar->count(); ++i)
            bar->setTabText(i, longer(bar->tabText(i)));
        QTRY_VERIFY2(page->minimumSizeHint().width() <= page->width(),
                     qPrintable(QString::number(page->minimumSizeHint().width())));
        picture(*on.driver, QStringLiteral("longer"));
        QTRY_VERIFY(bar->tabRect(bar->count() - 1).right() <= bar->width());
        for (const char* name : {"classifyButton", "evaluateButton"}) {
            auto* control = on.driver->find<QPushButton>(name);
            QTRY_VERIFY2(control->width() >= control->sizeHint().width(), name);
        }
    }

    void twoClassesWithLongNamesHaveRoom() {
        Evaluated on;
        on.make = [](const Dataset& dataset, const std::string& split) { return longNames(dataset, split, 2); };
        evaluate(on, QStringLiteral("home-two"));
        const WindowDriver& driver = *on.driver;
        auto* matrix = driver.find<ConfusionView>("confusionMatrix");
        for (const int truth : {0, 1})
            for (const int predicted : {0, 1}) {
                QVERIFY(matrix->rect().contains(matrix->cellRect(truth, predicted)));
                QVERIFY(matrix->cellRect(truth, predicted).width() > 60); // the names leave room
            }
        for (const auto& [title, table] :
             {std::pair("Confused pairs", "confusedPairs"), std::pair("Suspects", "suspectTable")}) {
            openTab(driver, QLatin1String(title));
            auto* view = driver.find<QTableView>(table);
            QTRY_VERIFY2(view->model()->rowCount() > 0, table);
            QVERIFY2(!view->horizontalScrollBar()->isVisible(), table);
        }
        auto* bar = driver.find<QTabBar>("evaluateTabs");
        for (int i = 0; i < bar->count(); ++i) {
            openTab(driver, bar->tabText(i));
            picture(driver, QStringLiteral("two-%1").arg(bar->tabText(i)));
        }
    }

    /// The page begins with the confused pairs: the matrix can be seen as a whole, its figures cannot.
    void twoHundredClassesHaveRoom() {
        constexpr int kClasses = 200;
        Evaluated on;
        on.make = [](const Dataset& dataset, const std::string& split) { return longNames(dataset, split, kClasses); };
        on.engine.onAsk = [&on](const Question& question, const std::stop_token&, const Progress&) -> Result<Answer> {
            if (!std::holds_alternative<FeaturesQuestion>(question))
                return cancelled();
            Features features;
            CounterRandom random(1, RandomPurpose::Test);
            for (const Sample& sample : on.driver->session->data().dataset()->samples) {
                features.paths.push_back(sample.path);
                for (int d = 0; d < 4; ++d)
                    features.values.values.push_back(static_cast<float>(random.normal()));
            }
            features.values.shape = {static_cast<std::int64_t>(features.paths.size()), 4};
            return Answer(features);
        };
        evaluate(on, QStringLiteral("home-many"));
        const WindowDriver& driver = *on.driver;
        const Evaluation& evaluation = *driver.session->questions().evaluation();
        auto* bar = driver.find<QTabBar>("evaluateTabs");
        QCOMPARE(bar->tabText(bar->currentIndex()), QStringLiteral("Confused pairs"));
        const auto& pairs = *driver.find<QTableView>("confusedPairs");
        QVERIFY(pairs.model()->rowCount() > 100);
        driver.clickRow("confusedPairs", 0);
        QCOMPARE(QString::number(shown(driver)), pairs.model()->index(0, 2).data().toString());

        openTab(driver, QStringLiteral("Matrix"));
        auto* matrix = driver.find<ConfusionView>("confusionMatrix");
        QVERIFY(matrix->rect().contains(matrix->cellRect(0, 0)));
        QVERIFY(matrix->rect().contains(matrix->cellRect(kClasses - 1, kClasses - 1)));
        for (const auto scheme : {Scheme::Light, Scheme::Dark}) {
            theme::apply(*qApp, scheme);
            const QImage drawn = matrix->grab().toImage();
            const QRgb ground = theme::color(Role::Raised).rgb();
            int seen = 0, empty = 0;
            for (int i = 0; i < kClasses; ++i) {
                seen += drawn.pixel(matrix->cellRect(i, i).center()) != ground;
                empty += drawn.pixel(matrix->cellRect(i, (i + 100) % kClasses).center()) == ground;
            }
            QVERIFY2(seen > kClasses / 2 && empty > kClasses / 2,
                     qPrintable(QStringLiteral("%1 %2").arg(seen).arg(empty)));
        }
        theme::apply(*qApp, Scheme::Light);
        QTest::keyClick(matrix, Qt::Key_Return); // by keys a small cell is met
        QCOMPARE(shown(driver), static_cast<int>(evaluation.confusion.at(0, 0)));

        openTab(driver, QStringLiteral("Map"));
        driver.click("drawMap");
        const auto* legend = driver.find<QWidget>("mapLegend");
        QTRY_VERIFY(legend->isVisible());
        QVERIFY2(legend->minimumSizeHint().width() < 240,
                 qPrintable(QString::number(legend->minimumSizeHint().width())));
        for (int i = 0; i < bar->count(); ++i) {
            openTab(driver, bar->tabText(i));
            const auto* page = driver.find<QWidget>("evaluatePage");
            QVERIFY2(page->minimumSizeHint().width() <= page->width(), qPrintable(bar->tabText(i)));
            picture(driver, QStringLiteral("many-%1").arg(bar->tabText(i)));
        }
    }

    /// A lasso around the heap of one class shows its images; a click on nothing shows all again.
    void aLassoOnTheMapShowsItsImages() {
        Evaluated on;
        on.engine.onAsk = [&on](const Question& question, const std::stop_token&, const Progress&) -> Result<Answer> {
            if (!std::holds_alternative<FeaturesQuestion>(question))
                return cancelled();
            Features features;
            CounterRandom random(1, RandomPurpose::Test);
            for (const Prediction& prediction : on.driver->session->questions().evaluation()->predictions) {
                features.paths.push_back(prediction.path);
                for (int d = 0; d < 8; ++d)
                    features.values.values.push_back(static_cast<float>(random.normal() * 0.1) +
                                                     (d == prediction.truth ? 20.0f : 0.0f));
            }
            features.values.shape = {static_cast<std::int64_t>(features.paths.size()), 8};
            return Answer(features);
        };
        evaluate(on, QStringLiteral("home-map"));
        const WindowDriver& driver = *on.driver;
        openTab(driver, QStringLiteral("Map"));
        driver.click("drawMap");
        auto* map = driver.find<ScatterMap>("imageMap");
        QTRY_VERIFY(map->isVisible());
        QVERIFY(driver.text("mapLegend").contains(QStringLiteral("robot")));
        picture(driver, QStringLiteral("map"));
        QRectF around;
        std::size_t ducks = 0;
        const auto& predictions = driver.session->questions().evaluation()->predictions;
        for (std::size_t i = 0; i < predictions.size(); ++i)
            if (predictions[i].truth == 2) {
                const QRectF dot(map->placeOf(i) - QPointF(6, 6), QSizeF(12, 12));
                around = ducks++ == 0 ? dot : around.united(dot);
            }
        QCOMPARE(ducks, std::size_t(6));
        QTest::mousePress(map, Qt::LeftButton, {}, around.topLeft().toPoint());
        for (const QPointF& corner : {around.topRight(), around.bottomRight(), around.bottomLeft()})
            QTest::mouseMove(map, corner.toPoint());
        QTest::mouseRelease(map, Qt::LeftButton, {}, around.bottomLeft().toPoint());
        QCOMPARE(shown(driver), 6);
        driver.find<QComboBox>("mapColoring")->setCurrentIndex(2);
        QVERIFY(driver.text("mapLegend").contains(QStringLiteral("loss")));
        QTest::keyClick(map, Qt::Key_Escape);
        QCOMPARE(shown(driver), 30);
        QVERIFY2(map->accessibleDescription().startsWith(QStringLiteral("30 ")),
                 qPrintable(map->accessibleDescription()));
        QTest::keyClick(map, Qt::Key_Right);
        const QString said = map->accessibleDescription();
        QVERIFY2(said.contains(QStringLiteral("predicted as")), qPrintable(said));
        QTest::keyClick(map, Qt::Key_Return);
        QCOMPARE(shown(driver), 1);
        const QModelIndex only = driver.find<QListView>("gallery")->model()->index(0, 0);
        QCOMPARE(only.data(Qt::AccessibleTextRole).toString(), said);
        QTest::keyClick(map, Qt::Key_Left);
        QVERIFY(map->accessibleDescription() != said);
        QTest::keyClick(map, Qt::Key_Escape);
        QCOMPARE(shown(driver), 30);
        const QPointF before = map->placeOf(0);
        QTest::keyClick(map, Qt::Key_Plus);
        QVERIFY(map->placeOf(0) != before);
        QTest::keyClick(map, Qt::Key_0);
        QCOMPARE(map->placeOf(0), before);
    }
};

QTEST_MAIN(EvaluatePageTest)
#include "tst_EvaluatePage.moc"
