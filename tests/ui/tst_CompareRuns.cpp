// SPDX-License-Identifier: GPL-3.0-or-later
#include <QListView>
#include <QTabBar>
#include <QTableView>

#include <numeric>

#include "FakeEngine.h"
#include "MadeUpEvaluation.h"
#include "RunTest.h"
#include "models/Tiles.h"
#include "pages/RunsPage.h"
#include "pages/explain/RunDifferences.h"
#include "pages/explain/SettingsDifference.h"
#include "store/SampleManifest.h"
#include "support/Files.h"
#include "support/Json.h"
#include "widgets/ImageView.h"
#include "widgets/Prompts.h"
#include "widgets/WipeView.h"

using namespace sightline;
using namespace sightline::ui;

/// Two runs on the same images, compared on the tab Compare of the real window without torch.
class CompareRunsTest : public RunTest {
    Q_OBJECT

    /// Of the test images, those of which `isWrong(n)` are predicted as the class after their own.
    static Evaluation evaluationOf(const Dataset& dataset, const std::vector<std::string>& classes,
                                   const std::function<bool(std::size_t)>& isWrong) {
        return madeUpEvaluation(dataset, Subset::Test, classes, [&](Prediction& prediction, std::size_t n) {
            if (isWrong(n))
                prediction.predicted = (prediction.truth + 1) % static_cast<int>(classes.size());
        });
    }

    /// The window with a run in view and a second one chosen on the tab Compare.
    struct Compared {
        FakeEngine engine;
        std::unique_ptr<WindowDriver> driver;
        std::vector<std::string> secondClasses;
        std::function<void(const std::stop_token&)> beforeSecond = [](auto&&) {};
        std::atomic<int> evaluated{0};
    };
    std::unique_ptr<Compared> compared(const char* name, std::vector<std::string> secondClasses,
                                       const std::string& secondNetwork = "toy_cnn") const {
        const QString home = QLatin1String(name);
        auto on = std::make_unique<Compared>();
        on->secondClasses = std::move(secondClasses);
        const RunFolder first = storeRun(home, m_classes, "toy_cnn");
        const RunFolder second = storeRun(home, on->secondClasses, secondNetwork);
        on->engine.onExplainOf = [this, on = on.get(), second](const ModelSource& source,
                                                               const HeatMapQuestion& question, std::stop_token) {
            return Result<HeatMap>(
                explanationOf(question, source.runFolder == second.path() ? on->secondClasses : m_classes, 0));
        };
        on->engine.onEvaluateOf = [this, on = on.get(), second](const ModelSource& source, const EvaluationQuestion&,
                                                                const std::stop_token& stop, const Progress& progress) {
            ++on->evaluated;
            progress(1, 4);
            const Dataset& dataset = *on->driver->session->data().dataset();
            if (source.runFolder != second.path())
                return Result<Evaluation>(evaluationOf(dataset, m_classes, [](std::size_t n) { return n % 5 == 1; }));
            on->beforeSecond(stop);
            if (stop.stop_requested())
                return Result<Evaluation>(cancelled());
            return Result<Evaluation>(
                evaluationOf(dataset, on->secondClasses, [](std::size_t n) { return n % 3 == 0; }));
        };
        on->driver = std::make_unique<WindowDriver>(path(home), on->engine.door());
        [&] {
            on->driver->window->resize(1280, 720);
            openRun(*on->driver->session, first);
            on->driver->key(Qt::Key_6, Qt::ControlModifier);
            on->driver->click("nextExplained");
            QTRY_VERIFY(on->driver->session->questions().answer() != nullptr);
            showCompare(*on->driver);
            QTRY_COMPARE(on->driver->find<QComboBox>("compareRun")->count(), 2);
            QVERIFY(!on->driver->find<QWidget>("compareAll")->isEnabled());
            choose(*on->driver, "compareRun", 1);
            QTRY_VERIFY(on->driver->find<QWidget>("compareAll")->isEnabled());
        }();
        return on;
    }
    static void showCompare(const WindowDriver& driver) {
        auto* bar = driver.find<QTabBar>("explainTabBar");
        QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(bar->count() - 1).center());
    }
    static int tiles(const WindowDriver& driver) {
        return driver.find<QListView>("comparedTiles")->model()->rowCount();
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 2, 6, 48)); }

    /// Of 30 images the first run is wrong about 6, the second about 10, both about 2.
    void aSecondRunIsAskedTheSame() {
        FakeEngine engine;
        const QString home = QStringLiteral("home-compare");
        const auto first = storeRun(home, m_classes, "toy_cnn");
        const auto second = storeRun(home, {"boat", "car", "moon"}, "toy_cnn");
        std::vector<std::string> targets;
        engine.onExplainOf = [&](const ModelSource& source, const HeatMapQuestion& question, std::stop_token) {
            const bool other = source.runFolder == second.path();
            if (other)
                targets.push_back(question.target);
            HeatMap map = explanationOf(question, other ? std::vector<std::string>{"boat", "car", "moon"} : m_classes,
                                        other ? 2 : 1);
            map.layer = other ? "seventh" : "fifth";
            if (question.target == "predicted")
                map.target = map.classes[static_cast<std::size_t>(map.predicted)];
            return Result<HeatMap>(map);
        };
        WindowDriver driver(path(home), engine.door());
        openRun(*driver.session, first);
        driver.key(Qt::Key_6, Qt::ControlModifier);
        driver.session->questions().explain({firstOf(*driver.session, "car"), {}});
        QTRY_VERIFY(driver.session->questions().answer() != nullptr);
        showCompare(driver);
        QTRY_COMPARE(driver.find<QComboBox>("compareRun")->count(), 2); // not the one in view
        choose(driver, "compareRun", 1);
        QTRY_VERIFY(driver.text("compareOtherVerdict").startsWith(QStringLiteral("Wrong: predicted moon")));
        QVERIFY(driver.text("compareMineVerdict").startsWith(QStringLiteral("Correct: car")));
        QCOMPARE(targets.back(), std::string("car")); // the class that the map beside it is about
        QVERIFY2(driver.text("compareClasses").contains(QStringLiteral("both know 2 of 5")),
                 qPrintable(driver.text("compareClasses")));
        QVERIFY2(driver.find<QWidget>("compareRight")
                     ->accessibleDescription()
                     .startsWith(QStringLiteral("Predicted moon (60.0 %). Evidence for car.")),
                 qPrintable(driver.find<QWidget>("compareRight")->accessibleDescription()));
        driver.click("compareWiped");
        auto* wipe = driver.find<WipeView>("compareWipe");
        QVERIFY(wipe->accessibleDescription().contains(QStringLiteral("Right, the second run: Predicted moon")));
        QVERIFY(wipe->isVisible());
        const QRect place = wipe->imageRect();
        QTest::mouseClick(wipe, Qt::LeftButton, {}, QPoint(place.left() + place.width() / 4, place.center().y()));
        QVERIFY(std::abs(wipe->part() - 0.25) < 0.02);
        QTest::keyClick(wipe, Qt::Key_Right);
        QVERIFY(wipe->part() > 0.28);
        const QString file = path(QStringLiteral("compared.png"));
        prompts().saveFile = [&](auto&&...) { return file; };
        driver.click("saveComparison");
        prompts() = {};
        const QImage saved(file);
        QCOMPARE(saved.text(QStringLiteral("ComparedTarget")), QStringLiteral("car"));
        QCOMPARE(saved.text(QStringLiteral("ComparedLayer")), QStringLiteral("seventh"));
        QCOMPARE(saved.text(QStringLiteral("ComparedCheckpoint")), QStringLiteral("best"));
    }

    void aPairChosenAmongTheRunsIsCompared() {
        const QString home = QStringLiteral("home-pair");
        const RunFolder first = storeRun(home, m_classes, "toy_cnn");
        storeRun(home, m_classes, "resnet18");
        FakeEngine engine;
        WindowDriver driver(path(home), engine.door());
        openRun(*driver.session, first); // what is in view is opened anew
        driver.key(Qt::Key_7, Qt::ControlModifier);
        auto* table = driver.find<QTableView>("runTable");
        QTRY_COMPARE(table->model()->rowCount(), 2);
        driver.clickRow("runTable", 0);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, Qt::ControlModifier,
                          table->visualRect(table->model()->index(1, 0)).center());
        driver.click("compareImagesButton");
        QCOMPARE(driver.window->currentPage(), QStringLiteral("explain"));
        QTRY_VERIFY(driver.find<QWidget>("compareAll")->isEnabled());
        QCOMPARE(driver.find<QComboBox>("compareRun")->currentIndex(), 1);
    }

    /// Its first run could not be opened: opened by hand later, it brings no second run along.
    void aPairThatCameToNothingIsForgotten() {
        const QString home = QStringLiteral("home-no-pair");
        const RunFolder first = storeRun(home, m_classes, "toy_cnn"), second = storeRun(home, m_classes, "resnet18");
        FakeEngine engine;
        WindowDriver driver(path(home), engine.door());
        openRun(*driver.session, second);
        const std::filesystem::path aside = path(QStringLiteral("aside")).toStdString();
        std::filesystem::rename(first.path(), aside);
        QSignalSpy failed(&driver.session->runs(), &RunDesk::openFailed);
        Q_EMIT driver.find<RunsPage>("runsPage")
            ->compareRequested(QString::fromStdString(first.path().string()),
                               QString::fromStdString(second.path().string()));
        QVERIFY(failed.wait());
        std::filesystem::rename(aside, first.path());
        openRun(*driver.session, first);
        QTRY_COMPARE(driver.find<QComboBox>("compareRun")->count(), 2);
        QCOMPARE(driver.find<QComboBox>("compareRun")->currentIndex(), 0);
    }

    void aSecondRunReadsTheImageInItsOwnWay() {
        FakeEngine engine;
        const QString home = QStringLiteral("home-gray");
        PixelSettings gray;
        gray.channels = ChannelSettings::grey();
        const auto first = storeRun(home, m_classes, "toy_cnn");
        const auto second = storedRun(path(home), path(QStringLiteral("toys")), m_classes, "toy_cnn", gray);
        std::atomic<int> channels[2]{};
        engine.onExplainOf = [&](const ModelSource& source, const HeatMapQuestion& question, std::stop_token) {
            channels[source.runFolder == second.path() ? 1 : 0] = question.image.channels;
            return Result<HeatMap>(explanationOf(question, m_classes, 1));
        };
        WindowDriver driver(path(home), engine.door());
        openRun(*driver.session, first);
        driver.key(Qt::Key_6, Qt::ControlModifier);
        driver.session->questions().explain({firstOf(*driver.session, "car"), {}});
        QTRY_VERIFY(driver.session->questions().answer() != nullptr);
        showCompare(driver);
        QTRY_COMPARE(driver.find<QComboBox>("compareRun")->count(), 2);
        choose(driver, "compareRun", 1);
        QTRY_VERIFY(driver.text("compareOtherVerdict").startsWith(QStringLiteral("Correct: car")));
        QCOMPARE(channels[0].load(), 3);
        QCOMPARE(channels[1].load(), 1);
        // the map is the same everywhere, so that what differs between two pixels is the image's
        const auto isGray = [](const QImage& image) {
            const QRgb corner = image.pixel(0, 0);
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x) {
                    const QRgb pixel = image.pixel(x, y);
                    const int red = qRed(pixel) - qRed(corner), blue = qBlue(pixel) - qBlue(corner);
                    if (std::abs(red - blue) > 2)
                        return false;
                }
            return true;
        };
        QVERIFY(isGray(driver.find<ImageView>("compareRight")->image()));
        QVERIFY(!isGray(driver.find<ImageView>("compareLeft")->image()));
    }

    void imagesThatOnlyOneGetsRightAreListed() {
        const auto on = compared("home-lists", m_classes, "resnet18");
        const WindowDriver& driver = *on->driver;
        QVERIFY(!driver.find<QWidget>("comparedImages")->isVisible());
        driver.click("compareAll");
        QTRY_VERIFY(driver.find<QWidget>("comparedImages")->isVisible());
        QCOMPARE(driver.text("onlyThisRight"), QStringLiteral("Only this run right (8)"));
        QCOMPARE(driver.text("onlySecondRight"), QStringLiteral("Only the second right (4)"));
        QCOMPARE(driver.text("bothWrong"), QStringLiteral("Both wrong (2)"));
        // 2 (1 + 12 + 66 + 220 + 495) / 2^12
        QCOMPARE(
            driver.text("comparedWords").simplified(), // no line ends within "p = 0.388"
            QStringLiteral(
                "Of 30 images (test), only this run is right about 8, only the second about 4. Chance alone may "
                "make such a difference (McNemar's test, p = 0.388). Images are matched by name only: one of the runs "
                "keeps no list of its images."));
        QCOMPARE(tiles(driver), 8);
        driver.click("bothWrong");
        QCOMPARE(tiles(driver), 2);
        picture(driver, QStringLiteral("compare"));
        driver.click("differingByClass");
        const auto* classes = driver.find<QTableView>("comparedClasses");
        QVERIFY(classes->isVisible() && !driver.find<QWidget>("differingSettings")->isVisible());
        QCOMPARE(classes->model()->rowCount(), 5);
        const ClassReport& boat = driver.session->questions().evaluation()->perClass.front();
        const QString recall = classes->model()->index(0, 2).data().toString();
        QCOMPARE(classes->model()->index(0, 0).data().toString().toStdString(), boat.name);
        QVERIFY2(recall.startsWith(QString::number(boat.recall * 100, 'f', 1) + QStringLiteral(" / ")),
                 qPrintable(recall));
        driver.click("onlySecondRight");
        QCOMPARE(tiles(driver), 4);

        QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
        driver.clickRow("comparedTiles", 2);
        QVERIFY(explained.wait());
        auto* list = driver.find<QListView>("comparedTiles");
        const QString image = driver.session->questions().answer()->title;
        const QString words = list->currentIndex().data(Qt::AccessibleTextRole).toString();
        QVERIFY2(words.startsWith(image) && words.contains(QStringLiteral("the second run: ")), qPrintable(words));
        const auto sample = *driver.session->questions().subject()->sample;
        QTest::keyClick(list, Qt::Key_Right); // the next of the list, not of the data set
        QTRY_VERIFY(*driver.session->questions().subject()->sample != sample);
        QCOMPARE(list->currentIndex().row(), 3);
        QTest::keyClick(list, Qt::Key_Left);

        driver.click("comparedInGallery");
        auto* gallery = driver.find<QListView>("gallery");
        QVERIFY(gallery->isVisible());
        QCOMPARE(gallery->model()->rowCount(), 4);
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("only the second run is right"));
        QVERIFY(gallery->currentIndex().data(Qt::ToolTipRole).toString().startsWith(image));
    }

    /// The gallery shows what was asked for although it was to show the right ones only.
    void theGalleryHidesNoneOfThem() {
        const auto on = compared("home-gallery", m_classes);
        const WindowDriver& driver = *on->driver;
        driver.click("compareAll");
        QTRY_VERIFY(driver.find<QWidget>("comparedImages")->isVisible());
        driver.key(Qt::Key_5, Qt::ControlModifier);
        driver.click("showRight");
        driver.key(Qt::Key_6, Qt::ControlModifier);
        driver.click("bothWrong");
        driver.click("comparedInGallery");
        QCOMPARE(driver.find<QListView>("gallery")->model()->rowCount(), 2);
    }

    void aComparisonIsCancelledAndBegunAgain() {
        const auto on = compared("home-cancel", m_classes);
        const WindowDriver& driver = *on->driver;
        Gate gate;
        std::atomic<bool> stopped{false};
        on->beforeSecond = [&](const std::stop_token& stop) { stopped = !gate.pass(stop); };
        driver.click("compareAll");
        QTRY_VERIFY(gate.isWaitedAt());
        QCOMPARE(driver.text("activity"), QStringLiteral("Evaluating the second run"));
        QCOMPARE(driver.text("compareAll"), QStringLiteral("Cancel"));
        QVERIFY(driver.find<QWidget>("compareProgress")->isVisible());
        driver.click("compareAll");
        QTRY_VERIFY(stopped);
        QCOMPARE(driver.text("compareAll"), QStringLiteral("Compare on all images"));
        QVERIFY(!driver.find<QWidget>("compareProgress")->isVisible());
        QVERIFY(!driver.find<QWidget>("comparedImages")->isVisible());
        gate.open();
        driver.click("compareAll");
        QTRY_VERIFY(driver.find<QWidget>("comparedImages")->isVisible());
        QCOMPARE(on->evaluated.load(), 3); // that of the run in view was there already
        driver.session->questions().evaluate(QStringLiteral("test"));
        QTRY_VERIFY(!driver.find<QWidget>("comparedImages")->isVisible()); // it was of another evaluation
    }

    /// The second run knows no duck and no robot, and a class of its own.
    void whatBothKnowIsCompared() {
        const auto on = compared("home-classes", {"train", "boat", "moon", "car"});
        const WindowDriver& driver = *on->driver;
        QTRY_VERIFY2(driver.text("compareClasses").contains(QStringLiteral("both know 3 of 5")),
                     qPrintable(driver.text("compareClasses")));
        driver.click("compareAll");
        QTRY_VERIFY(driver.find<QWidget>("comparedImages")->isVisible());
        const QString words = driver.text("comparedWords");
        QVERIFY2(words.startsWith(QStringLiteral("Of 18 images (test), ")), qPrintable(words));
        QVERIFY2(words.contains(QStringLiteral("Not compared: 12 images of which only one run knows the image or its "
                                               "class.")),
                 qPrintable(words));
    }

    /// Of the second run's list two images have other bytes.
    void imagesOfOneNameWithOtherContentsAreNotCompared() {
        const auto on = compared("home-contents", m_classes);
        const WindowDriver& driver = *on->driver;
        const Dataset& dataset = *driver.session->data().dataset();
        std::vector<std::uint32_t> all(dataset.samples.size());
        std::iota(all.begin(), all.end(), 0u);
        ContentDigests digests = digestsOf(dataset, all, 2);
        const auto list = [&](const std::filesystem::path& run) {
            return writeManifest(run, manifestOf(dataset, driver.session->runs().run()->experiment.data, digests)).ok();
        };
        QVERIFY(list(driver.session->runs().run()->folder));
        for (const std::size_t i : {0, 1})
            digests[dataset.indices(Subset::Test)[i]]->hash ^= 1;
        QVERIFY(list(driver.find<QComboBox>("compareRun")->currentData().toString().toStdString()));
        driver.click("compareAll");
        QTRY_VERIFY(driver.find<QWidget>("comparedImages")->isVisible());
        const QString words = driver.text("comparedWords").simplified();
        QVERIFY2(words.startsWith(QStringLiteral("Of 28 images (test), ")), qPrintable(words));
        QVERIFY2(words.endsWith(QStringLiteral("2 images with the same name but other contents: not compared.")),
                 qPrintable(words));
    }

    /// Where its images have moved, it is asked about those of the run in view.
    void aSecondRunIsAskedWhereItsImagesAre_data() {
        QTest::addColumn<bool>("isThere");
        QTest::newRow("they-are-there") << true;
        QTest::newRow("they-have-moved") << false;
    }
    void aSecondRunIsAskedWhereItsImagesAre() {
        QFETCH(bool, isThere);
        const auto on = compared(QTest::currentDataTag(), m_classes);
        const WindowDriver& driver = *on->driver;
        const std::string toys = path(QStringLiteral("toys")).toStdString();
        const auto place = [](const std::filesystem::path& run, const std::string& images) {
            return writeFileAtomically(run / "data.json", toText(Json{{"path", images}, {"root", images}})).ok();
        };
        const std::filesystem::path second =
            driver.find<QComboBox>("compareRun")->currentData().toString().toStdString();
        QVERIFY(place(driver.session->runs().run()->folder, toys));
        QVERIFY(place(second, isThere ? toys : toys + "-before"));
        std::string asked = "nothing";
        on->engine.onEvaluateOf = [&asked, &second, evaluated = on->engine.onEvaluateOf](
                                      const ModelSource& source, const EvaluationQuestion& question,
                                      const std::stop_token& stop, const Progress& progress) {
            if (source.runFolder == second)
                asked = question.dataPath;
            return evaluated(source, question, stop, progress);
        };
        driver.click("compareAll");
        QTRY_VERIFY(driver.find<QWidget>("comparedImages")->isVisible());
        QCOMPARE(asked, isThere ? std::string() : toys);
    }

    void settingsThatDifferAreNamedAsPeopleReadThem() {
        Experiment first, second;
        first.name = "one";
        second.name = "another";
        QVERIFY(settingsDifferences(first, second).empty());
        second.model.name = "resnet18";
        second.data.path = "/somewhere/toys";
        second.training.optimizer.learningRate = 0.0003;
        second.training.optimizer.nesterov = true;
        second.training.optimizer.name = OptimizerSettings::Name::AdamW;
        second.augmentation.rotationRange = 12.5;
        second.training.earlyStopping.emplace();
        QStringList lines;
        for (const SettingDifference& setting : settingsDifferences(first, second))
            lines << QStringLiteral("%1 %2 %3").arg(setting.name, setting.first, setting.second);
        for (const QString& line :
             {QStringLiteral("Network Toy CNN ResNet-18"), QStringLiteral("Learning rate 0.001 0.0003"),
              QStringLiteral("Optimizer Adam AdamW"), QStringLiteral("Optimizer: nesterov no yes"),
              QStringLiteral("Rotation and shifts none 12.5"), QStringLiteral("Early stopping off on"),
              QStringLiteral("Images  toys")})
            QVERIFY2(lines.contains(line), qPrintable(line + " not among " + lines.join(" | ")));
        QCOMPARE(lines.size(), 7);
        QCOMPARE(nameOfSetting("training.early_stopping.min_delta"), QStringLiteral("Stopping: margin")); // as its form
        QCOMPARE(nameOfSetting("training.reduce_lr_on_plateau"), QStringLiteral("Reduce learning rate"));
    }

    void aDifferenceThatIsNoChanceIsSaidSo() {
        const auto first = std::make_shared<Evaluation>(), second = std::make_shared<Evaluation>();
        for (const auto& evaluation : {first, second}) {
            evaluation->classes = {"a", "b"};
            for (int i = 0; i < 20; ++i) {
                Prediction prediction;
                prediction.path = std::to_string(i);
                prediction.truth = 0;
                prediction.predicted = evaluation == second && i < 11 ? 1 : 0;
                evaluation->predictions.push_back(prediction);
            }
        }
        const QString words = comparisonSentence({first, second, sightline::compared(*first, *second)}).simplified();
        QVERIFY2(
            words.endsWith(QStringLiteral("hardly make such a difference (McNemar's test, p < 0.001).")), // 2 / 2^11
            qPrintable(words));
        QVERIFY(comparisonSentence({first, second, {}}).contains(QStringLiteral("no images in common")));
    }
};

QTEST_MAIN(CompareRunsTest)
#include "tst_CompareRuns.moc"
