// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QLabel>
#include <QListView>
#include <QListWidget>
#include <QMenu>
#include <QSlider>
#include <QSpinBox>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>

#include "HttpServer.h"
#include "PageTest.h"
#include "Test.h"
#include "experiment/PresetTables.h"
#include "experiment/Presets.h"
#include "store/Safetensors.h"
#include "support/Files.h"
#include "widgets/PreviewGrid.h"
#include "widgets/Prompts.h"
#include "window/Rail.h"
#include "zoo/Hub.h"
#include "zoo/Zoo.h"

using namespace sightline;
using namespace sightline::ui;

/// The pages in the real window, as far as they need no engine.
class PagesTest : public PageTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 6, 2, 32)); }

    void everyControlHasANameForScreenReaders() {
        WindowDriver driver(path(QStringLiteral("home")));
        open(driver);
        QStringList nameless;
        for (const auto* widget : driver.window->findChildren<QWidget*>()) {
            const bool control =
                qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QComboBox*>(widget) ||
                qobject_cast<const QAbstractSpinBox*>(widget) || qobject_cast<const QSlider*>(widget) ||
                qobject_cast<const QAbstractItemView*>(widget) || qobject_cast<const QLineEdit*>(widget);
            const bool part = widget->objectName().startsWith(QLatin1String("qt_")) ||
                              qobject_cast<const QAbstractSpinBox*>(widget->parent()) ||
                              qobject_cast<const QComboBox*>(widget->parent()) ||
                              widget->inherits("QComboBoxPrivateContainer") || widget->inherits("QComboBoxListView") ||
                              widget->inherits("QTableCornerButton") || widget->inherits("QHeaderView") ||
                              widget->inherits("QLineEditIconButton");
            const auto* button = qobject_cast<const QAbstractButton*>(widget);
            const bool named = !widget->accessibleName().isEmpty() || (button && !button->text().isEmpty());
            if (control && !part && (!named || widget->objectName().isEmpty()))
                nameless << QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ') +
                                widget->objectName();
        }
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral(", "))));
    }

    void theFirstFrameNeedsNoTorch() {
        WindowDriver driver(path(QStringLiteral("home")));
        QFile maps(QStringLiteral("/proc/self/maps"));
        QVERIFY(maps.open(QIODevice::ReadOnly));
        const QByteArray loaded = maps.readAll();
        QVERIFY(loaded.contains("libsightline_base"));
        QVERIFY(!loaded.contains("libtorch"));
    }

    void oneClassOnlyIsSaidBeforeTraining() {
        QVERIFY(drawFewToys(path(QStringLiteral("two")), 3, 1, 24));
        QVERIFY(QDir(path(QStringLiteral("two/train"))).rename(QStringLiteral("car"), QStringLiteral("../one")));
        QVERIFY(QDir().mkpath(path(QStringLiteral("single"))));
        QVERIFY(QDir().rename(path(QStringLiteral("two/one")), path(QStringLiteral("single/car"))));
        WindowDriver driver(path(QStringLiteral("home")));
        open(driver, QStringLiteral("single"));
        driver.key(Qt::Key_4, Qt::ControlModifier);
        QVERIFY(!driver.find<QPushButton>("pageTrainButton")->isEnabled());
        QVERIFY(driver.find<QLabel>("otherProblems")->isVisible());
        QVERIFY(driver.text("otherProblems").contains(QStringLiteral("Images: has only one class"))); // not data.path
        open(driver, QStringLiteral("two")); // test/car has no class in train
        driver.key(Qt::Key_1, Qt::ControlModifier);
        QTRY_VERIFY(driver.find<QListView>("problemList")->model()->rowCount() > 0);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        QTRY_VERIFY(driver.find<QPushButton>("pageTrainButton")->isEnabled());
    }

    void augmentationIsPreviewedByTheLoadersFunction() {
        WindowDriver driver(path(QStringLiteral("home")));
        open(driver);
        driver.key(Qt::Key_2, Qt::ControlModifier);
        auto* grid = driver.find<PreviewGrid>("augmentGrid");
        QTRY_COMPARE(grid->tiles().size(), std::size_t{12});
        QTRY_COMPARE(grid->tiles()[0].image, grid->tiles()[5].image); // nothing is switched on
        driver.type("augmentation.rotation_range", QStringLiteral("40"));
        QCOMPARE(driver.session->document().experiment().augmentation.rotationRange, 40.0);
        QTRY_VERIFY(grid->tiles()[0].image != grid->tiles()[5].image);
        QVERIFY(grid->tiles()[0].caption.contains(QStringLiteral("°")));
        const QImage before = grid->tiles()[0].image;
        QTest::keyClick(driver.find<QWidget>("augmentPage"), Qt::Key_R);
        QTRY_VERIFY(grid->tiles()[0].image != before);
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(driver.session->document().experiment().augmentation.rotationRange, 0.0);
        auto* presets = driver.find<QComboBox>("augmentPresets");
        presets->setCurrentText(QStringLiteral("Chapter 7 notebook, 7.1.1"));
        Q_EMIT presets->activated(presets->currentIndex());
        QCOMPARE(driver.session->document().experiment().augmentation.shearRange, 5.0);
        QTRY_VERIFY(grid->tiles()[0].caption.contains(QStringLiteral("shear\u00a0"))); // in one line with its value
        QCOMPARE(driver.session->document().experiment().augmentation.fillMode, FillMode::Reflect);
        QCOMPARE(presets->currentText(), QStringLiteral("Chapter 7 notebook, 7.1.1"));
    }

    void whatCannotBeAskedYetIsNotOffered() {
        WindowDriver driver(path(QStringLiteral("home-unasked")));
        open(driver);
        driver.key(Qt::Key_5, Qt::ControlModifier);
        QVERIFY(!driver.find<QWidget>("openExplain")->isEnabled());
        QVERIFY(!driver.find<QWidget>("evaluationScore")->isVisible());
        driver.key(Qt::Key_6, Qt::ControlModifier); // there are images, but no network
        for (const char* arrow : {"previousExplained", "nextExplained"})
            QVERIFY(!driver.find<QWidget>(arrow)->isEnabled());
    }

    void anImpossibleNetworkIsMarkedAtItsLayer() {
        WindowDriver driver(path(QStringLiteral("home")));
        open(driver);
        driver.key(Qt::Key_3, Qt::ControlModifier);
        MainWindow second(*driver.session); // images are there before the window is
        second.resize(1280, 720);
        second.show();
        second.showPage(QStringLiteral("network"));
        const auto* list = second.findChild<QListWidget*>(QStringLiteral("zooCards"));
        for (int i = 0; i < list->count(); ++i)
            QVERIFY2(list->visualItemRect(list->item(i)).height() > 2 * list->fontMetrics().height() + 20,
                     qPrintable(list->item(i)->text()));
        QVERIFY(second.findChild<QTableView*>(QStringLiteral("layerTable"))->isColumnHidden(1));
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
        driver.clickRow("zooCards",
                        static_cast<int>(std::ranges::find(cards, "resnet18", &ZooEntry::name) - cards.begin()));
        QCOMPARE(driver.session->document().experiment().model.name, std::string("resnet18"));
        QVERIFY(
            driver.text("networkSummary").contains(QStringLiteral("11,179,077"))); // torchvision's count for 5 classes
    }

    void problemsStandBesideTheirFields() {
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
        QCOMPARE(driver.session->runs().state(), RunState::Idle);
        QVERIFY(driver.find<QWidget>("messageStrip")->isVisible());
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(!note->property("bad").toBool());
        QVERIFY(driver.find<QPushButton>("pageTrainButton")->isEnabled());
        QTest::mouseClick(driver.find<QCheckBox>("training.early_stopping on"), Qt::LeftButton, {},
                          QPoint(8, driver.find<QCheckBox>("training.early_stopping on")->height() / 2));
        QVERIFY(driver.session->document().experiment().training.earlyStopping.has_value());
        QVERIFY(driver.find<QSpinBox>("training.early_stopping.patience")->isVisibleTo(driver.window.get()));
    }

    void theWindowRemembersItsPlaces() {
        const QString home = path(QStringLiteral("home-kept"));
        {
            WindowDriver driver(home);
            QCOMPARE(driver.window->currentPage(), QStringLiteral("start"));
            const auto* primary = driver.find<QPushButton>("primaryButton"); // what a person would do now
            QCOMPARE(primary->text(), QStringLiteral("Open images…"));
            const QString toys = path(QStringLiteral("toys"));
            prompts().openFolder = [toys](QWidget*, const QString&, const QString&) { return toys; };
            QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
            driver.click("primaryButton");
            QVERIFY(opened.wait(20000));
            QCOMPARE(primary->text(), QStringLiteral("Train"));
            driver.key(Qt::Key_4, Qt::ControlModifier);
            driver.type("training.epochs", QStringLiteral("17"));
            driver.key(Qt::Key_3, Qt::ControlModifier);
            QVERIFY(driver.window->close());
        }
        {
            WindowDriver driver(home);
            QTRY_VERIFY_WITH_TIMEOUT(driver.session->data().dataset(), 20000);
            QTRY_COMPARE(driver.window->currentPage(), QStringLiteral("network"));
            QCOMPARE(driver.session->document().experiment().training.epochs, 17);
        }
        QVERIFY(QDir(path(QStringLiteral("toys"))).exists());
        QVERIFY(QFile::rename(path(QStringLiteral("toys")), path(QStringLiteral("toys-away"))));
        {
            WindowDriver driver(home); // the images are gone: no question, no error
            QCoreApplication::processEvents();
            QVERIFY(!driver.session->data().isOpening());
            QVERIFY(!driver.find<QWidget>("messageStrip")->isVisible());
            QCOMPARE(driver.window->findChildren<QToolButton*>(QStringLiteral("recentFolder")).size(), 0);
        }
        QVERIFY(QFile::rename(path(QStringLiteral("toys-away")), path(QStringLiteral("toys"))));
        WindowDriver driver(home);
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->data().dataset(), 20000);
        driver.window->showPage(QStringLiteral("start"));
        const auto recent = driver.window->findChildren<QToolButton*>(QStringLiteral("recentFolder"));
        QCOMPARE(recent.size(), 1);
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        QTest::mouseClick(recent.first(), Qt::LeftButton);
        QVERIFY(opened.wait(20000));
    }

    void theToySetIsDrawnAndOpened() {
        WindowDriver driver(path(QStringLiteral("home-toys")));
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.click("startToys");
        QVERIFY(opened.wait(60000));
        QCOMPARE(driver.window->currentPage(), QStringLiteral("data"));
        QCOMPARE(driver.session->data().dataset()->count(Subset::Train), std::size_t{500});
        QVERIFY(driver.session->document().problems().empty());
    }

    void anExperimentOfTheTextsOpensWithItsSettings() {
        WindowDriver driver(path(QStringLiteral("home-preset")));
        auto* menu = driver.window->findChild<QMenu*>(QStringLiteral("presetMenu"));
        QVERIFY(menu);
        const QList<QAction*> actions = menu->actions();
        QCOMPARE(std::count_if(actions.begin(), actions.end(),
                               [](const QAction* offered) { return !offered->isSeparator(); }),
                 static_cast<std::ptrdiff_t>(presets().size() + presetTables().size()));
        auto* action = driver.window->findChild<QAction*>(QStringLiteral("fruit-vgg16"));
        QVERIFY(action);
        prompts().openFolder = [this](QWidget*, const QString&, const QString&) {
            return path(QStringLiteral("toys"));
        };
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        action->trigger();
        QVERIFY(opened.wait(20000));
        QCOMPARE(driver.window->currentPage(), QStringLiteral("network"));
        const Experiment& experiment = driver.session->document().experiment();
        QCOMPARE(QString::fromStdString(experiment.model.name), QStringLiteral("vgg16"));
        QCOMPARE(QString::fromStdString(experiment.data.path), path(QStringLiteral("toys")));
        QCOMPARE(experiment.training.epochs, 10);
        QVERIFY(action->toolTip().contains(QStringLiteral("The text mixes two"))); // what differs from the text is said
        QTRY_COMPARE(driver.text("messageText"), action->toolTip());
        const QString facts = driver.text("weightFacts");
        QVERIFY2(facts.contains(QStringLiteral("BSD-3-Clause")) && facts.contains(QStringLiteral("Not downloaded yet")),
                 qPrintable(facts));
        QVERIFY(driver.find<QPushButton>("fetchWeights")->text().startsWith(QStringLiteral("Download 5")));
    }

    void publicWeightsBringTheirPixelValues() {
        WindowDriver driver(path(QStringLiteral("home-weights")));
        open(driver);
        Experiment experiment = driver.session->document().experiment();
        experiment.model = ModelSettings{};
        experiment.model.name = "tf_efficientnet_lite0";
        driver.session->document().setExperiment(std::move(experiment));
        driver.key(Qt::Key_3, Qt::ControlModifier);
        auto* source = driver.window->findChild<QComboBox*>(QStringLiteral("model.weights.source"));
        QVERIFY(source);
        source->setCurrentIndex(1);
        QCOMPARE(QString::fromStdString(driver.session->document().experiment().model.weights),
                 QStringLiteral("tf_efficientnet_lite0.in1k"));
        QCOMPARE(driver.session->document().experiment().normalization.preset, NormalizationSettings::Preset::Half);
        QCOMPARE(driver.session->document().experiment().data.interpolation, Interpolation::Bicubic);
    }

    void publicWeightsAreDownloadedByAButton() {
        ZooRequest request{224, 224, 3, 1000, Json::object()};
        const auto spec = buildFromZoo("mobilenet_v3_small", request);
        const auto cost = shapes(*spec);
        std::vector<std::vector<float>> values;
        std::vector<TensorToWrite> tensors;
        for (const TensorSpec& tensor : tensorsOf(*spec, *cost)) {
            std::size_t count = 1;
            for (const auto extent : tensor.shape)
                count *= static_cast<std::size_t>(extent);
            values.emplace_back(count, 0.5f);
            tensors.push_back({tensor.name, tensor.shape, values.back()});
        }
        const std::string file = path(QStringLiteral("hub.safetensors")).toStdString();
        QVERIFY(writeSafetensors(file, tensors));
        const std::string body = *readFile(file);
        bool there = false;
        HttpServer server([&](const HttpAsked& asked) { there ? asked.serve(body) : asked.status("404 Not Found"); });
        qputenv("HF_ENDPOINT", server.url("").c_str());
        WindowDriver driver(path(QStringLiteral("home-fetch")));
        open(driver);
        Experiment experiment = driver.session->document().experiment();
        experiment.model = ModelSettings{};
        experiment.model.name = "mobilenet_v3_small";
        experiment.model.weights = std::ranges::find(hubWeights(), "mobilenet_v3_small", &HubWeights::network)->name;
        driver.session->document().setExperiment(std::move(experiment));
        driver.key(Qt::Key_3, Qt::ControlModifier);
        auto* fetch = driver.find<QPushButton>("fetchWeights");
        QVERIFY(fetch->isVisible());
        const auto source = [&] {
            return driver.window->findChild<QComboBox*>(QStringLiteral("model.weights.source"))->currentText();
        };
        QVERIFY(source().endsWith(QStringLiteral("(download)")));
        QSignalSpy failed(&driver.session->weights(), &WeightsDesk::failed);
        driver.click("fetchWeights");
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, 30000);
        QVERIFY2(driver.text("messageText").contains(QStringLiteral("404")), qPrintable(driver.text("messageText")));
        QVERIFY(fetch->isVisible() && fetch->text().startsWith(QStringLiteral("Download")));
        there = true;
        driver.click("fetchWeights");
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("weightFacts").contains(QStringLiteral("start from random values")),
                                 30000);
        QVERIFY(!fetch->isVisible());
        QCOMPARE(source().toStdString(), driver.session->document().experiment().model.weights); // held now
        qunsetenv("HF_ENDPOINT");
    }

    void settingsAreSavedAndOpenedAsAFile() {
        WindowDriver driver(path(QStringLiteral("home")));
        open(driver);
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.type("training.epochs", QStringLiteral("17"));
        prompts().saveFile = [this](QWidget*, const QString&, const QString&, const QString&) {
            return path(QStringLiteral("saved.json"));
        };
        driver.key(Qt::Key_S, Qt::ControlModifier);
        driver.type("training.epochs", QStringLiteral("3"));
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.drop(path(QStringLiteral("saved.json")));
        QCOMPARE(driver.session->document().experiment().training.epochs, 17);
        QVERIFY(opened.wait(20000));
        QCOMPARE(driver.window->currentPage(), QStringLiteral("train"));
    }

    void theKeysAreListed() {
        WindowDriver driver(path(QStringLiteral("home")));
        driver.key(Qt::Key_Question);
        QVERIFY(driver.window->findChild<QDialog*>(QStringLiteral("keysDialog")));
    }
};

QTEST_MAIN(PagesTest)
#include "tst_Pages.moc"
