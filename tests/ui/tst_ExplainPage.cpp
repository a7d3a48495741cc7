// SPDX-License-Identifier: GPL-3.0-or-later
#include <QImage>
#include <QTabBar>

#include "FakeEngine.h"
#include "RunTest.h"
#include "widgets/LayerStrip.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

/// The tabs of the page Explain in the real window, without torch.
class ExplainPageTest : public RunTest {
    Q_OBJECT

    /// A window with a stored run in view, on the page Explain, with an image explained.
    struct Explained {
        FakeEngine engine;
        std::unique_ptr<WindowDriver> driver;
        Questions& questions() const { return driver->session->questions(); }
    };
    std::unique_ptr<Explained> explained(const char* home, const std::string& network = "toy_cnn") {
        auto opened = std::make_unique<Explained>();
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
            QVERIFY(ready.wait());
        }();
        return opened;
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
        QTRY_COMPARE(page->questions().answer()->explanation.layer, first->id);
        QCOMPARE(driver.find<QComboBox>("explainLayer")->currentText(), id); // both show the same
        const auto sample = *page->questions().subject()->sample;
        QTest::keyClick(strip, Qt::Key_Right); // the next layer, not the next image
        QTRY_VERIFY(page->questions().answer()->explanation.layer != first->id);
        QCOMPARE(page->questions().answer()->explanation.layer, strip->current().toStdString());
        QCOMPARE(*page->questions().subject()->sample, sample);
        choose(driver, "explainLayer", 0);
        QTRY_COMPARE(page->questions().answer()->explanation.layer, std::string("automatic"));
        QCOMPARE(strip->current().toStdString(), defaultHeatMapNode(graph));
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
};

QTEST_MAIN(ExplainPageTest)
#include "tst_ExplainPage.moc"
