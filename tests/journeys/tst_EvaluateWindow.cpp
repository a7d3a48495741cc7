// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QListView>
#include <QRegularExpression>
#include <QSet>
#include <QTabBar>
#include <QTableView>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

#include "CliProcess.h"
#include "Test.h"
#include "WindowDriver.h"
#include "store/Safetensors.h"
#include "support/Files.h"
#include "widgets/ConfusionView.h"
#include "widgets/ReliabilityView.h"
#include "widgets/ScatterMap.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 120000;
}

/// The page Evaluate in the real window with the real engine, by mouse and keys; one quick run for all.
class EvaluateJourneys : public FolderTest {
    Q_OBJECT

    QString runOf(const char* home) const {
        const QDir runs(path(QLatin1String(home)) + QStringLiteral("/runs"));
        return runs.filePath(runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot).value(0));
    }
    /// The run of a home opened, on the page Evaluate.
    void open(WindowDriver& driver, const char* home) const {
        driver.window->resize(1280, 720);
        driver.window->openPath(runOf(home));
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().run() && driver.session->data().dataset(), kLong);
        driver.key(Qt::Key_5, Qt::ControlModifier);
    }
    /// ... and evaluated on its test images.
    void evaluate(WindowDriver& driver, const char* home = "home") const {
        open(driver, home);
        driver.click("evaluateButton");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->questions().evaluation() != nullptr, kLong);
    }
    static void openTab(const WindowDriver& driver, const QString& title) {
        auto* bar = driver.find<QTabBar>("evaluateTabs");
        for (int i = 0; i < bar->count(); ++i)
            if (bar->tabText(i) == title)
                QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(i).center());
        QCOMPARE(bar->tabText(bar->currentIndex()), title);
    }
    static int shown(const WindowDriver& driver) { return driver.find<QListView>("gallery")->model()->rowCount(); }

    static QListView& gallery(const WindowDriver& driver) { return *driver.find<QListView>("gallery"); }
    /// The picture of where it looked, as it is seen.
    static QImage answerSeen(const WindowDriver& driver) {
        return driver.find<QWidget>("galleryAnswer")->grab().toImage();
    }
    void train(const char* home, const char* toys, int epochs, int size) const {
        const CliAnswer answer =
            runCli(path(home), {"train", "--preset", "toys-quick", "--set", "data.path=" + path(toys), "--set",
                                QStringLiteral("training.epochs=%1").arg(epochs), "--set",
                                QStringLiteral("data.image_size=[%1,%1]").arg(size)});
        QVERIFY2(answer.code == 0, answer.err.constData());
    }
    /// Moves every twentieth image of each split into another class's folder; their paths.
    QSet<QString> flipLabels(const QString& toys) const {
        QSet<QString> flipped;
        for (const char* split : {"train", "val", "test"}) {
            const QDir folder(toys + QLatin1Char('/') + QLatin1String(split));
            const QStringList classes = folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
            QStringList images;
            for (const QString& name : classes)
                for (const QString& file : QDir(folder.filePath(name)).entryList(QDir::Files))
                    images << name + QLatin1Char('/') + file;
            for (qsizetype i = 10; i < images.size(); i += 20) {
                const qsizetype own = classes.indexOf(images[i].section(QLatin1Char('/'), 0, 0));
                const QString other = classes[(own + 1 + i / 20 % 4) % classes.size()] + QLatin1Char('/') +
                                      images[i].section(QLatin1Char('/'), 1);
                if (QFile::rename(folder.filePath(images[i]), folder.filePath(other)))
                    flipped << QLatin1String(split) + QLatin1Char('/') + other;
            }
        }
        return flipped;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(drawFewToys(path(QStringLiteral("toys"))));
        train("home", "toys", 2, 48);
    }

    void fromACellByMouseToTheHeatMap() {
        WindowDriver driver(path(QStringLiteral("home")));
        evaluate(driver);
        const auto evaluation = driver.session->questions().evaluation();
        auto* matrix = driver.find<ConfusionView>("confusionMatrix");
        const auto [truth, predicted] = [&] { // the fullest cell
            std::pair<int, int> most{0, 0};
            for (int row = 0; row < 5; ++row)
                for (int column = 0; column < 5; ++column)
                    if (evaluation->confusion.at(row, column) > evaluation->confusion.at(most.first, most.second))
                        most = {row, column};
            return most;
        }();
        QTest::mouseClick(matrix, Qt::LeftButton, {}, matrix->cellRect(truth, predicted).center());
        QCOMPARE(shown(driver), static_cast<int>(evaluation->confusion.at(truth, predicted)));
        QVERIFY(shown(driver) > 1);
        QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
        driver.clickRow("gallery", 0);
        QTRY_COMPARE_WITH_TIMEOUT(explained.count(), 1, kLong);
        QCOMPARE(driver.session->questions().answer()->explanation.predicted, predicted);
        const auto first = driver.session->questions().subject()->sample;
        QTest::keyClick(&gallery(driver), Qt::Key_Right);
        QTRY_COMPARE_WITH_TIMEOUT(explained.count(), 2, kLong);
        QVERIFY(driver.session->questions().subject()->sample != first);
        QCOMPARE(driver.session->questions().answer()->truth, truth);
        const auto judged = [&] { // whether the map can be believed is said beneath it
            const QString words = driver.text("answerTrustWords");
            return words.contains(QStringLiteral("map")) && !words.startsWith(QStringLiteral("Checking"));
        };
        QTRY_VERIFY_WITH_TIMEOUT(judged(), kLong);
        matrix->setFocus(); // H is heard wherever the focus is
        const QImage hot = answerSeen(driver);
        QTest::keyClick(matrix, Qt::Key_H);
        const QImage plain = answerSeen(driver);
        QVERIFY(plain != hot);
        QTest::keyClick(&gallery(driver), Qt::Key_H);
        QVERIFY(answerSeen(driver) == hot);
        driver.click("evaluateButton"); // which takes the focus
        QTRY_VERIFY_WITH_TIMEOUT(!driver.session->questions().isEvaluating(), kLong);
        driver.key(Qt::Key_H);
        QTRY_VERIFY(answerSeen(driver) == plain); // once the bar of progress has given its room back
    }

    void classesAndPairsFilterTheGallery() {
        WindowDriver driver(path(QStringLiteral("home")));
        evaluate(driver);
        openTab(driver, QStringLiteral("Classes"));
        driver.clickRow("classReport", 3);
        QCOMPARE(shown(driver), 4);
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("true class robot"));
        QTest::keyClick(driver.find<QTableView>("classReport"), Qt::Key_Up);
        QCOMPARE(driver.text("galleryFilter"), QStringLiteral("true class duck"));
        openTab(driver, QStringLiteral("Confused pairs"));
        const auto* pairs = driver.find<QTableView>("confusedPairs");
        QVERIFY(pairs->model()->rowCount() > 0); // two epochs are few
        driver.clickRow("confusedPairs", 0);
        QCOMPARE(QString::number(shown(driver)), pairs->model()->index(0, 2).data().toString());
        driver.click("showRight");
        QCOMPARE(shown(driver), 0);
    }

    void fromACellByKeysToTheHeatMap() {
        WindowDriver driver(path(QStringLiteral("home")));
        evaluate(driver);
        QVERIFY(driver.text("evaluationInterval").contains(QStringLiteral(" to ")));
        auto* matrix = driver.find<ConfusionView>("confusionMatrix");
        matrix->setFocus();
        const auto evaluation = driver.session->questions().evaluation();
        int column = 0;
        while (evaluation->confusion.at(0, column) == 0)
            ++column;
        for (int i = 0; i < column; ++i)
            QTest::keyClick(matrix, Qt::Key_Right);
        QTest::keyClick(matrix, Qt::Key_Return);
        QCOMPARE(shown(driver), static_cast<int>(evaluation->confusion.at(0, column)));
        QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
        driver.clickRow("gallery", 0);
        QTRY_COMPARE_WITH_TIMEOUT(explained.count(), 1, kLong);
        QCOMPARE(driver.session->questions().answer()->truth, 0);
    }

    void everyRangeOfConfidenceHasItsImages() {
        WindowDriver driver(path(QStringLiteral("home")));
        evaluate(driver);
        openTab(driver, QStringLiteral("Calibration"));
        QVERIFY(driver.text("calibrationSentence").startsWith(QStringLiteral("When it says ")));
        const auto& bins = driver.session->questions().evaluation()->calibration.bins;
        auto* diagram = driver.find<ReliabilityView>("reliabilityDiagram");
        int sum = 0;
        for (int bin = 0; bin < static_cast<int>(bins.size()); ++bin) {
            QTest::mouseClick(diagram, Qt::LeftButton, {}, diagram->binRect(bin).center());
            QCOMPARE(shown(driver), static_cast<int>(bins[static_cast<std::size_t>(bin)].images));
            sum += shown(driver);
        }
        QCOMPARE(sum, 20);
    }

    void robustnessIsMeasured() {
        WindowDriver driver(path(QStringLiteral("home")));
        evaluate(driver);
        openTab(driver, QStringLiteral("Robustness"));
        driver.click("measureRobustness");
        auto* noise = driver.find<QWidget>("robustness-noise");
        QTRY_VERIFY_WITH_TIMEOUT(noise->isVisible(), kLong);
        QVERIFY(driver.text("robustnessNote").contains(QStringLiteral("20 images (test)")));
        const QString accuracy = QString::number(100 * driver.session->questions().evaluation()->accuracy, 'f', 0);
        for (const char* kind : {"rotation", "noise", "occlusion"}) { // as they are, the images are evaluate's
            const auto* tile = driver.find<QWidget>((std::string("robustness-") + kind).c_str());
            const QString fall = tile->findChild<QLabel*>(QStringLiteral("robustnessFall"))->text();
            QVERIFY2(fall.startsWith(accuracy + QStringLiteral(" → ")), qPrintable(fall));
        }
    }

    void shortcutsAreLookedFor() {
        WindowDriver driver(path(QStringLiteral("home")));
        evaluate(driver);
        openTab(driver, QStringLiteral("Shortcuts"));
        driver.click("measureShortcuts");
        auto* maps = driver.find<QListView>("meanMaps");
        QTRY_VERIFY_WITH_TIMEOUT(maps->isVisible(), kLong);
        QCOMPARE(maps->model()->rowCount(), 5);
        driver.clickRow("meanMaps", 4);
        QCOMPARE(shown(driver), 4);
        QVERIFY(driver.text("galleryFilter").startsWith(QStringLiteral("true class ")));
        QVERIFY(!driver.text("shortcutsNote").isEmpty());
    }

    /// A sticker in a corner gives the class away in training: the hint says so and shows where it was learned.
    void aStickerIsFoundAndItsImagesAreSeen() {
        ToySettings toys;
        toys.train = 48;
        toys.validation = toys.test = 10;
        toys.size = 48;
        toys.biased = 0.95;
        QVERIFY(makeToys(path("biased").toStdString(), toys).ok());
        train("home-biased", "biased", 10, 48);
        WindowDriver driver(path(QStringLiteral("home-biased")));
        evaluate(driver, "home-biased");
        openTab(driver, QStringLiteral("Shortcuts"));
        driver.click("measureShortcuts");
        auto* hints = driver.find<QListView>("shortcutHints");
        QTRY_VERIFY_WITH_TIMEOUT(driver.find<QWidget>("meanMaps")->isVisible(), kLong);
        QVERIFY2(hints->isVisible(), qPrintable(driver.text("shortcutsNote")));
        const QString hint = hints->model()->index(0, 0).data().toString();
        QVERIFY2(hint.contains(QRegularExpression(QStringLiteral("(top|bottom) (left|right)"))), qPrintable(hint));
        driver.clickRow("shortcutHints", 0);
        auto* behind = driver.find<QListView>("behindHint");
        QVERIFY(behind->isVisible() && behind->model()->rowCount() > 0); // only training images bear the sticker
        QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
        driver.clickRow("behindHint", 0);
        QTRY_COMPARE_WITH_TIMEOUT(explained.count(), 1, kLong);
        QVERIFY(driver.session->questions().answer()->title.startsWith(QStringLiteral("train/")));
    }

    void damagedWeightsAreSaidAndNothingIsShown() {
        namespace fs = std::filesystem;
        fs::copy(path(QStringLiteral("home")).toStdString(), path(QStringLiteral("home-nan")).toStdString(),
                 fs::copy_options::recursive);
        const fs::path weights = fs::path(runOf("home-nan").toStdString()) / "checkpoints" / "best.safetensors";
        std::string bytes = *readFile(weights);
        {
            const auto opened = SafetensorsFile::open(weights);
            QVERIFY(opened.ok());
            const auto bias = std::find_if(
                opened->tensors().begin(), opened->tensors().end(), [](const TensorView& tensor) { // the classifier's
                    return tensor.shape == std::vector<std::int64_t>{5} && !tensor.name.starts_with("opt.");
                });
            QVERIFY(bias != opened->tensors().end());
            const std::vector<float> before = *asFloats(*bias);
            const std::vector<float> after(before.size(), std::numeric_limits<float>::quiet_NaN());
            const std::size_t at =
                bytes.find(std::string_view(reinterpret_cast<const char*>(before.data()), 4 * before.size()));
            QVERIFY(at != std::string::npos);
            bytes.replace(at, 4 * before.size(), reinterpret_cast<const char*>(after.data()), 4 * before.size());
            bytes.replace(bytes.find("sightline.digest"), 16, "sightline.before"); // not damaged: trained so
        }
        QVERIFY(writeFileAtomically(weights, bytes).ok());
        WindowDriver driver(path(QStringLiteral("home-nan")));
        open(driver, "home-nan");
        driver.click("evaluateButton");
        QTRY_VERIFY2_WITH_TIMEOUT(driver.text("messageText").contains(QStringLiteral("no numbers")),
                                  qPrintable(driver.text("messageText")), kLong);
        QVERIFY(!driver.session->questions().evaluation());
        QVERIFY(!driver.session->questions().isEvaluating());
        driver.key(Qt::Key_6, Qt::ControlModifier);
        driver.click("nextExplained");
        QTRY_VERIFY2_WITH_TIMEOUT(driver.text("explainNote").contains(QStringLiteral("no numbers")),
                                  qPrintable(driver.text("explainNote")), kLong);
        QVERIFY(!driver.session->questions().answer());
    }

    void aSplitWithoutImagesIsSaidAndAnotherIsChosen() {
        const QString images = path(QStringLiteral("toys/test")), aside = path(QStringLiteral("test-aside"));
        QVERIFY(QDir().rename(images, aside));
        {
            WindowDriver driver(path(QStringLiteral("home")));
            open(driver, "home");
            auto* splits = driver.find<QComboBox>("evaluateSplit");
            QTRY_COMPARE_WITH_TIMEOUT(splits->currentData().toString(), QStringLiteral("val"), kLong); // by itself
            splits->setFocus();
            QTest::keyClick(splits, Qt::Key_Up);
            QCOMPARE(splits->currentData().toString(), QStringLiteral("test"));
            driver.click("evaluateButton");
            QTRY_VERIFY2_WITH_TIMEOUT(driver.text("messageText").contains(QStringLiteral("test")),
                                      qPrintable(driver.text("messageText")), kLong);
            QVERIFY(!driver.session->questions().evaluation());
            QTest::keyClick(splits, Qt::Key_Down);
            driver.click("evaluateButton");
            QTRY_VERIFY_WITH_TIMEOUT(driver.session->questions().evaluation() != nullptr, kLong);
            QCOMPARE(driver.session->questions().evaluation()->split, std::string("val"));
        }
        QVERIFY(QDir().rename(aside, images));
    }

    void aLassoOnTheMapShowsItsImages() {
        WindowDriver driver(path(QStringLiteral("home")));
        evaluate(driver);
        openTab(driver, QStringLiteral("Map"));
        driver.click("drawMap");
        auto* map = driver.find<ScatterMap>("imageMap");
        QTRY_VERIFY_WITH_TIMEOUT(map->isVisible(), kLong);
        QTest::mousePress(map, Qt::LeftButton, {}, QPoint(1, 1));
        for (const QPoint corner :
             {QPoint(map->width() / 2, 1), QPoint(map->width() / 2, map->height() - 1), QPoint(1, map->height() - 1)})
            QTest::mouseMove(map, corner);
        QTest::mouseRelease(map, Qt::LeftButton, {}, QPoint(1, map->height() - 1));
        int left = 0;
        for (std::size_t i = 0; i < 20; ++i)
            left += map->placeOf(i).x() < map->width() / 2 ? 1 : 0;
        QVERIFY(left > 0 && left < 20);
        QCOMPARE(shown(driver), left);
        QTest::keyClick(map, Qt::Key_Escape);
        QCOMPARE(shown(driver), 20);
    }

    /// A twentieth of all labels is wrong on purpose: four of five of these stand in the first tenth of the list.
    void flippedLabelsComeFirstAndArePutRightByKeys() {
        QVERIFY(drawFewToys(path(QStringLiteral("flipped")), 80, 30, 32));
        const QSet<QString> flipped = flipLabels(path(QStringLiteral("flipped")));
        QCOMPARE(flipped.size(), 20 + 7 + 7);
        train("home-flipped", "flipped", 9, 32);
        const QString id =
            QDir(path(QStringLiteral("home-flipped/runs"))).entryList(QDir::Dirs | QDir::NoDotAndDotDot).value(0);
        const QJsonArray list = runCli(path("home-flipped"), {"dataset", "suspects", id, "--json"}).list();
        QCOMPARE(list.size(), 300);
        int found = 0;
        for (int i = 0; i < 30; ++i)
            found += flipped.contains(list[i].toObject()["path"].toString()) ? 1 : 0;
        QVERIFY2(found >= 12, qPrintable(QStringLiteral("%1 of 14").arg(found)));

        WindowDriver driver(path(QStringLiteral("home-flipped")));
        evaluate(driver, "home-flipped");
        openTab(driver, QStringLiteral("Suspects"));
        auto* table = driver.find<QTableView>("suspectTable");
        const auto inDoubt =
            std::count_if(list.begin(), list.end(), [](const auto& one) { return one.toObject()["suspect"].toBool(); });
        QTest::keyClick(driver.find<QWidget>("suspectImages"), Qt::Key_Down); // all that the command line judges
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), static_cast<int>(inDoubt), kLong);
        QVERIFY2(driver.text("suspectNote").startsWith(QStringLiteral("300 images judged (validation and test)")),
                 qPrintable(driver.text("suspectNote")));
        const auto pathOf = [&](int row) { return table->model()->index(row, 0).data(Qt::ToolTipRole).toString(); };
        int beside = 0; // a validation image: the gallery has those of the test split
        while (beside < inDoubt && !pathOf(beside).startsWith(QStringLiteral("val/")))
            ++beside;
        QVERIFY(beside < inDoubt);
        QSignalSpy explainedBeside(&driver.session->questions(), &Questions::explanationReady);
        driver.clickRow("suspectTable", beside);
        QTRY_COMPARE_WITH_TIMEOUT(explainedBeside.count(), 1, kLong);
        const auto& samples = driver.session->data().dataset()->samples;
        QCOMPARE(QString::fromStdString(samples[*driver.session->questions().subject()->sample].path), pathOf(beside));
        QTest::keyClick(driver.find<QWidget>("suspectImages"), Qt::Key_Up);
        QVERIFY(table->model()->rowCount() > 0 && table->model()->rowCount() < inDoubt);
        QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
        driver.clickRow("suspectTable", 0);
        QTRY_COMPARE_WITH_TIMEOUT(explained.count(), 1, kLong);
        QCOMPARE(shown(driver), table->model()->rowCount());
        DataDesk& data = driver.session->data();
        const auto sample = *driver.session->questions().subject()->sample;
        const Sample& suspect = data.dataset()->samples[sample];
        QVERIFY(flipped.contains(QString::fromStdString(suspect.path)));
        const QString own = // the toys are named after what they show
            QString::fromStdString(suspect.path).section(QLatin1Char('/'), -1).section(QLatin1Char('_'), 0, 0);
        QCOMPARE(table->model()->index(0, 2).data().toString(), own);
        const auto& classes = data.dataset()->classes;
        const auto label = std::find(classes.begin(), classes.end(), own.toStdString()) - classes.begin();
        QSignalSpy edited(&data, &DataDesk::edited);
        QTest::keyClick(table, static_cast<Qt::Key>(Qt::Key_1 + label));
        QVERIFY(edited.wait());
        QCOMPARE(data.dataset()->samples[sample].label, static_cast<int>(label));
        QTest::keyClick(table, Qt::Key_Down);
        QTest::keyClick(table, Qt::Key_X);
        QVERIFY(edited.wait());
        QCOMPARE(table->model()->index(1, 1).data().toString(), QStringLiteral("excluded"));
    }
};

QTEST_MAIN(EvaluateJourneys)
#include "tst_EvaluateWindow.moc"
