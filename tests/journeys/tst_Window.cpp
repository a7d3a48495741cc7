// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QListView>
#include <QProcess>
#include <QSlider>
#include <QTableView>
#include <QTemporaryDir>

#include <set>

#include "CliProcess.h"
#include "Test.h"
#include "WindowDriver.h"
#include "plot/CurvePlot.h"
#include "store/RunStore.h"
#include "support/Files.h"
#include "widgets/ConfusionView.h"
#include "widgets/ImageView.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 120000;

/// How many different colours: a flat picture has one.
std::size_t colours(const QImage& image) {
    std::set<QRgb> seen;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            seen.insert(image.pixel(x, y));
    return seen.size();
}
} // namespace

/// The main job in the real window with the real engine, by mouse and keys.
class WindowJourneys : public FolderTest {
    Q_OBJECT

    /// Opens the toys by the first screen and sets a small, quick run.
    void prepare(WindowDriver& driver, int epochs) const {
        prompts().openFolder = [this](QWidget*, const QString&, const QString&) {
            return path(QStringLiteral("toys"));
        };
        driver.click("startOpenFolder");
        QTRY_COMPARE_WITH_TIMEOUT(driver.window->currentPage(), QStringLiteral("data"), kLong);
        driver.key(Qt::Key_3, Qt::ControlModifier);
        driver.type("data.image_size[1]", QStringLiteral("48"));
        driver.type("data.image_size", QStringLiteral("48"));
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.type("training.epochs", QString::number(epochs));
        driver.type("training.batch_size", QStringLiteral("8"));
        QCOMPARE(driver.session->document().experiment().training.epochs, epochs);
        QCOMPARE(driver.session->document().experiment().data.imageWidth, 48);
    }

    /// A run in that data home, trained on the command line.
    void trainInHome(const QString& home) const {
        const CliAnswer answer =
            runCli(path(home), {"train", "--preset", "toys-quick", "--set", "data.path=" + path("toys"), "--set",
                                "training.epochs=2", "--set", "data.image_size=[48,48]"});
        QVERIFY2(answer.code == 0, answer.err.constData());
    }

    static std::string lastWeights(Session& session) {
        const auto bytes = readFile(session.runs().run()->folder / "checkpoints" / "last.safetensors");
        return bytes ? *bytes : std::string();
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")))); }

    void fromAFolderToAHeatMap() {
        WindowDriver driver(path(QStringLiteral("home1")));
        QCOMPARE(driver.window->currentPage(), QStringLiteral("start"));
        prepare(driver, 3);
        QCOMPARE(driver.find<QTableView>("classTable")->model()->rowCount(), 5);
        QCOMPARE(driver.find<QListView>("sampleGrid")->model()->rowCount(), 5 * (12 + 4 + 4));

        driver.click("primaryButton");
        QTRY_COMPARE_WITH_TIMEOUT(driver.find<QPushButton>("primaryButton")->text(), QStringLiteral("Pause"), kLong);
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Idle, kLong);
        QCOMPARE(driver.find<CurvePlot>("lossPlot")->validationPoints(), 3);
        QCOMPARE(driver.find<CurvePlot>("accuracyPlot")->validationPoints(), 3);
        QCOMPARE(driver.find<QPushButton>("primaryButton")->text(), QStringLiteral("Train"));

        driver.click("messageAction"); // the strip offers the next step
        QCOMPARE(driver.window->currentPage(), QStringLiteral("evaluate"));
        driver.click("evaluateButton");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->questions().evaluation() != nullptr, kLong);
        const auto evaluation = driver.session->questions().evaluation();
        QCOMPARE(evaluation->split, std::string("test"));
        QCOMPARE(driver.find<QListView>("gallery")->model()->rowCount(), 20);
        QCOMPARE(driver.find<QTableView>("classReport")->model()->rowCount(), 5);

        int truth = 0, predicted = 0;
        while (evaluation->confusion.at(truth, predicted) == 0)
            predicted == 4 ? ++truth, predicted = 0 : ++predicted;
        auto* matrix = driver.find<ConfusionView>("confusionMatrix");
        QTest::mouseClick(matrix, Qt::LeftButton, {}, matrix->cellRect(truth, predicted).center());
        QCOMPARE(driver.find<QListView>("gallery")->model()->rowCount(),
                 static_cast<int>(evaluation->confusion.at(truth, predicted)));

        QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
        driver.clickRow("gallery", 0);
        QTRY_COMPARE_WITH_TIMEOUT(explained.count(), 1, kLong);
        QCOMPARE(driver.session->questions().answer()->truth, truth);
        const auto* overlaid = driver.window->findChild<QWidget*>(QStringLiteral("galleryAnswer"))
                                   ->findChild<ImageView*>(QStringLiteral("explainedOverlay"));
        QVERIFY(colours(overlaid->image()) > 50);

        driver.click("openExplain");
        QCOMPARE(driver.window->currentPage(), QStringLiteral("explain"));
        const QString picture = path(QStringLiteral("overlay.png"));
        prompts().saveFile = [&](QWidget*, const QString&, const QString&, const QString&) { return picture; };
        driver.click("saveOverlay");
        const QImage saved(picture);
        QCOMPARE(saved.size(), QSize(48, 48));
        QVERIFY(colours(saved) > 50);
        const auto plain =
            readImage((path(QStringLiteral("toys/")) + driver.session->questions().answer()->title).toStdString());
        QVERIFY(plain);
        QVERIFY(saved.pixel(24, 24) != qRgb(plain->row(24)[72], plain->row(24)[73], plain->row(24)[74]) ||
                saved.pixel(0, 0) != qRgb(plain->row(0)[0], plain->row(0)[1], plain->row(0)[2]));
    }

    void otherQuestionsToTheSameImage() {
        trainInHome(QStringLiteral("asked"));
        WindowDriver driver(path(QStringLiteral("asked")));
        driver.key(Qt::Key_7, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(driver.find<QTableView>("runTable")->model()->rowCount(), 1, kLong);
        driver.click("openRunButton");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().run() && driver.session->data().dataset(), kLong);
        driver.key(Qt::Key_6, Qt::ControlModifier);
        QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
        driver.click("nextExplained");
        QTRY_COMPARE_WITH_TIMEOUT(explained.count(), 1, kLong);
        const auto choose = [&](const char* box, int index) {
            auto* combo = driver.find<QComboBox>(box);
            combo->setFocus();
            combo->setCurrentIndex(index);
            Q_EMIT combo->activated(index); // as a choice from the list does
        };
        for (int method = 1; method < 6; ++method) {
            choose("explainMethod", method);
            QTRY_COMPARE_WITH_TIMEOUT(explained.count(), method + 1, kLong);
        }
        choose("explainTarget", 3); // the second class
        QTRY_COMPARE_WITH_TIMEOUT(explained.count(), 7, kLong);
        QCOMPARE(driver.session->questions().answer()->explanation.target, driver.session->runs().run()->classes[1]);
        choose("explainAgainst", 1);
        QTRY_COMPARE_WITH_TIMEOUT(explained.count(), 8, kLong);
        choose("explainLayer", 1);
        QTRY_COMPARE_WITH_TIMEOUT(explained.count(), 9, kLong);
        QCOMPARE(driver.session->questions().answer()->explanation.layer,
                 driver.find<QComboBox>("explainLayer")->currentText().toStdString());

        auto* shown = driver.find<QWidget>("heatMapView")->findChild<ImageView*>(QStringLiteral("explainedOverlay"));
        const QImage with = shown->image();
        QTest::keyClick(driver.find<QWidget>("explainPage"), Qt::Key_H);
        QVERIFY(shown->image() != with);
        QTest::keyClick(driver.find<QWidget>("explainPage"), Qt::Key_H);
        QCOMPARE(shown->image(), with);
        driver.find<QSlider>("explainOpacity")->setValue(90);
        QVERIFY(shown->image() != with);
    }

    void lookingDoesNotChangeTheRun() {
        std::string untouched, watched;
        {
            WindowDriver driver(path(QStringLiteral("home2a")));
            prepare(driver, 4);
            driver.click("primaryButton");
            QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().progress().ended.has_value(), kLong);
            untouched = lastWeights(*driver.session);
        }
        {
            WindowDriver driver(path(QStringLiteral("home2b")));
            prepare(driver, 4);
            driver.click("primaryButton");
            QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().run() && !driver.session->runs().progress().history.empty(),
                                     kLong);
            driver.key(Qt::Key_6, Qt::ControlModifier);
            QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
            driver.click("nextExplained");
            QTRY_VERIFY_WITH_TIMEOUT(explained.count() >= 1, kLong);
            QVERIFY(driver.session->questions().answer()->live);
            for (int i = 0; i < 5; ++i) {
                const auto before = explained.count();
                driver.click("nextExplained");
                QTRY_VERIFY_WITH_TIMEOUT(explained.count() > before, kLong);
            }
            QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().progress().ended.has_value(), kLong);
            watched = lastWeights(*driver.session);
        }
        QVERIFY(!untouched.empty());
        QCOMPARE(watched == untouched, true);
    }

    void pauseStopAndReopenAfterARestart() {
        const QString home = path(QStringLiteral("home3"));
        {
            WindowDriver driver(home);
            prepare(driver, 40);
            driver.type("experimentName", QStringLiteral("To be continued"));
            driver.click("primaryButton");
            QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().progress().history.size() >= 1, kLong);
            driver.key(Qt::Key_Return, Qt::ControlModifier);
            QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Paused, kLong);
            QCOMPARE(driver.find<QPushButton>("primaryButton")->text(), QStringLiteral("Resume"));
            const auto epochs = driver.session->runs().progress().history.size();
            driver.key(Qt::Key_6, Qt::ControlModifier);
            QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
            for (int asked = 1; asked <= 5; ++asked) { // time enough for epochs, were it not paused
                driver.click("nextExplained");
                QTRY_COMPARE_WITH_TIMEOUT(explained.count(), asked, kLong);
            }
            QCOMPARE(driver.session->runs().progress().history.size(), epochs);
            driver.click("primaryButton");
            QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().progress().history.size() > epochs, kLong);
            driver.key(Qt::Key_4, Qt::ControlModifier); // back from Explain
            driver.click("stopAfterEpochButton");
            QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Idle, kLong);
            QCOMPARE(driver.session->runs().progress().ended->outcome, RunEnded::Outcome::Stopped);
        }
        WindowDriver driver(home);
        driver.key(Qt::Key_7, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(driver.find<QTableView>("runTable")->model()->rowCount(), 1, kLong);
        QCOMPARE(driver.text("runTitle"), QStringLiteral("To be continued"));
        driver.click("openRunButton");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().run() && driver.session->data().dataset(), kLong);
        const auto before = driver.session->runs().progress().history.size();
        QCOMPARE(driver.find<CurvePlot>("lossPlot")->validationPoints(), static_cast<int>(before));
        QCOMPARE(driver.session->document().experiment().training.epochs, 40);

        driver.key(Qt::Key_7, Qt::ControlModifier);
        driver.click("resumeRunButton");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().progress().history.size() > before, kLong);
        driver.click("stopButton");
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Idle, kLong);
        QCOMPARE(RunFolder(driver.session->runs().run()->folder).history()->size(),
                 driver.session->runs().progress().history.size());
    }

    void theCommandLinesRunOpensInTheWindow() {
        trainInHome(QStringLiteral("home4"));
        WindowDriver driver(path(QStringLiteral("home4")));
        const QDir runs(path(QStringLiteral("home4/runs")));
        driver.window->openPath(runs.filePath(runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot).value(0)));
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().run() && driver.session->data().dataset(), kLong);
        QCOMPARE(driver.window->currentPage(), QStringLiteral("train"));
        QCOMPARE(driver.find<CurvePlot>("lossPlot")->validationPoints(), 2);
        driver.key(Qt::Key_5, Qt::ControlModifier);
        driver.click("evaluateButton");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->questions().evaluation() != nullptr, kLong);
    }

    void aRunThatWasCutOffIsOfferedAtTheNextStart() {
        QProcess process;
        process.start(QStringLiteral(SIGHTLINE_BINARY_DIR "/sightline-cli"),
                      {QStringLiteral("--home"), path(QStringLiteral("home7")), QStringLiteral("train"),
                       QStringLiteral("--preset"), QStringLiteral("toys-quick"), QStringLiteral("--set"),
                       QStringLiteral("data.path=") + path(QStringLiteral("toys")), QStringLiteral("--set"),
                       QStringLiteral("training.epochs=100"), QStringLiteral("--set"),
                       QStringLiteral("data.image_size=[48,48]")});
        QDir runs(path(QStringLiteral("home7/runs")));
        const auto checkpoint = [&] { // the last file of an epoch: from here on there is something to resume
            const QStringList names = QDir(runs.path()).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
            return names.isEmpty() ? QString()
                                   : runs.filePath(names.first() + QStringLiteral("/checkpoints/last.safetensors"));
        };
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(checkpoint()), kLong);
        process.kill(); // as when the power goes
        QVERIFY(process.waitForFinished(kLong));
        WindowDriver driver(path(QStringLiteral("home7")));
        QTRY_VERIFY_WITH_TIMEOUT(driver.find<QWidget>("messageStrip")->isVisible(), kLong);
        QVERIFY2(driver.text("messageText").contains(QStringLiteral("stopped in epoch ")),
                 qPrintable(driver.text("messageText")));
        QVERIFY(driver.text("messageText").endsWith(QStringLiteral(" of 100.")));
        QCOMPARE(driver.find<QPushButton>("messageAction")->text(), QStringLiteral("Resume"));
        QCOMPARE(driver.find<QPushButton>("messageAction2")->text(), QStringLiteral("Keep the best"));
        QCOMPARE(driver.find<QPushButton>("messageAction3")->text(), QStringLiteral("Discard"));
        driver.click("messageAction");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().progress().history.size() >= 2, kLong);
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->data().dataset() != nullptr, kLong);
        driver.click("stopButton");
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Idle, kLong);
    }

    void aRunFolderWithFilesMissingIsOneSentence() {
        const QString home = path(QStringLiteral("home8"));
        QVERIFY(QDir().mkpath(home + QStringLiteral("/runs/20260101-000000-abcd")));
        QFile experiment(home + QStringLiteral("/runs/20260101-000000-abcd/experiment.json"));
        QVERIFY(experiment.open(QIODevice::WriteOnly));
        experiment.write("{\"version\": 1, \"name\": \"left\", \"data\": {\"path\": \"/nowhere\"}}");
        experiment.close();
        WindowDriver driver(home);
        driver.key(Qt::Key_7, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(driver.find<QTableView>("runTable")->model()->rowCount(), 1, kLong);
        driver.click("openRunButton");
        QTRY_VERIFY_WITH_TIMEOUT(driver.find<QWidget>("messageStrip")->isVisible(), kLong);
        QTRY_VERIFY2_WITH_TIMEOUT(driver.text("messageText").contains(QStringLiteral("/nowhere")),
                                  qPrintable(driver.text("messageText")), kLong);
        driver.key(Qt::Key_5, Qt::ControlModifier);
        QVERIFY(!driver.find<QPushButton>("evaluateButton")->isEnabled());
    }

    void aRunIsRenamedNotedAndDeleted() {
        trainInHome(QStringLiteral("renamed"));
        WindowDriver driver(path(QStringLiteral("renamed")));
        driver.key(Qt::Key_7, Qt::ControlModifier);
        auto* table = driver.find<QTableView>("runTable");
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, kLong);
        prompts().line = [](QWidget*, const QString&, const QString&, const QString&) {
            return QStringLiteral("Büchse 3");
        };
        driver.click("renameRunButton");
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("runTitle"), QStringLiteral("Büchse 3"), kLong);
        driver.type("runNote", QStringLiteral("first try"));
        QTRY_COMPARE_WITH_TIMEOUT(RunStore::open(path(QStringLiteral("renamed")).toStdString())->list()->front().note,
                                  std::string("first try"), kLong);
        bool asked = false;
        prompts().confirm = [&asked](QWidget*, const QString&, const QString&) {
            asked = true;
            return false;
        };
        driver.click("deleteRunButton");
        QTRY_VERIFY_WITH_TIMEOUT(asked, kLong);
        prompts().line = [](QWidget*, const QString&, const QString&, const QString&) {
            return QStringLiteral("Büchse 4");
        };
        driver.click("renameRunButton"); // changes are made in order: it is still there
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("runTitle"), QStringLiteral("Büchse 4"), kLong);
        QCOMPARE(table->model()->rowCount(), 1);
        prompts().confirm = [](QWidget*, const QString&, const QString&) { return true; };
        driver.click("deleteRunButton");
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 0, kLong);
        QVERIFY(driver.find<QWidget>("runsEmpty")->isVisible());
    }

    void aLossThatIsNotANumberEndsTheRunOnly() {
        WindowDriver driver(path(QStringLiteral("home5")));
        prepare(driver, 5);
        driver.type("training.optimizer.learning_rate", QStringLiteral("1e30"));
        driver.click("primaryButton");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().progress().ended.has_value(), kLong);
        QCOMPARE(driver.session->runs().progress().ended->outcome, RunEnded::Outcome::Failed);
        QVERIFY(!driver.text("messageText").isEmpty());
        driver.type("training.optimizer.learning_rate", QStringLiteral("0.001"));
        driver.type("training.epochs", QStringLiteral("1"));
        driver.click("primaryButton");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().progress().ended &&
                                     driver.session->runs().progress().ended->outcome == RunEnded::Outcome::Completed,
                                 kLong);
    }

    void closingWhileTrainingAsksFirst() {
        WindowDriver driver(path(QStringLiteral("home6")));
        prepare(driver, 500);
        driver.click("primaryButton");
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Running, kLong);
        prompts().confirm = [](QWidget*, const QString&, const QString&) { return false; };
        QVERIFY(!driver.window->close());
        prompts().confirm = [](QWidget*, const QString&, const QString&) { return true; };
        QVERIFY(driver.window->close());
    }
};

QTEST_MAIN(WindowJourneys)
#include "tst_Window.moc"
