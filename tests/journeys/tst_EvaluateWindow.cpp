// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QListView>
#include <QTabBar>
#include <QTableView>

#include "CliProcess.h"
#include "Test.h"
#include "WindowDriver.h"
#include "widgets/ConfusionView.h"
#include "widgets/ReliabilityView.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 120000;
}

/// The page Evaluate in the real window with the real engine, by mouse and keys; one quick run for all.
class EvaluateJourneys : public FolderTest {
    Q_OBJECT

    /// The run opened and evaluated on its test images.
    void evaluate(WindowDriver& driver) const {
        driver.window->resize(1280, 720);
        const QDir runs(path(QStringLiteral("home/runs")));
        driver.window->openPath(runs.filePath(runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot).value(0)));
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().run() && driver.session->data().dataset(), kLong);
        driver.key(Qt::Key_5, Qt::ControlModifier);
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

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(drawFewToys(path(QStringLiteral("toys"))));
        const CliAnswer answer =
            runCli(path("home"), {"train", "--preset", "toys-quick", "--set", "data.path=" + path("toys"), "--set",
                                  "training.epochs=2", "--set", "data.image_size=[48,48]"});
        QVERIFY2(answer.code == 0, answer.err.constData());
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
};

QTEST_MAIN(EvaluateJourneys)
#include "tst_EvaluateWindow.moc"
