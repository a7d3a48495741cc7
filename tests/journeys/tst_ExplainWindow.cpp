// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDir>
#include <QImage>
#include <QLabel>
#include <QListView>
#include <QProgressBar>
#include <QSlider>
#include <QTabBar>

#include <algorithm>

#include "store/LearningFile.h"
#include "ui/PageTest.h"
#include "widgets/ExampleGrid.h"
#include "widgets/ImageView.h"
#include "widgets/LayerStrip.h"
#include "widgets/PaintView.h"
#include "widgets/Prompts.h"
#include "widgets/WipeView.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 60000;
}

/// Every way to ask about an image, by mouse and keys in the real window with the real engine and trained runs.
class ExplainWindowJourney : public PageTest {
    Q_OBJECT
    std::string m_first, m_second; ///< folders of two quick runs

    std::string train(int epochs, const QString& images = QStringLiteral("toys")) const {
        TrainRequest request;
        request.home = path(QStringLiteral("home-") + images).toStdString();
        request.experiment.name = epochs == 3 ? "longer" : "shorter";
        request.experiment.data.path = path(images).toStdString();
        request.experiment.data.imageHeight = request.experiment.data.imageWidth = 48;
        request.experiment.training.epochs = epochs;
        request.experiment.training.batchSize = 8;
        TrainControl control;
        return (*loadEngine())->train(request, {}, control, [](const TrainEvent&) {}).folder;
    }
    /// With the shorter run in view and its first test image explained.
    std::unique_ptr<WindowDriver> explained() const { return explained(m_first, QStringLiteral("toys")); }
    std::unique_ptr<WindowDriver> explained(const std::string& run, const QString& images) const {
        auto driver = std::make_unique<WindowDriver>(path(QStringLiteral("home-") + images));
        driver->window->resize(1280, 720);
        driver->window->openPath(QString::fromStdString(run));
        [&] {
            QTRY_VERIFY_WITH_TIMEOUT(driver->session->runs().run() && driver->session->data().dataset(), kLong);
            driver->key(Qt::Key_6, Qt::ControlModifier);
            driver->click("nextExplained");
            QTRY_VERIFY_WITH_TIMEOUT(driver->session->questions().answer() != nullptr, kLong);
        }();
        return driver;
    }
    static void showTab(const WindowDriver& driver, const QString& title) {
        auto* bar = driver.find<QTabBar>("explainTabBar");
        for (int i = 0; i < bar->count(); ++i)
            if (bar->tabText(i) == title)
                QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(i).center());
        QCOMPARE(bar->tabText(bar->currentIndex()), title);
    }
    static void choose(const WindowDriver& driver, const char* box, int index) {
        auto* combo = driver.find<QComboBox>(box);
        combo->setCurrentIndex(index);
        Q_EMIT combo->activated(index); // as a choice from the list does
    }
    static void clickLayer(const WindowDriver& driver, const char* strip, const std::string& id) {
        auto* layers = driver.find<LayerStrip>(strip);
        QTest::mouseClick(layers, Qt::LeftButton, {}, layers->blockRect(QString::fromStdString(id)).center());
        QCOMPARE(layers->current().toStdString(), id);
    }
    static const Node& firstConvolution(const GraphSpec& graph) {
        return *std::find_if(graph.nodes.begin(), graph.nodes.end(),
                             [](const Node& node) { return node.op == Op::Conv2d; });
    }
    /// So many classes with long names, an image of each in every split.
    bool drawManyClasses(const QString& folder, int classes) const {
        bool whole = true;
        for (int i = 0; i < classes; ++i)
            for (const char* split : {"train", "val", "test"}) {
                QDir place(path(folder));
                const QString name = QStringLiteral("%1/Lepidoptera, Nymphalidae, a species of number %2")
                                         .arg(QLatin1String(split))
                                         .arg(i);
                whole = place.mkpath(name) && whole;
                QImage image(48, 48, QImage::Format_RGB32);
                for (int y = 0; y < 48; ++y)
                    for (int x = 0; x < 48; ++x)
                        image.setPixel(x, y, qRgb((x * (i + 3)) % 256, (y * (i + 5)) % 256, (x * y + i) % 256));
                const QString file =
                    QStringLiteral("%1/a rather long name of a photograph %2.png").arg(place.filePath(name)).arg(i);
                whole = image.save(file) && whole;
            }
        return whole;
    }
    /// Saves by a button; the file is the picture with what is known of it.
    QImage saved(const WindowDriver& driver, const char* button) const {
        const QString file = path(QLatin1String(button) + QStringLiteral(".png"));
        prompts().saveFile = [file](auto&&...) { return file; };
        driver.click(button);
        return QImage(file);
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(drawFewToys(path(QStringLiteral("toys"))));
        m_first = train(2);
        m_second = train(3);
        QVERIFY(!m_first.empty() && !m_second.empty());
    }

    void everyMethodAnswersAndItsMapIsPutToTheTest() {
        const auto driver = explained();
        auto* methods = driver->find<QComboBox>("explainMethod");
        const Questions& questions = driver->session->questions();
        for (int i = 1; i < methods->count(); ++i) {
            const auto before = questions.answer();
            choose(*driver, "explainMethod", i);
            QTRY_VERIFY_WITH_TIMEOUT(questions.answer() != before, kLong);
            const auto method = static_cast<HeatMapMethod>(methods->currentData().toInt());
            QCOMPARE(questions.answer()->explanation.method, std::string(nameOf(method)));
            QCOMPARE(driver->find<LayerStrip>("mapLayers")->isEnabled(), hasLayer(method));
            QCOMPARE(driver->find<QWidget>("explainColors")->isEnabled(), !isSigned(method));
        }
        QVERIFY(!driver->find<QWidget>("mapProgress")->isVisible());
        choose(*driver, "explainMethod", 0);
        QTRY_VERIFY_WITH_TIMEOUT(questions.answer()->settings.method == HeatMapMethod::GradCam, kLong);
        const std::string layer = firstConvolution(driver->session->runs().run()->graph).id;
        clickLayer(*driver, "mapLayers", layer);
        QTRY_COMPARE_WITH_TIMEOUT(questions.answer()->explanation.layer, layer, kLong);
        QTRY_VERIFY_WITH_TIMEOUT(driver->text("trustWords").contains(QStringLiteral("Hiding the hottest fifth")) ||
                                     driver->text("trustWords").contains(QStringLiteral("empty map")),
                                 kLong);
        const QImage picture = saved(*driver, "saveOverlay");
        QVERIFY(!picture.isNull());
        QVERIFY(picture.text(QStringLiteral("Title")).startsWith(questions.answer()->title));
        QCOMPARE(picture.text(QStringLiteral("Method")), QStringLiteral("Grad-CAM"));
        QCOMPARE(picture.text(QStringLiteral("Layer")).toStdString(), layer);
        QCOMPARE(picture.text(QStringLiteral("Target")).toStdString(), questions.answer()->explanation.target);
        QCOMPARE(picture.text(QStringLiteral("Run")).toStdString(), std::filesystem::path(m_first).filename().string());
    }

    void aLayerIsLookedInto() {
        const auto driver = explained();
        showTab(*driver, QStringLiteral("Activations"));
        const auto* tiles = driver->find<QListView>("activationTiles")->model();
        QTRY_VERIFY_WITH_TIMEOUT(tiles->rowCount() > 0, kLong);
        const GraphSpec& graph = driver->session->runs().run()->graph;
        const Node& first = firstConvolution(graph);
        const auto at = static_cast<std::size_t>(&first - graph.nodes.data());
        const auto channels = static_cast<int>(shapes(graph)->nodes[at].output[0]);
        clickLayer(*driver, "activationLayers", first.id);
        QTRY_COMPARE_WITH_TIMEOUT(tiles->rowCount(), channels, kLong);
        const QImage before = driver->find<ImageView>("activationEnlarged")->image();
        driver->clickRow("activationTiles", 1);
        QVERIFY(driver->find<ImageView>("activationEnlarged")->image() != before);
        driver->click("findExamples");
        auto* examples = driver->find<ExampleGrid>("channelExamples");
        QTRY_COMPARE_WITH_TIMEOUT(examples->shown().size(), std::size_t{9}, kLong);
        const auto answer = driver->session->questions().answer();
        QTest::mouseClick(examples, Qt::LeftButton, {}, examples->cellRect(4).center());
        QTRY_VERIFY_WITH_TIMEOUT(driver->session->questions().answer() != answer, kLong);

        showTab(*driver, QStringLiteral("Filters")); // the same layer
        QCOMPARE(driver->find<LayerStrip>("filterLayers")->current().toStdString(), first.id);
        driver->type("filterSteps", QStringLiteral("3"));
        driver->click("drawFilters");
        const auto* patterns = driver->find<QListView>("filterTiles")->model();
        QTRY_COMPARE_WITH_TIMEOUT(patterns->rowCount(), channels, kLong);
        driver->click("showKernels");
        QTRY_VERIFY_WITH_TIMEOUT(driver->text("filterWords").contains(QStringLiteral("weights")), kLong);
        QCOMPARE(patterns->rowCount(), channels);
    }

    /// Scores have no places: each of them is a channel, of a map nothing is to be seen.
    void aLayerWithoutPlacesHasChannelsButNoMap() {
        const auto driver = explained();
        const GraphSpec& graph = driver->session->runs().run()->graph;
        const auto cost = shapes(graph);
        std::size_t at = graph.nodes.size() - 1;
        while (cost->nodes[at].output.size() != 1)
            --at;
        const std::string id = graph.nodes[at].id;
        QVERIFY(driver->find<LayerStrip>("mapLayers")->blockRect(QString::fromStdString(id)).isEmpty());
        QCOMPARE(driver->find<QComboBox>("explainLayer")->findData(QString::fromStdString(id)), -1);
        showTab(*driver, QStringLiteral("Filters"));
        auto* strip = driver->find<LayerStrip>("filterLayers");
        if (strip->blockRect(QString::fromStdString(id)).isEmpty())
            return; // not offered here either
        clickLayer(*driver, "filterLayers", id);
        driver->type("filterSteps", QStringLiteral("2"));
        driver->click("drawFilters");
        QTRY_COMPARE_WITH_TIMEOUT(driver->find<QListView>("filterTiles")->model()->rowCount(),
                                  static_cast<int>(cost->nodes[at].output[0]), kLong);
    }

    void theImageIsPaintedOverAndMadeWorse() {
        const auto driver = explained();
        showTab(*driver, QStringLiteral("Occlusion"));
        auto* paint = driver->find<PaintView>("paintView");
        const QImage before = paint->image();
        const QPoint middle = paint->imageRect().center();
        QTest::mousePress(paint, Qt::LeftButton, {}, middle - QPoint(40, 0));
        QTest::mouseMove(paint, middle);
        QTest::mouseMove(paint, middle + QPoint(40, 20));
        QTest::mouseRelease(paint, Qt::LeftButton, {}, middle + QPoint(40, 20));
        QTRY_VERIFY_WITH_TIMEOUT(driver->text("occlusionWords").contains(QStringLiteral("%")), kLong);
        QTRY_VERIFY_WITH_TIMEOUT(paint->image() != before, kLong);
        const QImage picture = saved(*driver, "savePainted");
        QVERIFY(!picture.isNull() && !picture.text(QStringLiteral("Paint")).isEmpty());
        driver->click("undoPaint");
        QTRY_COMPARE_WITH_TIMEOUT(paint->image(), before, kLong);
        QVERIFY(driver->text("occlusionWords").isEmpty());
        showTab(*driver, QStringLiteral("Robustness"));
        auto* slider = driver->find<QSlider>("corrupt-rotation");
        slider->setFocus();
        QTest::keyClick(slider, Qt::Key_PageUp);
        QTRY_VERIFY_WITH_TIMEOUT(driver->text("robustnessWords").contains(QStringLiteral("%")), kLong);
        driver->click("resetRobustness");
        QVERIFY(driver->text("robustnessWords").isEmpty());
    }

    void twoRunsAreComparedByOneImageAndByAll() {
        const auto driver = explained();
        showTab(*driver, QStringLiteral("Compare"));
        auto* runs = driver->find<QComboBox>("compareRun");
        QTRY_COMPARE_WITH_TIMEOUT(runs->count(), 2, kLong);
        QCOMPARE(runs->itemText(1), QStringLiteral("longer"));
        choose(*driver, "compareRun", 1);
        QTRY_VERIFY_WITH_TIMEOUT(!driver->find<ImageView>("compareRight")->image().isNull(), kLong);
        QVERIFY(!driver->text("compareOtherVerdict").isEmpty());
        QVERIFY(driver->text("compareClasses").isEmpty()); // the same classes
        const auto* settings = driver->find<QAbstractItemView>("differingSettings")->model();
        QCOMPARE(settings->rowCount(), 1);
        QCOMPARE(settings->index(0, 0).data().toString(), QStringLiteral("Epochs"));
        QCOMPARE(settings->index(0, 1).data().toString() + settings->index(0, 2).data().toString(),
                 QStringLiteral("23"));
        driver->click("compareWiped");
        auto* wipe = driver->find<WipeView>("compareWipe");
        wipe->setFocus();
        const double part = wipe->part();
        QTest::keyClick(wipe, Qt::Key_Right);
        QVERIFY(wipe->part() > part);
        driver->click("compareAll");
        QTRY_VERIFY_WITH_TIMEOUT(driver->find<QWidget>("comparedImages")->isVisible(), kLong);
        QVERIFY2(
            driver->text("comparedWords").startsWith(QStringLiteral("Of 20 images (test), only this run is right")),
            qPrintable(driver->text("comparedWords")));
        const auto judged = driver->session->questions().evaluation();
        QVERIFY(judged != nullptr);
        const auto* tiles = driver->find<QListView>("comparedTiles")->model();
        for (const char* kind : {"onlyThisRight", "onlySecondRight", "bothWrong"}) {
            driver->click(kind);
            if (tiles->rowCount() == 0)
                continue;
            driver->click("comparedInGallery");
            QCOMPARE(driver->find<QListView>("gallery")->model()->rowCount(), tiles->rowCount());
            driver->key(Qt::Key_6, Qt::ControlModifier);
        }
    }

    /// An image of one color says nothing anywhere: an answer, no failure.
    void anImageOfOneColorIsAskedLikeAnyOther() {
        const auto driver = explained();
        QImage plain(60, 40, QImage::Format_RGB32);
        plain.fill(QColor(90, 120, 60));
        const QString file = path(QStringLiteral("plain.png"));
        QVERIFY(plain.save(file));
        const auto before = driver->session->questions().answer();
        driver->drop(file);
        QTRY_VERIFY_WITH_TIMEOUT(driver->session->questions().answer() != before, kLong);
        QCOMPARE(driver->session->questions().answer()->title, QStringLiteral("plain.png"));
        QTRY_VERIFY_WITH_TIMEOUT(!driver->text("trustWords").isEmpty() &&
                                     !driver->text("trustWords").startsWith(QStringLiteral("Checking")),
                                 kLong);
        QVERIFY(driver->text("explainNote").isEmpty());
        QVERIFY2(driver->text("trustWords").contains(QStringLiteral("nothing can be told")) ||
                     driver->text("trustWords").contains(QStringLiteral("empty map")),
                 qPrintable(driver->text("trustWords")));
        showTab(*driver, QStringLiteral("Activations"));
        QTRY_VERIFY_WITH_TIMEOUT(driver->find<QListView>("activationTiles")->model()->rowCount() > 0, kLong);
        showTab(*driver, QStringLiteral("Occlusion"));
        auto* paint = driver->find<PaintView>("paintView");
        QTest::mouseClick(paint, Qt::LeftButton, {}, paint->imageRect().center());
        QTRY_VERIFY_WITH_TIMEOUT(driver->text("occlusionWords").contains(QStringLiteral("%")), kLong);
    }

    /// At the smallest size, with every tab asked.
    void longNamesOfManyClassesFit_data() {
        QTest::addColumn<int>("classes");
        QTest::newRow("two") << 2;
        QTest::newRow("two hundred") << 200;
    }
    void longNamesOfManyClassesFit() {
        QFETCH(int, classes);
        const QString images = QStringLiteral("classes-%1").arg(classes);
        QVERIFY(drawManyClasses(images, classes));
        const std::string run = train(1, images);
        QVERIFY(!train(3, images).empty());
        const auto driver = explained(run, images);
        QTRY_VERIFY_WITH_TIMEOUT(driver->text("activity") == QStringLiteral("Ready"), kLong);
        const auto fits = [&](const QString& tab) {
            QTRY_COMPARE_WITH_TIMEOUT(driver->text("activity"), QStringLiteral("Ready"), kLong);
            QCOMPARE(driver->window->size(), QSize(1280, 720));
            const auto* page = driver->find<QWidget>("explainPage");
            QVERIFY2(page->minimumSizeHint().width() <= page->width(), qPrintable(tab));
            QVERIFY2(page->minimumSizeHint().height() <= page->height(), qPrintable(tab));
            picture(*driver, QStringLiteral("%1-%2").arg(classes).arg(tab));
        };
        fits(QStringLiteral("Heat map"));
        choose(*driver, "explainMethod", 8); // Score-CAM
        fits(QStringLiteral("Score-CAM"));
        showTab(*driver, QStringLiteral("Activations"));
        QTRY_VERIFY_WITH_TIMEOUT(driver->find<QListView>("activationTiles")->model()->rowCount() > 0, kLong);
        driver->click("findExamples");
        QTRY_VERIFY_WITH_TIMEOUT(!driver->find<ExampleGrid>("channelExamples")->shown().empty(), kLong);
        choose(*driver, "activationOrder", 2);
        fits(QStringLiteral("Activations"));
        showTab(*driver, QStringLiteral("Filters"));
        driver->type("filterSteps", QStringLiteral("5"));
        driver->click("drawFilters");
        QTRY_VERIFY_WITH_TIMEOUT(driver->find<QListView>("filterTiles")->model()->rowCount() > 0, kLong);
        fits(QStringLiteral("Filters"));
        showTab(*driver, QStringLiteral("Occlusion"));
        auto* paint = driver->find<PaintView>("paintView");
        QTest::mouseClick(paint, Qt::LeftButton, {}, paint->imageRect().center());
        QTRY_VERIFY_WITH_TIMEOUT(!driver->text("occlusionWords").isEmpty(), kLong);
        fits(QStringLiteral("Occlusion"));
        showTab(*driver, QStringLiteral("Robustness"));
        driver->find<QSlider>("corrupt-brightness")->setFocus();
        QTest::keyClick(driver->find<QSlider>("corrupt-brightness"), Qt::Key_PageUp);
        QTRY_VERIFY_WITH_TIMEOUT(!driver->text("robustnessWords").isEmpty(), kLong);
        fits(QStringLiteral("Robustness"));
        showTab(*driver, QStringLiteral("Compare"));
        QTRY_COMPARE_WITH_TIMEOUT(driver->find<QComboBox>("compareRun")->count(), 2, kLong);
        choose(*driver, "compareRun", 1);
        QTRY_VERIFY_WITH_TIMEOUT(!driver->find<ImageView>("compareRight")->image().isNull(), kLong);
        driver->click("compareAll");
        QTRY_VERIFY_WITH_TIMEOUT(driver->find<QWidget>("comparedImages")->isVisible(), kLong);
        driver->click("bothWrong");
        fits(QStringLiteral("Compare"));
        driver->click("compareWiped");
        fits(QStringLiteral("Compare-wipe"));
    }

    /// What the trainer wrote is what the gallery sorts by.
    void theGallerySortsByWhatTrainingWrote() {
        const auto driver = explained();
        driver->key(Qt::Key_5, Qt::ControlModifier);
        driver->find<QComboBox>("evaluateSplit")->setCurrentIndex(1);
        driver->click("evaluateButton");
        auto* gallery = driver->find<QListView>("gallery");
        QTRY_COMPARE_WITH_TIMEOUT(gallery->model()->rowCount(), 20, kLong);
        const auto words = [&](int row) {
            return gallery->model()->index(row, 0).data(Qt::ToolTipRole).toString().section('\n', 1);
        };
        QTRY_VERIFY_WITH_TIMEOUT(words(0).contains(QStringLiteral("2 epochs")), kLong);
        driver->find<QComboBox>("gallerySort")->setCurrentIndex(7); // never learned first
        const auto history = readLearning(m_first);
        QVERIFY(history.ok());
        int never = 0;
        for (const Prediction& prediction : driver->session->questions().evaluation()->predictions)
            never += history->facts(prediction.path).right == 0 ? 1 : 0;
        for (int row = 0; row < 20; ++row)
            QCOMPARE(words(row) == QStringLiteral("right in none of 2 epochs"), row < never);
    }
};

QTEST_MAIN(ExplainWindowJourney)
#include "tst_ExplainWindow.moc"
