// SPDX-License-Identifier: GPL-3.0-or-later
#include <QImage>
#include <QLabel>
#include <QListView>
#include <QProgressBar>
#include <QSlider>
#include <QTabBar>

#include "FakeEngine.h"
#include "RunTest.h"
#include "look/CorruptionWords.h"
#include "models/Tiles.h"
#include "pages/explain/StrengthProbe.h"
#include "widgets/ExampleGrid.h"
#include "widgets/ImageView.h"
#include "widgets/LayerStrip.h"
#include "widgets/PaintView.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kPatience = 30000; ///< milliseconds: sanitizers are slow

/// What maps were asked to be about, told by workers.
class Targets {
public:
    void add(const std::string& target) {
        const std::scoped_lock lock(m_mutex);
        m_targets.push_back(target);
    }
    std::size_t count() const {
        const std::scoped_lock lock(m_mutex);
        return m_targets.size();
    }
    std::string last() const {
        const std::scoped_lock lock(m_mutex);
        return m_targets.empty() ? std::string() : m_targets.back();
    }

private:
    mutable std::mutex m_mutex;
    std::vector<std::string> m_targets;
};
} // namespace

/// The tabs of the page Explain in the real window, without torch.
class ExplainPageTest : public RunTest {
    Q_OBJECT

    /// A window with a stored run in view, on the page Explain, with an image explained.
    struct Explained {
        FakeEngine engine;
        std::unique_ptr<WindowDriver> driver;
        Questions& questions() const { return driver->session->questions(); }
    };
    using OnAsk = decltype(FakeEngine::onAsk);
    std::unique_ptr<Explained> explained(const char* home, OnAsk onAsk = {}, const char* network = "toy_cnn") {
        auto opened = std::make_unique<Explained>();
        if (onAsk)
            opened->engine.onAsk = std::move(onAsk);
        opened->engine.onExplain = [this](const HeatMapQuestion& request, std::stop_token) {
            HeatMap map = explanationOf(request, m_classes, 0);
            if (map.layer.empty())
                map.layer = "automatic";
            return Result<HeatMap>(map);
        };
        const auto run = storeRun(QLatin1String(home), m_classes, network);
        opened->driver = std::make_unique<WindowDriver>(path(QLatin1String(home)), opened->engine.door());
        [&] {
            openRun(*opened->driver->session, run);
            opened->driver->key(Qt::Key_6, Qt::ControlModifier);
            QSignalSpy ready(&opened->questions(), &Questions::explanationReady);
            opened->driver->click("nextExplained");
            QVERIFY(ready.wait(kPatience));
        }();
        return opened;
    }

    static void showTab(const WindowDriver& driver, const QString& title) {
        auto* bar = driver.find<QTabBar>("explainTabBar");
        for (int i = 0; i < bar->count(); ++i)
            if (bar->tabText(i) == title)
                return QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(i).center());
        QFAIL(qPrintable(title));
    }
    static HeatMap mapOf(const HeatMapQuestion& question, const std::vector<std::string>& classes) {
        return explanationOf(question, classes, 0);
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }

    void aLayerIsChosenInTheStrip() {
        const auto page = explained("home-strip");
        const WindowDriver& driver = *page->driver;
        auto* strip = driver.find<LayerStrip>("mapLayers");
        const GraphSpec& graph = driver.session->runs().run()->graph;
        QCOMPARE(strip->current().toStdString(), defaultHeatMapNode(graph)); // the automatic choice is to be seen
        const auto first = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                        [](const Node& node) { return node.op == Op::Conv2d; });
        QVERIFY(first != graph.nodes.end());
        const QString id = QString::fromStdString(first->id);
        QTest::mouseClick(strip, Qt::LeftButton, {}, strip->blockRect(id).center());
        QTRY_COMPARE_WITH_TIMEOUT(page->questions().answer()->explanation.layer, first->id, kPatience);
        QCOMPARE(driver.find<QComboBox>("explainLayer")->currentText(), id); // both show the same
        const auto sample = *page->questions().subject()->sample;
        QTest::keyClick(strip, Qt::Key_Right); // the next layer, not the next image
        QTRY_VERIFY_WITH_TIMEOUT(page->questions().answer()->explanation.layer != first->id, kPatience);
        QCOMPARE(page->questions().answer()->explanation.layer, strip->current().toStdString());
        QCOMPARE(*page->questions().subject()->sample, sample);
        choose(driver, "explainLayer", 0);
        QTRY_COMPARE_WITH_TIMEOUT(page->questions().answer()->explanation.layer, std::string("automatic"), kPatience);
        QCOMPARE(strip->current().toStdString(), defaultHeatMapNode(graph));
    }

    void aSlowMapIsCancelledAndTheOneShownStays() {
        const auto page = explained("home-slow");
        const WindowDriver& driver = *page->driver;
        Gate gate;
        std::atomic<int> stopped{0};
        page->engine.onDrawing = [&](const HeatMapQuestion& question, const std::stop_token& stop,
                                     const Progress& progress) {
            if (question.method != HeatMapMethod::SmoothGrad)
                return;
            progress(1, 4);
            stopped += gate.pass(stop) ? 0 : 1;
        };
        const auto before = page->questions().answer();
        const int slow = driver.find<QComboBox>("explainMethod")->findData(static_cast<int>(HeatMapMethod::SmoothGrad));
        QVERIFY(driver.find<QWidget>("mapProgress")->isHidden());
        choose(driver, "explainMethod", slow);
        QTRY_COMPARE_WITH_TIMEOUT(driver.find<QProgressBar>("mapProgressBar")->value(), 2500, kPatience);
        QCOMPARE(driver.text("activity"), QStringLiteral("Drawing the heat map"));
        driver.click("mapProgressCancel");
        QTRY_COMPARE_WITH_TIMEOUT(stopped.load(), 1, kPatience);
        QVERIFY(driver.find<QWidget>("mapProgress")->isHidden());
        QCOMPARE(page->questions().answer(), before);
        QCOMPARE(driver.find<QComboBox>("explainMethod")->currentText(), QStringLiteral("Grad-CAM")); // as is shown
        QVERIFY(driver.find<QWidget>("mapLayers")->isEnabled());

        choose(driver, "explainMethod", slow);
        driver.key(Qt::Key_5, Qt::ControlModifier); // where it can be seen and cancelled, too
        QTRY_VERIFY_WITH_TIMEOUT(driver.find<QWidget>("answerProgress")->isVisible(), kPatience);
        driver.click("answerProgressCancel");
        QTRY_COMPARE_WITH_TIMEOUT(stopped.load(), 2, kPatience);
        driver.key(Qt::Key_6, Qt::ControlModifier);
        choose(driver, "explainMethod", slow);
        gate.open();
        QTRY_COMPARE_WITH_TIMEOUT(page->questions().answer()->settings.method, HeatMapMethod::SmoothGrad, kPatience);
        QVERIFY(driver.find<QWidget>("mapProgress")->isHidden());
    }

    void aSavedPictureSaysWhatItShows() {
        const auto page = explained("home-png");
        const QString file = path(QStringLiteral("saved"));
        prompts().saveFile = [&](auto&&...) { return file; };
        page->driver->click("saveOverlay");
        const QImage saved(file + QStringLiteral(".png"));
        QVERIFY(!saved.isNull());
        QVERIFY(saved.text(QStringLiteral("Software")).startsWith(QStringLiteral("Sightline ")));
        QVERIFY(saved.text(QStringLiteral("Title")).startsWith(page->questions().answer()->title));
        QCOMPARE(saved.text(QStringLiteral("Method")), QStringLiteral("Grad-CAM"));
        QCOMPARE(saved.text(QStringLiteral("Target")), QStringLiteral("predicted"));
        QCOMPARE(saved.text(QStringLiteral("Layer")), QStringLiteral("automatic"));
        QCOMPARE(saved.text(QStringLiteral("Run")).toStdString(),
                 page->driver->session->runs().run()->folder.filename().string());
    }

    void weakHeatIsHiddenAndThatIsRemembered() {
        const QString home = QStringLiteral("home-threshold");
        {
            const auto page = explained("home-threshold");
            const WindowDriver& driver = *page->driver;
            const auto* map =
                driver.find<QWidget>("heatMapView")->findChild<ImageView*>(QStringLiteral("explainedOverlay"));
            const auto* plain =
                driver.find<QWidget>("heatMapView")->findChild<ImageView*>(QStringLiteral("explainedImage"));
            QVERIFY(map->image() != plain->image()); // heat of .5 everywhere
            auto* slider = driver.find<QSlider>("explainThreshold");
            slider->setFocus();
            while (slider->value() < 60)
                QTest::keyClick(slider, Qt::Key_PageUp);
            QCOMPARE(map->image().convertToFormat(QImage::Format_RGB32),
                     plain->image().convertToFormat(QImage::Format_RGB32));
            QVERIFY2(driver.text("explainThresholdText").contains(QStringLiteral("60 %")),
                     qPrintable(driver.text("explainThresholdText")));
            const QString file = path(QStringLiteral("threshold.png"));
            prompts().saveFile = [&](auto&&...) { return file; };
            driver.click("saveOverlay");
            QVERIFY(QImage(file).text(QStringLiteral("Appearance")).contains(QStringLiteral("60 %")));
            showTab(driver, QStringLiteral("Robustness")); // all tabs share the look
            const auto* other =
                driver.find<QWidget>("robustnessView")->findChild<ImageView*>(QStringLiteral("explainedOverlay"));
            QCOMPARE(other->image(), map->image());
            driver.key(Qt::Key_5, Qt::ControlModifier); // and the map beside the gallery
            const auto* beside =
                driver.find<QWidget>("galleryAnswer")->findChild<ImageView*>(QStringLiteral("explainedOverlay"));
            QCOMPARE(beside->image(), map->image());
        }
        FakeEngine engine;
        WindowDriver again(path(home), engine.door());
        again.key(Qt::Key_6, Qt::ControlModifier);
        QCOMPARE(again.find<QSlider>("explainThreshold")->value(), 60);
    }

    void probabilityIsDrawnAgainstStrength() {
        const auto page = explained("home-strength");
        const WindowDriver& driver = *page->driver;
        std::atomic<int> asked{0};
        page->engine.onExplain = [&](const HeatMapQuestion& question, std::stop_token) {
            ++asked;
            HeatMap map = explanationOf(question, m_classes, 0);
            map.probabilities[0] = 0.25f;
            return Result<HeatMap>(map);
        };
        showTab(driver, QStringLiteral("Robustness"));
        const auto* curve = driver.find<QWidget>("strengthCurve");
        const auto last = strengthText(Corruption::Rotation, StrengthProbe::strengthsOf(Corruption::Rotation).back());
        QTRY_VERIFY_WITH_TIMEOUT(curve->accessibleDescription().contains(last + QStringLiteral(": probability 25")),
                                 kPatience);
        QVERIFY(driver.text("strengthTitle").startsWith(titleOf(Corruption::Rotation)));
        auto* slider = driver.find<QSlider>("corrupt-blur");
        slider->setFocus();
        QTest::keyClick(slider, Qt::Key_PageUp);
        QVERIFY(driver.text("strengthTitle").startsWith(titleOf(Corruption::Blur)));
        const auto most = strengthText(Corruption::Blur, StrengthProbe::strengthsOf(Corruption::Blur).back());
        QTRY_VERIFY_WITH_TIMEOUT(curve->accessibleDescription().contains(most), kPatience);
        const int before = asked;
        QTest::keyClick(slider, Qt::Key_PageUp); // only the place moves on the curve
        QTRY_VERIFY_WITH_TIMEOUT(!driver.text("robustnessWords").isEmpty() && asked > before, kPatience);
        QVERIFY(curve->accessibleDescription().contains(most));
    }

    void aMapThatFailsIsNeverTicked() {
        std::atomic<int> asked{0};
        const auto page = explained("home-trust", [&](const Question& question, auto&&...) -> Result<Answer> {
            if (!std::get_if<TrustQuestion>(&question))
                return cancelled();
            Trust trust;
            trust.target = "boat";
            trust.probability = 0.9;
            const bool shows = ++asked == 1;
            trust.drop = shows ? 0.61 : 0.01;
            trust.randomDrop = shows ? 0.04 : 0.2;
            trust.insertionAuc = 0.8;
            trust.deletionAuc = 0.2;
            trust.randomisedLast = trust.randomisedAll = shows ? 0.05 : 0.1;
            return Answer(trust);
        });
        const WindowDriver& driver = *page->driver;
        const auto isGood = [&] { return driver.find<QLabel>("trustWords")->property("good").toBool(); };
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("trustWords").contains(QStringLiteral("61")), kPatience);
        QVERIFY(isGood());
        QCOMPARE(driver.text("activity"), QStringLiteral("Ready"));
        driver.click("nextExplained");
        QTRY_VERIFY_WITH_TIMEOUT(!driver.text("trustWords").contains(QStringLiteral("61")),
                                 kPatience); // it was another image's
        QTRY_COMPARE_WITH_TIMEOUT(asked.load(), 2, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("trustWords").contains(QStringLiteral("20")), kPatience);
        QVERIFY(!isGood());
        for (const auto& [tab, words] :
             {std::pair{"Occlusion", "occlusionTrustWords"}, std::pair{"Robustness", "robustnessTrustWords"},
              std::pair{"Compare", "compareMineTrustWords"}}) {
            showTab(driver, QLatin1String(tab)); // said under the maps of the other tabs, too
            QTRY_VERIFY2_WITH_TIMEOUT(driver.text(words).contains(QStringLiteral("20")), words, kPatience);
        }
    }

    void everyChannelIsATileAndAClickEnlargesIt() {
        const auto page = explained("home-channels", [&](const Question& question, auto&&...) -> Result<Answer> {
            if (const auto* kind = std::get_if<ActivationsQuestion>(&question)) {
                Activations found;
                found.layer = kind->layer;
                found.values = {{2048, 2, 2}, std::vector<float>(2048 * 4)};
                for (std::size_t i = 0; i < found.values.values.size(); ++i)
                    found.values.values[i] = static_cast<float>(i / 4 % 100) + (i % 4 == 3 ? 1.0f : 0.0f);
                return Answer(found);
            }
            if (const auto* kind = std::get_if<ExamplesQuestion>(&question)) {
                Examples found;
                found.layer = kind->layer;
                found.split = kind->split;
                found.images = 10;
                found.height = found.width = 2;
                found.channels.assign(2048, {Example{"test/boat/boat_0001.png", 0, 3.5f, 1, 1}});
                found.classes = m_classes;
                found.classMeans.assign(5, std::vector<float>(2048));
                found.classMeans[0][1234] = 5;
                return Answer(found);
            }
            return cancelled();
        });
        const WindowDriver& driver = *page->driver;
        showTab(driver, QStringLiteral("Activations"));
        const auto* tiles = driver.find<QListView>("activationTiles")->model();
        QTRY_COMPARE_WITH_TIMEOUT(tiles->rowCount(), 2048, kPatience);
        QVERIFY2(driver.text("activationWords").startsWith(QStringLiteral("Channel 99 (of 2048)")), // the highest mean
                 qPrintable(driver.text("activationWords")));
        const QImage first = driver.find<ImageView>("activationEnlarged")->image();
        QVERIFY(!first.isNull());
        driver.clickRow("activationTiles", 3);
        QVERIFY(driver.text("activationWords").startsWith(QStringLiteral("Channel 399 (of 2048)")));
        choose(driver, "activationOrder", 1);
        const auto seventh = [&] { // the list lays itself out anew before long
            driver.clickRow("activationTiles", 7);
            return driver.text("activationWords").startsWith(QStringLiteral("Channel 7 (of 2048)"));
        };
        QTRY_VERIFY_WITH_TIMEOUT(seventh(), kPatience);

        choose(driver, "activationOrder", 2); // finds out by itself what differs
        QTRY_VERIFY_WITH_TIMEOUT(tiles->index(0, 0).data(TileCaption).toString() == QStringLiteral("1234"), kPatience);
        driver.clickRow("activationTiles", 0);
        QVERIFY2(driver.text("activationWords").startsWith(QStringLiteral("Channel 1234 (of 2048)")),
                 qPrintable(driver.text("activationWords"))); // boat against car
        auto* examples = driver.find<ExampleGrid>("channelExamples");
        QTRY_COMPARE_WITH_TIMEOUT(examples->shown().size(), std::size_t{1}, kPatience);
        QVERIFY(!examples->shown()[0].image.isNull());
        QVERIFY(examples->shown()[0].mark.contains(QPointF(0.75, 0.75))); // the last of 2 x 2 places
        QSignalSpy explained(&page->questions(), &Questions::explanationReady);
        QTest::mouseClick(examples, Qt::LeftButton, {}, examples->cellRect(0).center());
        QVERIFY(explained.wait(kPatience));
        QCOMPARE(page->questions().answer()->title, QStringLiteral("test/boat/boat_0001.png"));
    }

    void patternsComeGroupByGroupAndCanBeStopped() {
        Gate gate;
        std::atomic<int> groups{0};
        const auto page =
            explained("home-filters",
                      [&](const Question& question, const std::stop_token& stop, const Progress&) -> Result<Answer> {
                          if (std::get_if<KernelsQuestion>(&question))
                              return Answer(Kernels{"conv1", std::vector<Image>(4, Image(3, 3, 3))});
                          const auto* kind = std::get_if<FilterPicturesQuestion>(&question);
                          if (!kind || (++groups > 1 && !gate.pass(stop)))
                              return cancelled();
                          FilterPictures drawn;
                          for (const int channel : kind->channels)
                              drawn.pictures.push_back({channel, 0.5, 7.25, Image(8, 8, 3)});
                          return Answer(drawn);
                      });
        const WindowDriver& driver = *page->driver;
        showTab(driver, QStringLiteral("Filters"));
        const auto* tiles = driver.find<QListView>("filterTiles")->model();
        driver.click("drawFilters");
        QTRY_VERIFY_WITH_TIMEOUT(gate.isWaitedAt(), kPatience);
        QCOMPARE(tiles->rowCount(), 8); // the first group is there while the second is drawn
        QVERIFY(driver.text("filterWords").contains(QStringLiteral("7.25")));
        QCOMPARE(driver.text("drawFilters"), QStringLiteral("Cancel"));
        QCOMPARE(driver.text("activity"), QStringLiteral("Drawing patterns"));
        driver.click("cancelActivity");
        QVERIFY(driver.text("drawFilters").startsWith(QStringLiteral("Draw ")));
        QCOMPARE(tiles->rowCount(), 8);
        gate.open();
        driver.click("drawFilters"); // goes on where it stopped
        QTRY_VERIFY_WITH_TIMEOUT(tiles->rowCount() > 8, kPatience);
        QCOMPARE(tiles->index(8, 0).data(TileCaption).toString(), QStringLiteral("8"));
        driver.click("showKernels");
        QTRY_COMPARE_WITH_TIMEOUT(tiles->rowCount(), 4, kPatience);
        QVERIFY(driver.text("filterWords").contains(QStringLiteral("conv1")));
    }

    void whyTheRestIsNotDrawnIsSaid() {
        const auto page = explained("home-broken-filters", [&](const Question& question, auto&&...) -> Result<Answer> {
            const auto* kind = std::get_if<FilterPicturesQuestion>(&question);
            if (!kind)
                return cancelled();
            if (kind->channels.front() > 0)
                return badInput("Channel 9 gives values that are not numbers.");
            FilterPictures drawn;
            for (const int channel : kind->channels)
                drawn.pictures.push_back({channel, 0.5, 7.25, Image(8, 8, 3)});
            return Answer(drawn);
        });
        const WindowDriver& driver = *page->driver;
        showTab(driver, QStringLiteral("Filters"));
        QVERIFY(!driver.find<QWidget>("filterFailure")->isVisible());
        driver.click("drawFilters");
        QTRY_VERIFY_WITH_TIMEOUT(driver.find<QWidget>("filterFailure")->isVisible(), kPatience);
        QCOMPARE(driver.text("filterFailure"), QStringLiteral("Channel 9 gives values that are not numbers."));
        QCOMPARE(driver.find<QListView>("filterTiles")->model()->rowCount(), 8);
    }

    void allPatternsAreDrawnByOneClick() {
        std::atomic<int> drawn{0};
        const auto page = explained(
            "home-all-filters",
            [&](const Question& question, auto&&...) -> Result<Answer> {
                const auto* kind = std::get_if<FilterPicturesQuestion>(&question);
                if (!kind)
                    return cancelled();
                FilterPictures pictures;
                for (const int channel : kind->channels)
                    pictures.pictures.push_back({channel, 0.5, 7.25, Image(8, 8, 3)});
                drawn += static_cast<int>(kind->channels.size());
                return Answer(pictures);
            },
            "resnet18");
        const WindowDriver& driver = *page->driver;
        showTab(driver, QStringLiteral("Filters"));
        const auto* all = driver.find<QPushButton>("drawAllFilters");
        QVERIFY(all->isVisible());
        const int channels = all->text().section(QLatin1Char(' '), -1).toInt();
        QVERIFY(channels > 48);
        driver.click("drawAllFilters");
        const auto* tiles = driver.find<QListView>("filterTiles")->model();
        QTRY_COMPARE_WITH_TIMEOUT(tiles->rowCount(), channels, kPatience);
        QCOMPARE(drawn.load(), channels);
        QVERIFY(all->isHidden());
    }

    void whatIsPaintedIsAskedAndTakenBack() {
        std::atomic<int> asked{0};
        std::atomic<int> hidden{0};
        const auto page = explained("home-paint", [&](const Question& question, auto&&...) -> Result<Answer> {
            const auto* kind = std::get_if<OcclusionQuestion>(&question);
            if (!kind)
                return cancelled();
            hidden = static_cast<int>(std::count_if(kind->mask.pixels.begin(), kind->mask.pixels.end(),
                                                    [](std::uint8_t value) { return value != 0; }));
            ++asked;
            OccludedHeatMap said;
            said.before = said.after = mapOf(kind->of, m_classes);
            said.after.probabilities[0] = 0.25f;
            said.after.target = "boat";
            return Answer(said);
        });
        const WindowDriver& driver = *page->driver;
        showTab(driver, QStringLiteral("Occlusion"));
        auto* paint = driver.find<PaintView>("paintView");
        QVERIFY(!driver.find<QWidget>("undoPaint")->isEnabled());
        const QPoint middle = paint->imageRect().center();
        QTest::mouseClick(paint, Qt::LeftButton, {}, middle);
        QTRY_COMPARE_WITH_TIMEOUT(asked.load(), 1, kPatience);
        QTRY_VERIFY2_WITH_TIMEOUT(driver.text("occlusionWords").contains(QStringLiteral("25")),
                                  qPrintable(driver.text("occlusionWords")), kPatience);
        const int one = hidden;
        QVERIFY(one > 100);
        QVERIFY2(paint->accessibleDescription().contains(QStringLiteral("of the image is painted over")) &&
                     !paint->accessibleDescription().startsWith(QStringLiteral("0.0 %")),
                 qPrintable(paint->accessibleDescription()));
        QTest::mousePress(paint, Qt::LeftButton, {}, paint->imageRect().topLeft() - QPoint(4, 4)); // beside the image
        QTest::mouseMove(paint, paint->imageRect().topLeft() + QPoint(20, 20));
        QTest::mouseRelease(paint, Qt::LeftButton, {}, paint->imageRect().topLeft() + QPoint(20, 20));
        QTest::qWait(50);
        QCOMPARE(asked.load(), 1); // paints nothing
        paint->setFocus();
        const auto sample = *page->questions().subject()->sample;
        for (int i = 0; i < 6; ++i)
            QTest::keyClick(paint, Qt::Key_Left); // the brush, not the image before
        QTest::keyClick(paint, Qt::Key_Space);
        QTRY_VERIFY_WITH_TIMEOUT(hidden > one, kPatience);
        QCOMPARE(*page->questions().subject()->sample, sample);
        driver.click("undoPaint");
        QTRY_COMPARE_WITH_TIMEOUT(hidden.load(), one, kPatience);
        choose(driver, "paintKind", 2);
        QTRY_COMPARE_WITH_TIMEOUT(asked.load(), 4, kPatience);
        const QString file = path(QStringLiteral("painted.png"));
        prompts().saveFile = [&](auto&&...) { return file; };
        driver.click("savePainted");
        QCOMPARE(QImage(file).text(QStringLiteral("Paint")), QStringLiteral("Noise"));
        driver.click("clearPaint");
        QVERIFY(driver.text("occlusionWords").isEmpty());
        QCOMPARE(asked.load(), 4); // the image as it is was asked about before
    }

    /// Of "car rather than train" the sentence is about car, however sure the network is of boat.
    void aDifferenceOfClassesIsAboutTheFirst() {
        const auto page = explained("home-difference", [&](const Question& question, auto&&...) -> Result<Answer> {
            const auto* kind = std::get_if<OcclusionQuestion>(&question);
            if (!kind)
                return cancelled();
            OccludedHeatMap said;
            said.before = said.after = mapOf(kind->of, m_classes);
            said.after.probabilities = {0.7f, 0.25f, 0.0f, 0.0f, 0.05f};
            said.after.confidence = 0.7;
            return Answer(said);
        });
        const WindowDriver& driver = *page->driver;
        choose(driver, "explainTarget", 3);
        choose(driver, "explainAgainst", 5);
        QTRY_COMPARE_WITH_TIMEOUT(page->questions().answer()->explanation.target, std::string("car-train"), kPatience);
        showTab(driver, QStringLiteral("Occlusion"));
        auto* paint = driver.find<PaintView>("paintView");
        QTest::mouseClick(paint, Qt::LeftButton, {}, paint->imageRect().center());
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("occlusionWords"),
                                  QStringLiteral("car: 10.0 % as the image is, 25.0 % as it is changed."), kPatience);
    }

    /// Names that are words of the question or hold dashes mean the class that was chosen.
    void classesWithOddNamesAreAskedForAsChosen() {
        const std::vector<std::string> classes = {"a", "a-b", "b-c", "true", "c"};
        const QString home = QStringLiteral("home-odd-names");
        const auto first = storeRun(home, classes, "toy_cnn"), second = storeRun(home, {"b-c", "a", "x"}, "toy_cnn");
        FakeEngine engine;
        Targets asked, askedOther;
        engine.onExplainOf = [&](const ModelSource& source, const HeatMapQuestion& question, std::stop_token) {
            const bool isOther = source.runFolder == second.path();
            (isOther ? askedOther : asked).add(question.target);
            return Result<HeatMap>(
                explanationOf(question, isOther ? std::vector<std::string>{"b-c", "a", "x"} : classes, 0));
        };
        WindowDriver driver(path(home), engine.door());
        openRun(*driver.session, first);
        driver.key(Qt::Key_6, Qt::ControlModifier);
        driver.click("nextExplained");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->questions().answer() != nullptr, kPatience);
        const auto chosen = [&](int target, int against) {
            const std::size_t before = asked.count();
            choose(driver, "explainTarget", target + 2);
            choose(driver, "explainAgainst", against + 1);
            QTRY_VERIFY_WITH_TIMEOUT(asked.count() > before && driver.session->questions().answer()->settings.target ==
                                                                   QString::fromStdString(asked.last()),
                                     kPatience);
            QCOMPARE(driver.find<QComboBox>("explainTarget")->currentIndex(), target + 2);
            QCOMPARE(driver.find<QComboBox>("explainAgainst")->currentIndex(), against + 1);
        };
        chosen(3, -1);
        QTRY_COMPARE_WITH_TIMEOUT(asked.last(), std::string("3"), kPatience); // "true" is each image's own class
        chosen(0, 2);
        QTRY_COMPARE_WITH_TIMEOUT(asked.last(), std::string("0-2"), kPatience); // a-b-c may be a-b rather than c
        showTab(driver, QStringLiteral("Compare"));
        QTRY_COMPARE_WITH_TIMEOUT(driver.find<QComboBox>("compareRun")->count(), 2, kPatience);
        choose(driver, "compareRun", 1);
        QTRY_VERIFY_WITH_TIMEOUT(askedOther.count() > 0, kPatience);
        QCOMPARE(askedOther.last(), std::string("a-b-c")); // there it can mean nothing else
    }

    void slidersMakeTheImageWorse() {
        const auto page = explained("home-robust");
        const WindowDriver& driver = *page->driver;
        showTab(driver, QStringLiteral("Robustness"));
        QVERIFY(!driver.find<QWidget>("resetRobustness")->isEnabled());
        const auto* plain =
            driver.find<QWidget>("robustnessView")->findChild<ImageView*>(QStringLiteral("explainedImage"));
        const QImage before = plain->image();
        auto* slider = driver.find<QSlider>("corrupt-brightness");
        slider->setFocus();
        for (int i = 0; i < 3; ++i)
            QTest::keyClick(slider, Qt::Key_PageUp);
        QTRY_VERIFY_WITH_TIMEOUT(!driver.text("robustnessWords").isEmpty(), kPatience);
        QVERIFY(driver.text("corruptValue-brightness").startsWith(QLatin1Char('+')));
        QVERIFY(plain->image() != before);
        driver.click("resetRobustness");
        QVERIFY(driver.text("robustnessWords").isEmpty());
        QCOMPARE(plain->image(), before);
    }

    void tabsTurnByKeys() {
        const auto page = explained("home-keys");
        auto* bar = page->driver->find<QTabBar>("explainTabBar");
        QCOMPARE(bar->count(), 6);
        QTest::keyClick(page->driver->find<QWidget>("explainPage"), Qt::Key_PageDown, Qt::ControlModifier);
        QCOMPARE(bar->currentIndex(), 1);
        QTest::keyClick(page->driver->find<QWidget>("explainPage"), Qt::Key_PageUp, Qt::ControlModifier);
        QTest::keyClick(page->driver->find<QWidget>("explainPage"), Qt::Key_PageUp, Qt::ControlModifier);
        QCOMPARE(bar->currentIndex(), 5);
        page->driver->click("compareQuestion");
        QCOMPARE(bar->currentIndex(), 0);
    }
};

QTEST_MAIN(ExplainPageTest)
#include "tst_ExplainPage.moc"
