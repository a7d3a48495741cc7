// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QSlider>
#include <QTemporaryDir>

#include "Test.h"
#include "WindowDriver.h"
#include "augment/BatchLoader.h"
#include "experiment/AugmentationPresets.h"
#include "look/Picture.h"
#include "widgets/MessageStrip.h"
#include "widgets/PreviewGrid.h"

using namespace sightline;
using namespace sightline::ui;

/// The Augment page in the real window: presets, sliders, copy and paste, and tiles that are the loader's own.
class AugmentPageTest : public Test {
    Q_OBJECT

    QTemporaryDir m_folder;

    void open(WindowDriver& driver, const QString& name = QStringLiteral("toys")) const {
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.session->data().open(m_folder.filePath(name));
        QVERIFY(opened.wait(20000));
        driver.key(Qt::Key_2, Qt::ControlModifier);
        QTRY_COMPARE(driver.find<PreviewGrid>("augmentGrid")->tiles().size(), std::size_t{12});
    }
    static void set(WindowDriver& driver, const std::function<void(Experiment&)>& change) {
        Experiment experiment = driver.session->document().experiment();
        change(experiment);
        driver.session->document().setExperiment(experiment);
    }
    static QString json(const WindowDriver& driver) {
        return QString::fromStdString(toText(toJson(driver.session->document().experiment().augmentation)));
    }
    static void choose(const WindowDriver& driver, int preset) {
        auto* presets = driver.find<QComboBox>("augmentPresets");
        presets->setCurrentIndex(preset);
        Q_EMIT presets->activated(preset);
    }

    void photographs(const QString& name, const QSize& size, QImage::Format format) const {
        for (const char* folder : {"one", "two"}) {
            const QString path = m_folder.filePath(name + QLatin1Char('/') + QLatin1String(folder));
            QVERIFY(QDir().mkpath(path));
            for (int i = 0; i < 2; ++i) {
                QImage image(size, format);
                image.fill(i == 0 ? Qt::darkGreen : Qt::gray);
                QVERIFY(image.save(path + QStringLiteral("/%1.jpg").arg(i)));
            }
        }
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(m_folder.filePath(QStringLiteral("toys")), 4, 1, 32)); }

    void tilesAreTheLoadersOwnBytes() {
        WindowDriver driver(m_folder.filePath(QStringLiteral("home")));
        open(driver);
        auto* grid = driver.find<PreviewGrid>("augmentGrid");
        for (const bool mixes : {false, true}) {
            set(driver, [mixes](Experiment& e) {
                e.augmentation.rotationRange = 25;
                e.augmentation.brightnessRange = Range{0.5, 1.5};
                e.augmentation.policy = PolicySettings{};
                e.augmentation.mixup = mixes ? 0.4 : 0;
                e.augmentation.cutmix = mixes ? 1 : 0;
            });
            const Experiment& experiment = driver.session->document().experiment();
            LoaderSettings settings{experiment.data, experiment.augmentation, {}, experiment.seed, 4};
            settings.normalization.preset = NormalizationSettings::Preset::None;
            const auto dataset = driver.session->data().dataset();
            BatchLoader loader(*dataset, dataset->indices(Subset::Train), settings);
            loader.startEpoch(1); // the first tile's
            QImage expected;
            while (const Batch* batch = loader.next()) {
                const auto at = std::find(batch->samples.begin(), batch->samples.end(), 0u) - batch->samples.begin();
                if (at == batch->size)
                    continue;
                FloatImage image(loader.outputHeight(), loader.outputWidth(), 3);
                std::copy_n(batch->images.begin() + at * static_cast<std::ptrdiff_t>(image.pixels.size()),
                            image.pixels.size(), image.pixels.begin());
                expected = toQImage(image);
            }
            QVERIFY(!expected.isNull());
            QTRY_COMPARE(grid->tiles()[0].image, expected);
            if (mixes) { // shown as the pair it is
                QTRY_VERIFY(std::any_of(grid->tiles().begin(), grid->tiles().end(), [](const auto& tile) {
                    return tile.caption.contains(QStringLiteral("% + "));
                }));
                QVERIFY(grid->tiles()[0].detail.contains(QStringLiteral(".png")));
            }
        }
    }

    void aPresetIsChosenCopiedAndPasted() {
        WindowDriver driver(m_folder.filePath(QStringLiteral("home")));
        open(driver);
        const auto& presets = augmentationPresets();
        for (int i = 0; i < static_cast<int>(presets.size()); ++i) {
            choose(driver, i + 1);
            QVERIFY(driver.session->document().experiment().augmentation ==
                    presets[static_cast<std::size_t>(i)].settings);
            auto* box = driver.find<QComboBox>("augmentPresets");
            QCOMPARE(box->currentIndex(), i + 1); // also where another has the same settings
            QVERIFY(!presets[static_cast<std::size_t>(i)].source.empty() &&
                    box->toolTip() == QString::fromStdString(presets[static_cast<std::size_t>(i)].source));
            QVERIFY(problems(presets[static_cast<std::size_t>(i)].settings).empty());
        }
        choose(driver, 4);
        driver.click("copyAugmentation");
        const QString copied = QApplication::clipboard()->text();
        choose(driver, 1);
        QCOMPARE(json(driver), QStringLiteral("{}"));
        driver.click("pasteAugmentation");
        QVERIFY(driver.session->document().experiment().augmentation == presets[3].settings);
        QVERIFY(!driver.find<MessageStrip>("pasteMessage")->isVisible());
        QApplication::clipboard()->setText(
            QStringLiteral("{\"version\": 1, \"augmentation\": {\"rotation_range\": 7}}")); // a whole experiment
        driver.click("pasteAugmentation");
        QCOMPARE(driver.session->document().experiment().augmentation.rotationRange, 7.0);
        QCOMPARE(driver.session->document().experiment().augmentation.mixup, 0.0);
    }

    void whatCannotBePastedIsASentence() {
        WindowDriver driver(m_folder.filePath(QStringLiteral("home")));
        open(driver);
        choose(driver, 3);
        const QString before = json(driver);
        auto* strip = driver.find<MessageStrip>("pasteMessage");
        for (const auto& [text, word] :
             {std::pair{"", "clipboard"}, std::pair{"not json {", "clipboard"}, std::pair{"[1, 2]", "augmentation"},
              std::pair{"{\"rotation\": 3}", "rotation"}, std::pair{"{\"rotation_range\": -3}", "rotation_range"},
              std::pair{"{\"policy\": {\"name\": \"best\"}}", "policy.name"}}) {
            QApplication::clipboard()->setText(QString::fromLatin1(text));
            driver.click("pasteAugmentation");
            QVERIFY(strip->isVisible());
            QVERIFY2(strip->message().contains(QLatin1String(word), Qt::CaseInsensitive), qPrintable(strip->message()));
            QVERIFY(!strip->message().contains(QLatin1Char('\n')));
            QCOMPARE(json(driver), before);
        }
        QApplication::clipboard()->setText(QStringLiteral("{}"));
        driver.click("pasteAugmentation");
        QVERIFY(!strip->isVisible());
        QCOMPARE(json(driver), QStringLiteral("{}"));
    }

    void aSliderMovesTheTilesAndUndoesAsOne() {
        WindowDriver driver(m_folder.filePath(QStringLiteral("home")));
        open(driver);
        auto* grid = driver.find<PreviewGrid>("augmentGrid");
        auto* slider = driver.find<QSlider>("augmentation.rotation_range slider");
        const QImage before = grid->tiles()[0].image;
        for (const int at : {10, 25, 60})
            slider->setValue(at);
        QCOMPARE(driver.session->document().experiment().augmentation.rotationRange, 60.0);
        QTRY_VERIFY(grid->tiles()[0].image != before);
        const QImage turned = grid->tiles()[0].image;
        driver.click("rerollButton");
        QTRY_VERIFY(grid->tiles()[0].image != turned);
        driver.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(driver.session->document().experiment().augmentation.rotationRange, 0.0);
    }

    void impossibleValuesAreSaidAtTheirField() {
        WindowDriver driver(m_folder.filePath(QStringLiteral("home")));
        open(driver);
        set(driver, [](Experiment& e) { e.augmentation.blurSigma = Range{3, 1}; });
        driver.click("section Blur, noise, compression");
        QVERIFY(driver.text("augmentation.blur_sigma note").contains(QStringLiteral("low <= high")));
        QTRY_VERIFY(driver.text("augmentNote").contains(QStringLiteral("blur_sigma")));
    }

    void kerasStepsForPixelValuesAreSetHere() {
        WindowDriver driver(m_folder.filePath(QStringLiteral("home")));
        open(driver);
        const auto* centre = driver.find<QCheckBox>("normalization.featurewise_center");
        driver.click("section Normalization, step by step");
        QVERIFY(!centre->isVisible());
        driver.find<QCheckBox>("normalization keras")->click();
        QVERIFY(centre->isVisible());
        driver.find<QCheckBox>("normalization.featurewise_center")->click();
        driver.find<QCheckBox>("normalization.featurewise_std_normalization")->click();
        driver.find<QComboBox>("normalization.preprocessing_function")->setCurrentIndex(1);
        driver.type("normalization.rescale", QStringLiteral("0.5"));
        const NormalizationSettings& made = driver.session->document().experiment().normalization;
        QVERIFY(made.needsFit() && made.featurewiseCenter && made.featurewiseStd &&
                made.preprocess == NormalizationSettings::Preprocess::Tf && made.rescale == 0.5);
        driver.find<QCheckBox>("normalization keras")->click();
        QVERIFY(driver.session->document().experiment().normalization.preset == NormalizationSettings::Preset::Rescale);
        QVERIFY(!centre->isVisible());
    }

    void theLoadersSpeedIsSaid() {
        WindowDriver driver(m_folder.filePath(QStringLiteral("home")));
        open(driver);
        QTRY_VERIFY_WITH_TIMEOUT(
            driver.text("loaderSpeed").contains(QRegularExpression(QStringLiteral("[1-9][0-9,.]* images/s"))), 20000);
    }

    void smallGreyImagesAndLargePhotographsAreShown() {
        photographs(QStringLiteral("grey"), {28, 28}, QImage::Format_Grayscale8);
        photographs(QStringLiteral("large"), {4000, 3000}, QImage::Format_RGB32);
        WindowDriver driver(m_folder.filePath(QStringLiteral("home")));
        auto* grid = driver.find<PreviewGrid>("augmentGrid");
        for (const auto& [name, side, mode] :
             {std::tuple{"grey", 28, ChannelSettings::grey()}, std::tuple{"large", 224, ChannelSettings::rgb()}}) {
            open(driver, QLatin1String(name));
            set(driver, [side = side, mode = mode](Experiment& e) {
                e.data.imageHeight = e.data.imageWidth = side;
                e.data.pixels.channels = mode;
                e.augmentation = augmentationPresets()[3].settings;
            });
            QTRY_COMPARE_WITH_TIMEOUT(grid->tiles().size() == 12 ? grid->tiles()[11].image.size() : QSize(),
                                      QSize(side, side), 120000);
        }
    }
};

QTEST_MAIN(AugmentPageTest)
#include "tst_AugmentPage.moc"
