// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QLabel>
#include <QListView>
#include <QTableView>

#include <map>

#include "Test.h"
#include "WindowDriver.h"
#include "store/RunStore.h"
#include "support/Files.h"
#include "widgets/MessageStrip.h"
#include "widgets/Prompts.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 120000;
}

/// Which run, which images: a person who does not wait, in the real window with the real engine.
class RunsWindowJourneys : public FolderTest {
    Q_OBJECT

    /// Opens the toys and sets a small, quick run.
    void prepare(WindowDriver& driver, int epochs, const QString& images = QStringLiteral("toys")) const {
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.window->openPath(path(images));
        QVERIFY(opened.wait(kLong));
        driver.key(Qt::Key_3, Qt::ControlModifier);
        driver.type("data.image_size[1]", QStringLiteral("48"));
        driver.type("data.image_size", QStringLiteral("48"));
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.type("training.epochs", QString::number(epochs));
        driver.type("training.batch_size", QStringLiteral("8"));
        QCOMPARE(driver.session->document().experiment().training.epochs, epochs);
    }
    static void trainToTheEnd(WindowDriver& driver) {
        QSignalSpy ended(&driver.session->runs(), &RunDesk::ended);
        driver.click("primaryButton");
        QVERIFY(ended.wait(kLong));
        QCOMPARE(driver.session->runs().progress().ended->outcome, RunEnded::Outcome::Completed);
    }
    static void startAndPause(WindowDriver& driver) {
        driver.click("primaryButton");
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->runs().progress().history.size() >= 1, kLong);
        driver.key(Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Paused, kLong);
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")))); }

    /// A network from another program, dropped on the window, answers there.
    void aDroppedNetworkIsARun() {
        WindowDriver driver(path(QStringLiteral("home-import")));
        QStringList asked;
        prompts().choice = [&](QWidget*, const QString&, const QString& label, const QStringList& choices) {
            asked << label;
            return std::optional(static_cast<int>(choices.indexOf(QStringLiteral("−1 to 1"))));
        };
        driver.drop(QStringLiteral(SIGHTLINE_GOLDEN_DIR "/onnx/torch-17.onnx"));
        auto* strip = driver.find<MessageStrip>("messageStrip");
        QTRY_VERIFY_WITH_TIMEOUT(strip->isVisible(), kLong);
        QVERIFY(driver.text("messageText").startsWith(QStringLiteral("Imported “torch-17”.")));
        QVERIFY2(!driver.text("messageText").contains(QStringLiteral("--")), qPrintable(driver.text("messageText")));
        QCOMPARE(asked.size(), 1);
        QVERIFY(asked[0].startsWith(
            QStringLiteral("torch-17.onnx does not say, with all values, how its images are normalized.")));
        const auto first = RunStore::open(driver.session->home())->find("torch-17");
        QVERIFY(first.ok());
        QCOMPARE(first->experiment()->normalization.preset, NormalizationSettings::Preset::Half);
        auto* table = driver.find<QTableView>("runTable");
        QCOMPARE(table->model()->rowCount(), 1);
        QSignalSpy opened(&driver.session->runs(), &RunDesk::runChanged);
        driver.session->runs().open(table->model()->index(0, 0).data().toString());
        QVERIFY(opened.wait(kLong));
        driver.key(Qt::Key_5, Qt::ControlModifier); // it has no history, and can be evaluated all the same
        QTRY_VERIFY(driver.find<QPushButton>("evaluateButton")->isEnabled());
        driver.key(Qt::Key_7, Qt::ControlModifier);
        prompts().openFile = [this](auto&&...) { return path(QStringLiteral("torn.onnx")); };
        write(QStringLiteral("torn.onnx"), "no model");
        driver.find<QAction>("importFile")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(strip->kind() == MessageStrip::Kind::Problem, kLong);
        prompts().openFile = [](auto&&...) { return QStringLiteral(SIGHTLINE_GOLDEN_DIR "/onnx/keras.onnx"); };
        driver.find<QAction>("importFile")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 2, kLong);
        write(QStringLiteral("names.txt"), "a\nb\nc\nd\n");
        prompts().openFile = [this](QWidget*, const QString& title, const QString&, const QString&) {
            return title.startsWith(QStringLiteral("Class names"))
                       ? path(QStringLiteral("names.txt"))
                       : QStringLiteral(SIGHTLINE_GOLDEN_DIR "/onnx/torch-13.onnx");
        };
        driver.find<QAction>("importWithLabels")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 3, kLong);
        const auto named = RunStore::open(driver.session->home())->find("torch-13");
        QVERIFY(named.ok() && *named->classes() == (std::vector<std::string>{"a", "b", "c", "d"}));
        prompts().openFolder = [this](auto&&...) { return path(QStringLiteral("toys")); };
        driver.find<QAction>("importFolder")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("messageText").contains(QStringLiteral("is no hub folder")), kLong);
        driver.clickRow("runTable", 0);
        QVERIFY(driver.find<QWidget>("classifyRunButton")->isVisible());
        driver.click("continueRunButton"); // it is fine-tuned on images of one's own
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("messageText").contains(QStringLiteral("the best weights of “")), kLong);
        prompts() = {};
    }

    void stoppingWhileItStartsIsNoFailure() {
        WindowDriver driver(path(QStringLiteral("home-start")));
        prepare(driver, 50);
        QSignalSpy ended(&driver.session->runs(), &RunDesk::ended);
        driver.click("primaryButton");
        QCOMPARE(driver.session->runs().state(), RunState::Starting);
        driver.click("stopButton");
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kLong);
        const auto end = ended.first().first().value<RunEnded>();
        QVERIFY2(end.outcome == RunEnded::Outcome::Stopped, end.reason.c_str());
        QCOMPARE(driver.session->runs().state(), RunState::Idle);
        QCOMPARE(driver.text("activity"), QStringLiteral("Ready"));
        auto* strip = driver.find<MessageStrip>("messageStrip");
        QVERIFY(!strip->isVisible() || strip->kind() != MessageStrip::Kind::Problem);
    }

    /// Killed in the middle of an epoch: the next start has images, settings and the run, and goes on with the next
    /// batch.
    void aProgramThatIsKilledFindsBack_data() {
        QTest::addColumn<QString>("choice");
        QTest::newRow("resume") << "messageAction";
        QTest::newRow("keep") << "messageAction2";
        QTest::newRow("discard") << "messageAction3";
    }

    void aProgramThatIsKilledFindsBack() {
        QFETCH(QString, choice);
        const std::filesystem::path home = path(QStringLiteral("home-killed")).toStdString();
        const std::filesystem::path image = path(QStringLiteral("home-image")).toStdString();
        std::filesystem::remove_all(home);
        Experiment settings;
        std::pair<int, int> savedAt;
        {
            WindowDriver driver(QString::fromStdString(home.string()));
            prepare(driver, 40);
            settings = driver.session->document().experiment();
            startAndPause(driver);
            QSignalSpy saved(&driver.session->runs(), &RunDesk::saved);
            driver.click("saveNowButton");
            QTRY_COMPARE_WITH_TIMEOUT(saved.count(), 1, kLong);
            savedAt = {saved[0][0].toInt(), saved[0][1].toInt()};
            QVERIFY(driver.text("messageText").startsWith(QStringLiteral("Saved after batch ")));
            const std::string run = driver.session->runs().run()->folder.string();
            const auto keepsRun = [&] {
                const Result<std::string> kept = readFile(home / "window.ini");
                return kept && kept->find(run) != std::string::npos;
            };
            QTRY_VERIFY_WITH_TIMEOUT(keepsRun(), kLong);
            std::filesystem::copy(home, image,
                                  std::filesystem::copy_options::recursive); // what a power cut would leave
            driver.click("stopButton");
            QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Idle, kLong);
        }
        std::filesystem::remove_all(home);
        std::filesystem::rename(image, home);
        const std::filesystem::path run = RunStore::open(home)->list()->front().folder;
        std::filesystem::remove(run / "running.json"); // its process lives, unlike one that was killed

        WindowDriver driver(QString::fromStdString(home.string()));
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->data().dataset() && driver.find<QWidget>("messageStrip")->isVisible(),
                                 kLong);
        QCOMPARE(driver.session->document().experiment().training.epochs, settings.training.epochs);
        QCOMPARE(driver.session->document().experiment().data.path, settings.data.path);
        QVERIFY2(driver.text("messageText").endsWith(QStringLiteral(" stopped in epoch %1 of 40.").arg(savedAt.first)),
                 qPrintable(driver.text("messageText")));
        prompts().confirm = [](QWidget*, const QString&, const QString&) { return true; };
        driver.click(choice.toUtf8().constData());
        if (choice == QLatin1String("messageAction")) {
            const std::string resumed = R"({"type":"resumed","epoch":)" + std::to_string(savedAt.first) +
                                        R"(,"batch":)" + std::to_string(savedAt.second) + ",";
            const auto goesOn = [&] {
                const Result<std::string> events = readFile(run / "events.jsonl");
                return events && events->find(resumed) != std::string::npos;
            };
            QTRY_VERIFY_WITH_TIMEOUT(goesOn(), kLong);
            driver.click("stopButton");
            QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Idle, kLong);
        } else if (choice == QLatin1String("messageAction2")) {
            QTRY_COMPARE_WITH_TIMEOUT(RunStore::open(home)->list()->front().state, std::string("stopped"), kLong);
        } else {
            QTRY_VERIFY_WITH_TIMEOUT(!std::filesystem::exists(run), kLong);
        }
    }

    void anotherRunOpenedDuringAnEvaluationHasNoneOfItsOwn() {
        WindowDriver driver(path(QStringLiteral("home-switch")));
        prepare(driver, 1);
        trainToTheEnd(driver);
        const auto first = driver.session->runs().run();
        trainToTheEnd(driver);
        const auto second = driver.session->runs().run();
        QVERIFY(first != second);
        driver.key(Qt::Key_5, Qt::ControlModifier);
        QSignalSpy changed(&driver.session->questions(), &Questions::evaluationChanged);
        driver.click("evaluateButton");
        driver.session->runs().open(QString::fromStdString(first->folder.string()));
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().run()->folder, first->folder, kLong);
        driver.session->questions().evaluate(QStringLiteral("val"));
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->questions().evaluation() != nullptr, kLong);
        QCOMPARE(driver.session->questions().evaluation()->split, std::string("val")); // what was asked of this run
        QTRY_COMPARE_WITH_TIMEOUT(driver.find<QListView>("gallery")->model()->rowCount(), 20, kLong);
    }

    void undoDuringARunLeavesItsImagesOpen() {
        WindowDriver driver(path(QStringLiteral("home-undo")));
        QVERIFY(drawFewToys(path(QStringLiteral("others")), 3, 2, 24));
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.window->openPath(path(QStringLiteral("others")));
        QVERIFY(opened.wait(kLong));
        prepare(driver, 500);
        startAndPause(driver);
        const auto images = driver.session->data().dataset();
        driver.key(Qt::Key_1, Qt::ControlModifier);
        for (int i = 0; i < 12; ++i) // back to before the toys were opened, if it would
            driver.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(driver.session->document().experiment().data.path, driver.session->runs().run()->experiment.data.path);
        QCOMPARE(driver.session->data().dataset(), images);
        QVERIFY(!driver.session->data().isOpening());
        QVERIFY(driver.text("messageText").contains(QStringLiteral("A run is in progress")));
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.click("stopButton");
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Idle, kLong);
    }

    void aQuestionIsAnsweredWhilePaused() {
        WindowDriver driver(path(QStringLiteral("home-paused")));
        prepare(driver, 500);
        startAndPause(driver);
        driver.key(Qt::Key_6, Qt::ControlModifier);
        QSignalSpy explained(&driver.session->questions(), &Questions::explanationReady);
        driver.click("nextExplained");
        QTRY_COMPARE_WITH_TIMEOUT(explained.count(), 1, kLong);
        QVERIFY(driver.session->questions().answer()->live);
        QCOMPARE(driver.session->questions().answer()->run, driver.session->runs().run());
        QCOMPARE(driver.session->runs().state(), RunState::Paused);
        QVERIFY(driver.text("activity").startsWith(QStringLiteral("Training"))); // and not "Ready"
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.click("stopButton");
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Idle, kLong);
        QCOMPARE(driver.text("activity"), QStringLiteral("Ready"));
    }

    void imagesThatHaveMovedAreAskedForAndRemembered() {
        QVERIFY(drawFewToys(path(QStringLiteral("here"))));
        WindowDriver driver(path(QStringLiteral("home-moved")));
        prepare(driver, 1, QStringLiteral("here"));
        trainToTheEnd(driver);
        const QString run = QString::fromStdString(driver.session->runs().run()->folder.string());
        QVERIFY(QDir().rename(path(QStringLiteral("here")), path(QStringLiteral("there"))));
        driver.window->openPath(run);
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("messageText").contains(QStringLiteral("Where are the images now?")),
                                 kLong);
        prompts().openFolder = [this](QWidget*, const QString&, const QString&) {
            return path(QStringLiteral("there"));
        };
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.click("messageAction");
        QVERIFY(opened.wait(kLong));
        QCOMPARE(driver.session->data().dataset()->root,
                 std::filesystem::path(path(QStringLiteral("there")).toStdString()));
        QVERIFY2(driver.text("messageText").startsWith(QStringLiteral("All images")),
                 qPrintable(driver.text("messageText")));
        driver.session->runs().close();
        driver.window->openPath(run); // and it is not asked again
        QVERIFY(opened.wait(kLong));
        driver.session->questions().evaluate();
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->questions().evaluation() != nullptr, kLong);
        QCOMPARE(driver.session->questions().evaluation()->predictions.size(), std::size_t{20});
    }

    /// By the settings, ten new images that come first would be validated on.
    void aRunOpenedAgainShowsTheSplitItWasTrainedWith() {
        const QString images = path(QStringLiteral("growing"));
        QVERIFY(drawFewToys(images));
        QVERIFY(QDir(images + QStringLiteral("/val")).removeRecursively());
        WindowDriver driver(path(QStringLiteral("home-growing")));
        prepare(driver, 1, QStringLiteral("growing"));
        trainToTheEnd(driver);
        const auto subsets = [&] {
            std::map<std::string, Subset> of;
            for (const Sample& sample : driver.session->data().dataset()->samples)
                of[sample.path] = sample.subset;
            return of;
        };
        const auto before = subsets();
        const QString boats = images + QStringLiteral("/train/boat/");
        for (int i = 0; i < 10; ++i)
            QVERIFY(QFile::copy(boats + QStringLiteral("boat_0001.png"), boats + QStringLiteral("a_%1.png").arg(i)));
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.window->openPath(QString::fromStdString(driver.session->runs().run()->folder.string()));
        QVERIFY(opened.wait(kLong));
        QVERIFY(subsets() == before);
        trainToTheEnd(driver); // a new run has all images, and so has the window
        QTRY_COMPARE_WITH_TIMEOUT(subsets().size(), before.size() + 10, kLong);
    }

    void anEditMadeJustBeforeClosingIsTrainedWithNextTime() {
        const QString home = path(QStringLiteral("home-edit"));
        std::filesystem::path file;
        {
            WindowDriver driver(home);
            prepare(driver, 1);
            driver.key(Qt::Key_1, Qt::ControlModifier);
            file = overlayFile(home.toStdString(), driver.session->data().dataset()->root);
            driver.clickRow("sampleGrid", 0);
            QTest::keyClick(driver.find<QWidget>("sampleGrid"), Qt::Key_X);
            driver.clickRow("sampleGrid", 1);
            QTest::keyClick(driver.find<QWidget>("sampleGrid"), Qt::Key_X);
            QVERIFY(driver.window->close());
        } // at once
        QCOMPARE(readOverlay(file)->entries.size(), std::size_t{2});
        WindowDriver driver(home);
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->data().dataset(), kLong);
        trainToTheEnd(driver);
        const auto kept = readOverlay(driver.session->runs().run()->folder / kOverlayFile);
        QVERIFY(kept && kept->entries.size() == 2);
    }
};

QTEST_MAIN(RunsWindowJourneys)
#include "tst_RunsWindow.moc"
