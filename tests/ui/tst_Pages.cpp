// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QDropEvent>
#include <QLabel>
#include <QListView>
#include <QListWidget>
#include <QMenu>
#include <QMimeData>
#include <QSlider>
#include <QSpinBox>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>

#include "WindowDriver.h"
#include "data/Overlay.h"
#include "experiment/Presets.h"
#include "models/Tiles.h"
#include "prompts/Prompts.h"
#include "widgets/PreviewGrid.h"
#include "window/Rail.h"
#include "zoo/Zoo.h"

using namespace sightline;
using namespace sightline::ui;

/// The pages in the real window, as far as they need no engine.
class PagesTest : public QObject {
    Q_OBJECT

    QString path(const QString& name) const { return m_folder.filePath(name); }
    void write(const QString& name, const QByteArray& bytes) const
    {
        QFile file(path(name));
        QVERIFY2(file.open(QIODevice::WriteOnly), qPrintable(name));
        file.write(bytes);
    }
    static void drop(MainWindow& window, const QString& file)
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &event);
    }
    void open(WindowDriver& driver, const QString& folder = QStringLiteral("toys")) const
    {
        QSignalSpy opened(driver.session.get(), &Session::dataOpened);
        drop(*driver.window, path(folder));
        QVERIFY(opened.wait(20000));
    }

    /// What the list of findings says, headings too.
    static QStringList findings(const WindowDriver& driver)
    {
        const auto* model = driver.find<QListView>("problemList")->model();
        QStringList lines;
        for (int i = 0; i < model->rowCount(); ++i)
            lines << model->index(i, 0).data().toString();
        return lines;
    }
    static void clickFinding(const WindowDriver& driver, const QString& line)
    {
        QTRY_VERIFY2(findings(driver).contains(line), qPrintable(findings(driver).join(QLatin1Char('\n'))));
        driver.clickRow("problemList", static_cast<int>(findings(driver).indexOf(line)));
    }
    static void clickTile(const WindowDriver& driver, int row, Qt::KeyboardModifiers modifiers = {})
    {
        auto* grid = driver.find<QListView>("sampleGrid");
        const QModelIndex index = grid->model()->index(row, 0);
        grid->scrollTo(index);
        QTest::mouseClick(grid->viewport(), Qt::LeftButton, modifiers, grid->visualRect(index).center());
    }
    static QStringList shown(const WindowDriver& driver)
    {
        const auto* model = driver.find<QListView>("sampleGrid")->model();
        QStringList names;
        for (int i = 0; i < model->rowCount(); ++i)
            names << model->index(i, 0).data(TileCaption).toString();
        return names;
    }

    QTemporaryDir m_folder;

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 6, 2, 32)); }

    void everyControlHasANameForScreenReaders()
    {
        WindowDriver driver(path(QStringLiteral("home")));
        open(driver);
        QStringList nameless;
        for (const auto* widget : driver.window->findChildren<QWidget*>()) {
            const bool control = qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QComboBox*>(widget) || qobject_cast<const QAbstractSpinBox*>(widget)
                || qobject_cast<const QSlider*>(widget) || qobject_cast<const QAbstractItemView*>(widget) || qobject_cast<const QLineEdit*>(widget);
            const bool part = widget->objectName().startsWith(QLatin1String("qt_")) || qobject_cast<const QAbstractSpinBox*>(widget->parent()) || qobject_cast<const QComboBox*>(widget->parent())
                || widget->inherits("QComboBoxPrivateContainer") || widget->inherits("QComboBoxListView") || widget->inherits("QTableCornerButton") || widget->inherits("QHeaderView")
                || widget->inherits("QLineEditIconButton");
            const auto* button = qobject_cast<const QAbstractButton*>(widget);
            const bool named = !widget->accessibleName().isEmpty() || (button && !button->text().isEmpty());
            if (control && !part && (!named || widget->objectName().isEmpty()))
                nameless << QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ') + widget->objectName();
        }
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral(", "))));
    }

    void theFirstFrameNeedsNoTorch()
    {
        WindowDriver driver(path(QStringLiteral("home")));
        QFile maps(QStringLiteral("/proc/self/maps"));
        QVERIFY(maps.open(QIODevice::ReadOnly));
        const QByteArray loaded = maps.readAll();
        QVERIFY(loaded.contains("libsightline_base"));
        QVERIFY(!loaded.contains("libtorch"));
    }

    void oneClassOnlyIsSaidBeforeTraining()
    {
        QVERIFY(drawFewToys(path(QStringLiteral("two")), 3, 1, 24));
        QVERIFY(QDir(path(QStringLiteral("two/train"))).rename(QStringLiteral("car"), QStringLiteral("../one")));
        QVERIFY(QDir().mkpath(path(QStringLiteral("single"))));
        QVERIFY(QDir().rename(path(QStringLiteral("two/one")), path(QStringLiteral("single/car"))));
        WindowDriver driver(path(QStringLiteral("home")));
        open(driver, QStringLiteral("single"));
        driver.key(Qt::Key_4, Qt::ControlModifier);
        QVERIFY(!driver.find<QPushButton>("pageTrainButton")->isEnabled());
        QVERIFY(driver.find<QLabel>("otherProblems")->isVisible());
        QVERIFY(driver.text("otherProblems").contains(QStringLiteral("one class")));
        open(driver, QStringLiteral("two")); // test/car has no class in train
        driver.key(Qt::Key_1, Qt::ControlModifier);
        QTRY_VERIFY(driver.find<QListView>("problemList")->model()->rowCount() > 0);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        QTRY_VERIFY(driver.find<QPushButton>("pageTrainButton")->isEnabled());
    }

    void aDroppedFolderShowsItsClassesAndImages()
    {
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
        QTRY_VERIFY(large->findChild<QLabel*>(QStringLiteral("largeWords"))->text().contains(QStringLiteral("32 × 32")));
        const QString first = large->windowTitle();
        QTest::keyClick(large, Qt::Key_Right);
        QVERIFY(large->windowTitle() != first);
    }

    void problemsAreListedAndLeadToTheirImage()
    {
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

    void aFindingShowsItsImagesSideBySideAndExcludingOneMendsIt()
    {
        QVERIFY(drawFewToys(path(QStringLiteral("copies")), 6, 2, 48));
        QVERIFY(QFile::copy(path(QStringLiteral("copies/train/boat/boat_0001.png")), path(QStringLiteral("copies/train/boat/zz.png"))));
        QVERIFY(QFile::copy(path(QStringLiteral("copies/train/car/car_0001.png")), path(QStringLiteral("copies/test/car/aa.png"))));
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
        QCOMPARE(driver.session->dataset()->count(Subset::Test), std::size_t{10});
        QTest::keyClick(grid, Qt::Key_X); // and back
        QTRY_COMPARE(findings(driver).size(), 4);
        QVERIFY(driver.session->overlay().empty());
    }

    void keysRelabelAndExcludeAndCtrlZUndoes()
    {
        WindowDriver driver(path(QStringLiteral("home-keys")));
        open(driver);
        auto* grid = driver.find<QListView>("sampleGrid");
        const auto badge = [&](int row) { return static_cast<TileState>(grid->model()->index(row, 0).data(TileBadge).toInt()); };
        clickTile(driver, 0); // boats
        clickTile(driver, 1, Qt::ControlModifier);
        QTest::keyClick(grid, Qt::Key_3);
        QTRY_VERIFY(badge(0) == TileState::Relabelled && badge(1) == TileState::Relabelled && badge(2) == TileState::None);
        QVERIFY(grid->model()->index(0, 0).data(TileDetail).toString().contains(QStringLiteral("duck")));
        QCOMPARE(driver.session->dataset()->countsPerClass(Subset::Train), (std::vector<std::size_t>{4, 6, 8, 6, 6}));
        QCOMPARE(driver.find<QTableView>("classTable")->model()->index(2, 1).data().toString(), QStringLiteral("8"));
        clickTile(driver, 2);
        QTest::keyClick(grid, Qt::Key_X);
        QTRY_VERIFY(badge(2) == TileState::Excluded);
        QTRY_VERIFY(driver.text("dataFacts").contains(QStringLiteral("2 relabelled, 1 excluded")));
        const auto file = overlayFile(driver.session->home(), driver.session->dataset()->root);
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

    void whatWasChangedIsThereAfterARestart()
    {
        {
            WindowDriver driver(path(QStringLiteral("home-restart")));
            open(driver);
            clickTile(driver, 4);
            driver.click("relabelButton");
            auto* search = driver.find<QLineEdit>("classSearch");
            QTRY_VERIFY(search->isVisible());
            QTest::keyClicks(search, QStringLiteral("rob"));
            QTest::keyClick(search, Qt::Key_Return);
            QCOMPARE(driver.session->overlay().entries.size(), std::size_t{1}); // and the window is closed at once
        }
        WindowDriver driver(path(QStringLiteral("home-restart")));
        open(driver);
        QCOMPARE(driver.session->overlay().entries.size(), std::size_t{1});
        QCOMPARE(driver.session->dataset()->countsPerClass(Subset::Train), (std::vector<std::size_t>{5, 6, 6, 7, 6}));
        QVERIFY(!driver.session->canUndo() || driver.session->overlay().entries.size() == 1);
    }

    void badDropsAreOneSentenceAndTheWindowGoesOn()
    {
        write(QStringLiteral("unknown-key.json"), R"({"version": 1, "name": "x", "colour": 3})");
        write(QStringLiteral("broken.json"), "{");
        QVERIFY(QDir().mkpath(path(QStringLiteral("nothing"))));
        WindowDriver driver(path(QStringLiteral("home")));
        const auto* strip = driver.find<QWidget>("messageStrip");
        for (const QString& name : {QStringLiteral("unknown-key.json"), QStringLiteral("broken.json"), QStringLiteral("nothing"), QStringLiteral("not-there")}) {
            driver.window->openPath(path(name));
            QTRY_VERIFY2(strip->isVisible(), qPrintable(name));
            QVERIFY(!driver.text("messageText").isEmpty());
            driver.click("messageClose");
        }
        write(QStringLiteral("picture.png"), "text");
        drop(*driver.window, path(QStringLiteral("picture.png"))); // no network yet
        QTRY_VERIFY(strip->isVisible());
        open(driver);
        QCOMPARE(driver.window->currentPage(), QStringLiteral("data"));
    }

    void augmentationIsPreviewedByTheLoadersFunction()
    {
        WindowDriver driver(path(QStringLiteral("home")));
        open(driver);
        driver.key(Qt::Key_2, Qt::ControlModifier);
        auto* grid = driver.find<PreviewGrid>("augmentGrid");
        QTRY_COMPARE(grid->tiles().size(), std::size_t{12});
        QTRY_COMPARE(grid->tiles()[0].image, grid->tiles()[5].image); // nothing is switched on
        driver.type("augmentation.rotation_range", QStringLiteral("40"));
        QCOMPARE(driver.session->experiment().augmentation.rotationRange, 40.0);
        QTRY_VERIFY(grid->tiles()[0].image != grid->tiles()[5].image);
        QVERIFY(grid->tiles()[0].caption.contains(QStringLiteral("°")));
        const QImage before = grid->tiles()[0].image;
        QTest::keyClick(driver.find<QWidget>("augmentPage"), Qt::Key_R);
        QTRY_VERIFY(grid->tiles()[0].image != before);
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(driver.session->experiment().augmentation.rotationRange, 0.0);
        auto* presets = driver.find<QComboBox>("augmentPresets");
        presets->setCurrentText(QStringLiteral("Chapter 7 notebook, 7.1.1"));
        Q_EMIT presets->activated(presets->currentIndex());
        QCOMPARE(driver.session->experiment().augmentation.shearRange, 5.0);
        QCOMPARE(driver.session->experiment().augmentation.fillMode, FillMode::Reflect);
        QCOMPARE(presets->currentText(), QStringLiteral("Chapter 7 notebook, 7.1.1"));
    }

    void anImpossibleNetworkIsMarkedAtItsLayer()
    {
        WindowDriver driver(path(QStringLiteral("home")));
        open(driver);
        driver.key(Qt::Key_3, Qt::ControlModifier);
        driver.type("data.image_size", QStringLiteral("32"));
        driver.type("data.image_size[1]", QStringLiteral("32"));
        driver.type("model.options.filters", QStringLiteral("8, 8, 8, 8, 8, 8, 8"));
        const auto* fault = driver.find<QWidget>("networkFault");
        QVERIFY(fault->isVisible());
        QVERIFY(driver.text("networkFault").contains(QStringLiteral("max_pooling2d")));
        driver.type("model.options.filters", QStringLiteral("8, many"));
        QVERIFY(fault->isVisible());
        driver.type("model.options.filters", QStringLiteral("8, 16"));
        QVERIFY(!fault->isVisible());
        QVERIFY(driver.find<QTableView>("layerTable")->model()->rowCount() > 6);
        const auto& cards = zoo();
        driver.clickRow("zooCards", static_cast<int>(std::ranges::find(cards, "resnet18", &ZooEntry::name) - cards.begin()));
        QCOMPARE(driver.session->experiment().model.name, std::string("resnet18"));
        QVERIFY(driver.text("networkSummary").contains(QStringLiteral("11,179,077"))); // torchvision's count for 5 classes
    }

    void problemsStandBesideTheirFields()
    {
        WindowDriver driver(path(QStringLiteral("home")));
        open(driver);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        QVERIFY(driver.find<QPushButton>("pageTrainButton")->isEnabled());
        driver.type("training.optimizer.learning_rate", QStringLiteral("-1"));
        const auto* note = driver.find<QLabel>("training.optimizer.learning_rate note");
        QVERIFY(note->isVisible() && !note->text().isEmpty() && note->property("bad").toBool());
        QVERIFY(!driver.find<QPushButton>("pageTrainButton")->isEnabled());
        QCOMPARE(driver.find<RailButton>("rail-train")->badge(), Page::Badge::Attention);
        driver.click("primaryButton"); // says why instead of starting
        QCOMPARE(driver.session->runState(), RunState::Idle);
        QVERIFY(driver.find<QWidget>("messageStrip")->isVisible());
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(!note->property("bad").toBool());
        QVERIFY(driver.find<QPushButton>("pageTrainButton")->isEnabled());
        QTest::mouseClick(driver.find<QCheckBox>("training.early_stopping on"), Qt::LeftButton, {}, QPoint(8, driver.find<QCheckBox>("training.early_stopping on")->height() / 2));
        QVERIFY(driver.session->experiment().training.earlyStopping.has_value());
        QVERIFY(driver.find<QSpinBox>("training.early_stopping.patience")->isVisibleTo(driver.window.get()));
    }

    void theWindowRemembersItsPlaces()
    {
        const QString home = path(QStringLiteral("home-kept"));
        {
            WindowDriver driver(home);
            QCOMPARE(driver.window->currentPage(), QStringLiteral("start"));
            open(driver);
            driver.key(Qt::Key_4, Qt::ControlModifier);
            driver.type("training.epochs", QStringLiteral("17"));
            driver.key(Qt::Key_3, Qt::ControlModifier);
            QVERIFY(driver.window->close());
        }
        {
            WindowDriver driver(home);
            QTRY_VERIFY_WITH_TIMEOUT(driver.session->dataset(), 20000);
            QTRY_COMPARE(driver.window->currentPage(), QStringLiteral("network"));
            QCOMPARE(driver.session->experiment().training.epochs, 17);
        }
        QVERIFY(QDir(path(QStringLiteral("toys"))).exists());
        QVERIFY(QFile::rename(path(QStringLiteral("toys")), path(QStringLiteral("toys-away"))));
        {
            WindowDriver driver(home); // the images are gone: no question, no error
            QTest::qWait(50);
            QVERIFY(!driver.session->isOpeningData());
            QVERIFY(!driver.find<QWidget>("messageStrip")->isVisible());
            QCOMPARE(driver.window->findChildren<QToolButton*>(QStringLiteral("recentFolder")).size(), 0);
        }
        QVERIFY(QFile::rename(path(QStringLiteral("toys-away")), path(QStringLiteral("toys"))));
        WindowDriver driver(home);
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->dataset(), 20000);
        driver.window->showPage(QStringLiteral("start"));
        const auto recent = driver.window->findChildren<QToolButton*>(QStringLiteral("recentFolder"));
        QCOMPARE(recent.size(), 1);
        QSignalSpy opened(driver.session.get(), &Session::dataOpened);
        QTest::mouseClick(recent.first(), Qt::LeftButton);
        QVERIFY(opened.wait(20000));
    }

    void theToySetIsDrawnAndOpened()
    {
        WindowDriver driver(path(QStringLiteral("home-toys")));
        QSignalSpy opened(driver.session.get(), &Session::dataOpened);
        driver.click("startToys");
        QVERIFY(opened.wait(60000));
        QCOMPARE(driver.window->currentPage(), QStringLiteral("data"));
        QCOMPARE(driver.session->dataset()->count(Subset::Train), std::size_t{500});
        QVERIFY(driver.session->experimentProblems().empty());
    }

    void anExperimentOfTheTextsOpensWithItsSettings()
    {
        WindowDriver driver(path(QStringLiteral("home-preset")));
        auto* menu = driver.window->findChild<QMenu*>(QStringLiteral("presetMenu"));
        QVERIFY(menu);
        QCOMPARE(menu->actions().size(), static_cast<int>(presets().size()));
        auto* action = driver.window->findChild<QAction*>(QStringLiteral("fruit-vgg16"));
        QVERIFY(action);
        prompts().openFolder = [this](QWidget*, const QString&, const QString&) { return path(QStringLiteral("toys")); };
        QSignalSpy opened(driver.session.get(), &Session::dataOpened);
        action->trigger();
        QVERIFY(opened.wait(20000));
        QCOMPARE(driver.window->currentPage(), QStringLiteral("network"));
        const Experiment& experiment = driver.session->experiment();
        QCOMPARE(QString::fromStdString(experiment.model.name), QStringLiteral("vgg16"));
        QCOMPARE(QString::fromStdString(experiment.data.path), path(QStringLiteral("toys")));
        QCOMPARE(experiment.training.epochs, 10);
        const auto* facts = driver.window->findChild<QLabel*>(QStringLiteral("weightFacts"));
        QVERIFY2(facts->text().contains(QStringLiteral("BSD-3-Clause")) && facts->text().contains(QStringLiteral("weights fetch vgg16.tv_in1k")), qPrintable(facts->text()));
    }

    void publicWeightsBringTheirPixelValues()
    {
        WindowDriver driver(path(QStringLiteral("home-weights")));
        open(driver);
        Experiment experiment = driver.session->experiment();
        experiment.model = ModelSettings{};
        experiment.model.name = "tf_efficientnet_lite0";
        driver.session->setExperiment(std::move(experiment));
        driver.key(Qt::Key_3, Qt::ControlModifier);
        auto* source = driver.window->findChild<QComboBox*>(QStringLiteral("model.weights.source"));
        QVERIFY(source);
        source->setCurrentIndex(1);
        QCOMPARE(QString::fromStdString(driver.session->experiment().model.weights), QStringLiteral("tf_efficientnet_lite0.in1k"));
        QCOMPARE(driver.session->experiment().normalization.preset, NormalizationSettings::Preset::Half);
        QCOMPARE(driver.session->experiment().data.interpolation, Interpolation::Bicubic);
    }

    void settingsAreSavedAndOpenedAsAFile()
    {
        WindowDriver driver(path(QStringLiteral("home")));
        open(driver);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.type("training.epochs", QStringLiteral("17"));
        prompts().saveFile = [this](QWidget*, const QString&, const QString&, const QString&) { return path(QStringLiteral("saved.json")); };
        driver.key(Qt::Key_S, Qt::ControlModifier);
        driver.type("training.epochs", QStringLiteral("3"));
        QSignalSpy opened(driver.session.get(), &Session::dataOpened);
        drop(*driver.window, path(QStringLiteral("saved.json")));
        QCOMPARE(driver.session->experiment().training.epochs, 17);
        QVERIFY(opened.wait(20000));
        QCOMPARE(driver.window->currentPage(), QStringLiteral("train"));
    }

    void theKeysAreListed()
    {
        WindowDriver driver(path(QStringLiteral("home")));
        driver.key(Qt::Key_Question);
        QVERIFY(driver.window->findChild<QDialog*>(QStringLiteral("keysDialog")));
    }
};

QTEST_MAIN(PagesTest)
#include "tst_Pages.moc"
#include "zoo/Zoo.h"
