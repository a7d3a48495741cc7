// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QLabel>
#include <QListView>
#include <QTableView>
#include <QToolButton>

#include "FakeEngine.h"
#include "PageTest.h"
#include "Test.h"
#include "data/Overlay.h"
#include "models/Tiles.h"
#include "widgets/Prompts.h"
#include "window/Rail.h"

using namespace sightline;
using namespace sightline::ui;

/// The Data page in the real window: what is opened, found, relabelled and undone.
class DataPageTest : public PageTest {
    Q_OBJECT

    /// What the list of findings says, headings too.
    static QStringList findings(const WindowDriver& driver) {
        const auto* model = driver.find<QListView>("problemList")->model();
        QStringList lines;
        for (int i = 0; i < model->rowCount(); ++i)
            lines << model->index(i, 0).data().toString();
        return lines;
    }
    static void clickFinding(const WindowDriver& driver, const QString& line) {
        QTRY_VERIFY2(findings(driver).contains(line), qPrintable(findings(driver).join(QLatin1Char('\n'))));
        driver.clickRow("problemList", static_cast<int>(findings(driver).indexOf(line)));
    }
    static void clickTile(const WindowDriver& driver, int row, Qt::KeyboardModifiers modifiers = {}) {
        auto* grid = driver.find<QListView>("sampleGrid");
        const QModelIndex index = grid->model()->index(row, 0);
        grid->scrollTo(index);
        QTest::mouseClick(grid->viewport(), Qt::LeftButton, modifiers, grid->visualRect(index).center());
    }
    static QStringList shown(const WindowDriver& driver) {
        const auto* model = driver.find<QListView>("sampleGrid")->model();
        QStringList names;
        for (int i = 0; i < model->rowCount(); ++i)
            names << model->index(i, 0).data(TileCaption).toString();
        return names;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 6, 2, 32)); }

    void otherImagesAreOpenedByItsButton() {
        QVERIFY(QDir().mkpath(path(QStringLiteral("table"))));
        write(QStringLiteral("table/labels.csv"),
              QByteArrayLiteral(
                  "path,label\n../toys/train/car/car_0001.png,red\n../toys/train/boat/boat_0001.png,blue\n"));
        WindowDriver driver(path(QStringLiteral("home")));
        open(driver);
        prompts().openFile = [this](QWidget*, const QString&, const QString&, const QString&) {
            return path(QStringLiteral("table/labels.csv"));
        };
        prompts().openFolder = [this](QWidget*, const QString&, const QString&) {
            return path(QStringLiteral("toys"));
        };
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.window->findChild<QAction*>(QStringLiteral("openDataFile"))->trigger();
        QVERIFY(opened.wait(20000));
        QCOMPARE(driver.session->data().dataset()->samples.size(), std::size_t{2});
        driver.window->findChild<QAction*>(QStringLiteral("openDataFolder"))->trigger();
        QVERIFY(opened.wait(20000));
        QCOMPARE(driver.session->data().dataset()->samples.size(), std::size_t{50});
    }

    void aDroppedFolderShowsItsClassesAndImages() {
        WindowDriver driver(path(QStringLiteral("home")));
        open(driver);
        QCOMPARE(driver.window->currentPage(), QStringLiteral("data"));
        QCOMPARE(driver.find<QTableView>("classTable")->model()->rowCount(), 5);
        auto* grid = driver.find<QListView>("sampleGrid");
        QCOMPARE(grid->model()->rowCount(), 50);
        driver.clickRow("classTable", 2);
        QCOMPARE(grid->model()->rowCount(), 10);
        driver.find<QComboBox>("subsetFilter")->setCurrentIndex(3);
        QCOMPARE(grid->model()->rowCount(), 2);
        driver.find<QComboBox>("subsetFilter")->setCurrentIndex(0);
        driver.type("nameFilter", QStringLiteral("0001"));
        QCOMPARE(grid->model()->rowCount(), 3);
        QTRY_VERIFY(driver.text("dataFacts").contains(QStringLiteral("32 × 32")));
        QTRY_COMPARE(driver.text("problemsTitle"), QStringLiteral("No problems found"));
        QTest::mouseDClick(grid->viewport(), Qt::LeftButton, {}, grid->visualRect(grid->model()->index(0, 0)).center());
        Q_EMIT grid->activated(grid->model()->index(0, 0));
        auto* large = driver.window->findChild<QDialog*>(QStringLiteral("imageWindow"));
        QVERIFY(large);
        QTRY_VERIFY(
            large->findChild<QLabel*>(QStringLiteral("largeWords"))->text().contains(QStringLiteral("32 × 32")));
        const QString first = large->windowTitle();
        QTest::keyClick(large, Qt::Key_Right);
        QVERIFY(large->windowTitle() != first);
    }

    void whatBecomesOfOtherProportionsIsSaid() {
        WindowDriver driver(path(QStringLiteral("home-fit")));
        open(driver);
        QTRY_VERIFY(driver.text("dataFacts").contains(QStringLiteral("32 × 32")));
        const auto now = [&] { return driver.session->document().experiment(); };
        QVERIFY(!driver.text("dataFacts").contains(QStringLiteral("stretched"))); // square, as the input
        Experiment wide = now();
        wide.data.imageWidth = 2 * wide.data.imageHeight;
        driver.session->document().setExperiment(wide);
        QVERIFY(driver.text("dataFacts").contains(QStringLiteral("are stretched to")));

        driver.key(Qt::Key_3, Qt::ControlModifier);
        auto* fit = driver.find<QComboBox>("data.fit");
        fit->setFocus();
        QTest::keyClick(fit, Qt::Key_End);
        QVERIFY(now().data.fit == Fit::Pad);
        auto* border = driver.find<QComboBox>("data.pad");
        QCOMPARE(border->currentText(), QStringLiteral("Black"));
        border->setFocus();
        QTest::keyClick(border, Qt::Key_Down);
        QTest::keyClick(border, Qt::Key_Down);
        QVERIFY((now().data.pad == PadSettings{false, {255, 255, 255}}));
        driver.key(Qt::Key_1, Qt::ControlModifier);
        QTRY_VERIFY(driver.text("dataFacts").contains(QStringLiteral("get a border")));
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(now().data.pad == PadSettings());
    }

    void suggestedSettingsAreTakenAndUndone() {
        FakeEngine engine;
        engine.onMeasure = [](const EpochTimeRequest&, const std::stop_token&) { return EpochTime{2, 0, 100}; };
        WindowDriver driver(path(QStringLiteral("home-suggest")), engine.door());
        open(driver);
        const Experiment before = driver.session->document().experiment();
        const auto now = [&] { return driver.session->document().experiment(); };
        driver.click("suggestButton");
        QTRY_VERIFY(driver.find<QWidget>("useAll")->isVisible());
        QVERIFY(driver.text("suggestSummary").contains(QStringLiteral("2 s per epoch")));
        QCOMPARE(now(), before); // nothing unasked
        driver.type("suggestMinutes", QStringLiteral("1"));
        driver.click("suggestAgain");
        QTRY_COMPARE(driver.text("suggestSummary"), QStringLiteral("About 2 s per epoch, 1 min 00 s in all"));

        const auto boxes = [&] { // those of the first answer may still be there, hidden
            auto all = driver.find<QWidget>("suggestPanel")->findChildren<QCheckBox*>();
            all.removeIf([](const QCheckBox* box) { return !box->isVisible(); });
            return all;
        };
        QTRY_VERIFY(boxes().size() > 1);
        for (auto* box : boxes())
            if (box->objectName() != QLatin1String("take training.epochs")) {
                box->setFocus();
                QTest::keyClick(box, Qt::Key_Space);
            }
        driver.click("useChecked");
        Experiment expected = before;
        expected.training.epochs = 30;
        QCOMPARE(now(), expected);
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(now(), before);

        driver.click("useAll");
        QCOMPARE(now().training.epochs, 30);
        QCOMPARE(now().training.optimizer.name, OptimizerSettings::Name::AdamW);
        QCOMPARE(now().name, before.name);
        QCOMPARE(now().data.path, before.data.path);
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(now(), before);
    }

    void aSuggestedSettingLeadsToItsField() {
        FakeEngine engine;
        engine.onMeasure = [](const EpochTimeRequest&, const std::stop_token&) { return EpochTime{2, 0, 100}; };
        WindowDriver driver(path(QStringLiteral("home-suggest")), engine.door());
        open(driver);
        driver.click("suggestButton");
        QTRY_VERIFY(driver.find<QWidget>("useAll")->isVisible());
        const auto leads = [&](const char* row, const char* page, const char* field) {
            driver.key(Qt::Key_1, Qt::ControlModifier);
            auto* found = driver.find<QWidget>(row);
            QVERIFY(found);
            QTest::mouseClick(found, Qt::LeftButton, {}, QPoint(found->width() / 2, 10));
            QCOMPARE(driver.window->currentPage(), QLatin1String(page));
            auto* control = driver.find<QWidget>(field);
            QVERIFY(control);
            QVERIFY2(control->isVisible() &&
                         (control->hasFocus() || control->isAncestorOf(QApplication::focusWidget())),
                     field);
        };
        leads("suggested training.epochs", "train", "training.epochs");
        leads("suggested training.loss.label_smoothing", "train", "training.loss.label_smoothing"); // a folded section
        leads("suggested training.early_stopping", "train", "training.early_stopping on");
        leads("suggested augmentation.horizontal_flip", "augment", "augmentation.horizontal_flip");
        leads("suggested model.name", "network", "zooCards");
        leads("suggested data.image_size", "network", "data.image_size");
        leads("suggested normalization.preset", "network", "normalization.preset");
        driver.key(Qt::Key_1, Qt::ControlModifier);
        driver.click("suggestClose");
        QVERIFY(driver.find<QWidget>("sampleGrid")->isVisible());
    }

    void lookingForSettingsCanBeCancelled() {
        Gate gate;
        FakeEngine engine;
        engine.onMeasure = [&](const EpochTimeRequest&, const std::stop_token& stop) -> Result<EpochTime> {
            return gate.pass(stop) ? Result<EpochTime>(EpochTime{2, 0, 100}) : cancelled();
        };
        WindowDriver driver(path(QStringLiteral("home-suggest")), engine.door());
        open(driver);
        driver.click("suggestButton");
        QTRY_VERIFY(driver.text("suggestStep").contains(QStringLiteral("Measuring an epoch")));
        driver.click("suggestCancel");
        QVERIFY(!driver.session->suggestions().isLooking());
        QVERIFY(!driver.find<QWidget>("suggestProgress")->isVisible());
        QVERIFY(!driver.find<QWidget>("useAll")->isVisible());
        gate.open();
        driver.click("suggestAgain");
        QTRY_VERIFY(driver.find<QWidget>("useAll")->isVisible());
        QVERIFY(drawFewToys(path(QStringLiteral("others")), 2, 1, 32));
        open(driver, QStringLiteral("others")); // what was suggested for the first images is void
        QVERIFY(!driver.session->suggestions().suggestion());
        QVERIFY(!driver.find<QWidget>("useAll")->isVisible());
    }

    void problemsAreListedAndLeadToTheirImage() {
        QVERIFY(drawFewToys(path(QStringLiteral("odd ü")), 3, 1, 24));
        write(QStringLiteral("odd ü/train/car/text.png"), "this is text");
        write(QStringLiteral("odd ü/train/car/notes.doc"), "x");
        write(QStringLiteral("odd ü/train/boat/zero.jpg"), {});
        QVERIFY(QDir().mkpath(path(QStringLiteral("odd ü/train/zebra"))));
        WindowDriver driver(path(QStringLiteral("home")));
        open(driver, QStringLiteral("odd ü"));
        const auto all = [&] { return findings(driver).join(QLatin1Char('\n')); };
        for (const char* name : {"text.png", "zero.jpg", "zebra", "notes.doc"})
            QTRY_VERIFY2(all().contains(QLatin1String(name)), qPrintable(all()));
        QVERIFY(driver.find<RailButton>("rail-data")->badge() == Page::Badge::Attention);
        clickFinding(driver, QStringLiteral("train/car/text.png"));
        QCOMPARE(driver.find<QListView>("sampleGrid")->model()->rowCount(), 1);
        clickFinding(driver, QStringLiteral("train/zebra"));
        QCOMPARE(driver.find<QListView>("sampleGrid")->model()->rowCount(), 0);
        QVERIFY(driver.find<QLabel>("emptyGrid")->isVisible());
        QVERIFY(driver.text("emptyGrid").contains(QStringLiteral("zebra")));
    }

    void aFindingShowsItsImagesSideBySideAndExcludingOneMendsIt() {
        QVERIFY(drawFewToys(path(QStringLiteral("copies")), 6, 2, 48));
        QVERIFY(QFile::copy(path(QStringLiteral("copies/train/boat/boat_0001.png")),
                            path(QStringLiteral("copies/train/boat/zz.png"))));
        QVERIFY(QFile::copy(path(QStringLiteral("copies/train/car/car_0001.png")),
                            path(QStringLiteral("copies/test/car/aa.png"))));
        WindowDriver driver(path(QStringLiteral("home-copies")));
        open(driver, QStringLiteral("copies"));
        auto* grid = driver.find<QListView>("sampleGrid");
        QTRY_COMPARE(findings(driver).size(), 4); // two kinds, one finding each
        driver.clickRow("classTable", 3);         // a filter that the finding lifts
        clickFinding(driver, QStringLiteral("train/boat/boat_0001.png"));
        QCOMPARE(shown(driver), (QStringList{QStringLiteral("boat_0001.png"), QStringLiteral("zz.png")}));
        QVERIFY(driver.find<QWidget>("findingChip")->isVisible());
        driver.click("findingChip");
        QCOMPARE(grid->model()->rowCount(), 5 * 10 + 2);
        clickFinding(driver, QStringLiteral("train/car/car_0001.png"));
        QCOMPARE(shown(driver), (QStringList{QStringLiteral("car_0001.png"), QStringLiteral("aa.png")}));
        QVERIFY(!driver.find<QPushButton>("excludeButton")->isEnabled());
        clickTile(driver, 1);
        driver.click("excludeButton");
        QTRY_COMPARE(grid->model()->index(1, 0).data(TileBadge).toInt(), static_cast<int>(TileState::Excluded));
        QTRY_COMPARE(findings(driver).size(), 2);
        QCOMPARE(driver.session->data().dataset()->count(Subset::Test), std::size_t{10});
        QTest::keyClick(grid, Qt::Key_X); // and back
        QTRY_COMPARE(findings(driver).size(), 4);
        QVERIFY(driver.session->data().overlay().empty());
    }

    void keysRelabelAndExcludeAndCtrlZUndoes() {
        WindowDriver driver(path(QStringLiteral("home-keys")));
        open(driver);
        auto* grid = driver.find<QListView>("sampleGrid");
        const auto badge = [&](int row) {
            return static_cast<TileState>(grid->model()->index(row, 0).data(TileBadge).toInt());
        };
        clickTile(driver, 0); // boats
        clickTile(driver, 1, Qt::ControlModifier);
        QTest::keyClick(grid, Qt::Key_3);
        QTRY_VERIFY(badge(0) == TileState::Relabelled && badge(1) == TileState::Relabelled &&
                    badge(2) == TileState::None);
        QVERIFY(grid->model()->index(0, 0).data(TileDetail).toString().contains(QStringLiteral("duck")));
        QCOMPARE(driver.session->data().dataset()->countsPerClass(Subset::Train),
                 (std::vector<std::size_t>{4, 6, 8, 6, 6}));
        QCOMPARE(driver.find<QTableView>("classTable")->model()->index(2, 1).data().toString(), QStringLiteral("8"));
        clickTile(driver, 2);
        QTest::keyClick(grid, Qt::Key_X);
        QTRY_VERIFY(badge(2) == TileState::Excluded);
        QTRY_VERIFY(driver.text("dataFacts").contains(QStringLiteral("2 relabeled, 1 excluded")));
        const auto file = overlayFile(driver.session->home(), driver.session->data().dataset()->root);
        QTRY_COMPARE(readOverlay(file)->entries.size(), std::size_t{3});
        driver.find<QComboBox>("subsetFilter")->setCurrentIndex(4);
        QCOMPARE(grid->model()->rowCount(), 3);
        driver.find<QComboBox>("subsetFilter")->setCurrentIndex(0);
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY(badge(2) == TileState::None);
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY(badge(0) == TileState::None && badge(1) == TileState::None);
        QTRY_VERIFY(!std::filesystem::exists(file));
        driver.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(badge(0) == TileState::Relabelled);
        QTest::keyClick(grid, Qt::Key_9); // there is no ninth class
        clickTile(driver, 0);
        QTest::keyClick(grid, Qt::Key_1); // its own class again: nothing is left to say of it
        QTRY_VERIFY(badge(0) == TileState::None);
        QTRY_COMPARE(readOverlay(file)->entries.size(), std::size_t{1});
    }

    void whatWasChangedIsThereAfterARestart() {
        {
            WindowDriver driver(path(QStringLiteral("home-restart")));
            open(driver);
            clickTile(driver, 4);
            driver.click("relabelButton");
            auto* search = driver.find<QWidget>("dataPage")->findChild<QLineEdit*>(QStringLiteral("classSearch"));
            QTRY_VERIFY(search->isVisible());
            QTest::keyClicks(search, QStringLiteral("rob"));
            QTest::keyClick(search, Qt::Key_Return);
            QCOMPARE(driver.session->data().overlay().entries.size(),
                     std::size_t{1}); // and the window is closed at once
        }
        WindowDriver driver(path(QStringLiteral("home-restart")));
        open(driver);
        QCOMPARE(driver.session->data().overlay().entries.size(), std::size_t{1});
        QCOMPARE(driver.session->data().dataset()->countsPerClass(Subset::Train),
                 (std::vector<std::size_t>{5, 6, 6, 7, 6}));
    }

    void badDropsAreOneSentenceAndTheWindowGoesOn() {
        write(QStringLiteral("unknown-key.json"), R"({"version": 1, "name": "x", "colour": 3})");
        write(QStringLiteral("broken.json"), "{");
        QVERIFY(QDir().mkpath(path(QStringLiteral("nothing"))));
        WindowDriver driver(path(QStringLiteral("home")));
        const auto* strip = driver.find<QWidget>("messageStrip");
        for (const QString& name : {QStringLiteral("unknown-key.json"), QStringLiteral("broken.json"),
                                    QStringLiteral("nothing"), QStringLiteral("not-there")}) {
            driver.window->openPath(path(name));
            QTRY_VERIFY2(strip->isVisible(), qPrintable(name));
            QVERIFY(!driver.text("messageText").isEmpty());
            driver.click("messageClose");
        }
        write(QStringLiteral("picture.png"), "text");
        driver.drop(path(QStringLiteral("picture.png"))); // no network yet
        QTRY_VERIFY(strip->isVisible());
        open(driver);
        QCOMPARE(driver.window->currentPage(), QStringLiteral("data"));
    }
};

QTEST_MAIN(DataPageTest)
#include "tst_DataPage.moc"
