// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QFile>
#include <QMenu>
#include <QTabBar>
#include <QTableView>

#include "CliProcess.h"
#include "Test.h"
#include "WindowDriver.h"
#include "store/RunEvents.h"
#include "store/RunStore.h"

using namespace sightline;
using namespace sightline::ui;

namespace {
constexpr int kLong = 120000;
}

/// Runs that are steered: changed and undone, followed in another process, continued, forked. The real window with the
/// real engine.
class SteerWindowJourneys : public FolderTest {
    Q_OBJECT

    /// Opens the toys and sets a small, quick run.
    void prepare(WindowDriver& driver, int epochs) const {
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.window->openPath(path(QStringLiteral("toys")));
        QVERIFY(opened.wait(kLong));
        driver.key(Qt::Key_3, Qt::ControlModifier);
        driver.type("data.image_size[1]", QStringLiteral("32"));
        driver.type("data.image_size", QStringLiteral("32"));
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.type("training.epochs", QString::number(epochs));
        driver.type("training.batch_size", QStringLiteral("8"));
        driver.type("training.optimizer.learning_rate", QStringLiteral("0.001"));
        QCOMPARE(driver.session->document().experiment().training.epochs, epochs);
    }
    static void trainToTheEnd(WindowDriver& driver, const char* button) {
        QSignalSpy ended(&driver.session->runs(), &RunDesk::ended);
        driver.click(button);
        QVERIFY(ended.wait(kLong));
        const RunEnded end = *driver.session->runs().progress().ended;
        QVERIFY2(end.outcome == RunEnded::Outcome::Completed, end.reason.c_str());
    }
    static void stop(WindowDriver& driver) {
        driver.click("stopButton");
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Idle, kLong);
    }
    static double rate(const Experiment& experiment) { return experiment.training.optimizer.learningRate; }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")))); }

    void theRateIsChangedAndUndoneAndTheImpossibleRefused() {
        WindowDriver driver(path(QStringLiteral("home-edit")));
        prepare(driver, 4000);
        RunDesk& runs = driver.session->runs();
        driver.click("primaryButton");
        QTRY_VERIFY_WITH_TIMEOUT(!runs.progress().history.empty(), kLong);
        driver.type("training.optimizer.learning_rate", QStringLiteral("0.0003"));
        driver.click("trainApplyEdit");
        QTRY_COMPARE_WITH_TIMEOUT(runs.progress().edits.size(), std::size_t(1), kLong);
        QTRY_VERIFY_WITH_TIMEOUT(
            driver.text("trainEditApplied").contains(QStringLiteral("Learning rate 0.001 → 0.0003")), kLong);
        const std::filesystem::path folder = runs.run()->folder;
        QCOMPARE(rate(*RunFolder(folder).experiment()), 0.0003);
        QTRY_VERIFY_WITH_TIMEOUT(driver.find<QWidget>("trainUndoEdit")->isEnabled(), kLong);
        driver.click("trainUndoEdit");
        QTRY_COMPARE_WITH_TIMEOUT(runs.progress().edits.size(), std::size_t(2), kLong);
        QCOMPARE(rate(driver.session->document().experiment()), 0.001);

        driver.type("training.epochs", QStringLiteral("0"));
        driver.click("trainApplyEdit");
        QTRY_VERIFY_WITH_TIMEOUT(!driver.text("trainEditRefusal").isEmpty(), kLong);
        const std::size_t before = runs.progress().history.size();
        QTRY_VERIFY_WITH_TIMEOUT(runs.progress().history.size() > before, kLong); // it trains all the same
        driver.click("trainDiscardEdit");
        QCOMPARE(driver.session->document().experiment().training.epochs, 4000);
        stop(driver);
        QCOMPARE(readRunEdits(folder / "events.jsonl").size(), std::size_t(2));
        QCOMPARE(rate(*RunFolder(folder).experiment()), 0.001);
    }

    void aFinishedRunGetsMoreEpochsAndAForkFromItsBest() {
        WindowDriver driver(path(QStringLiteral("home-fork")));
        prepare(driver, 2);
        RunDesk& runs = driver.session->runs();
        trainToTheEnd(driver, "primaryButton");
        const std::filesystem::path first = runs.run()->folder;
        driver.type("moreEpochs", QStringLiteral("2"));
        trainToTheEnd(driver, "trainMoreButton");
        QCOMPARE(runs.run()->folder, first);
        QCOMPARE(runs.progress().history.size(), std::size_t(4));
        QCOMPARE(driver.session->document().experiment().training.epochs, 4);

        const std::vector<EpochMetrics> before = runs.progress().history;
        driver.click("forkButton");
        auto* menu = driver.find<QMenu>("forkButton menu");
        QTRY_VERIFY_WITH_TIMEOUT(menu->isVisible(), kLong);
        menu->findChild<QAction*>(QStringLiteral("forkButton best"))->trigger();
        menu->close();
        QTRY_VERIFY_WITH_TIMEOUT(runs.fork().has_value(), kLong);
        const auto epoch = static_cast<std::size_t>(runs.fork()->epoch);
        QCOMPARE(static_cast<int>(epoch), runs.progress().bestEpoch);
        driver.type("training.epochs", QStringLiteral("6"));
        driver.type("training.optimizer.learning_rate", QStringLiteral("0.0002"));
        trainToTheEnd(driver, "pageTrainButton");
        QVERIFY(runs.run()->folder != first);
        QVERIFY(runs.run()->parent && runs.run()->parent->run == first.filename().string());
        const std::vector<EpochMetrics>& after = runs.progress().history;
        QCOMPARE(after.size(), std::size_t(6));
        for (std::size_t i = 0; i < epoch; ++i)
            QCOMPARE(after[i].loss, before[i].loss);
        QCOMPARE(rate(runs.progress().experiment), 0.0002);
        QCOMPARE(runs.run()->parent->history.size(), std::size_t(4));

        driver.key(Qt::Key_6, Qt::ControlModifier); // what was changed in the fork tells it from its parent
        auto* tabs = driver.find<QTabBar>("explainTabBar");
        tabs->setCurrentIndex(tabs->count() - 1);
        auto* others = driver.find<QComboBox>("compareRun");
        QTRY_COMPARE_WITH_TIMEOUT(others->count(), 2, kLong);
        others->setFocus();
        QTest::keyClick(others, Qt::Key_Down);
        const auto* settings = driver.find<QTableView>("differingSettings")->model();
        QTRY_COMPARE_WITH_TIMEOUT(settings->rowCount(), 2, kLong);
        QCOMPARE(settings->index(0, 0).data().toString(), QStringLiteral("Epochs"));
        QCOMPARE(settings->index(1, 0).data().toString(), QStringLiteral("Learning rate"));
        QCOMPARE(settings->index(1, 1).data().toString(), QStringLiteral("0.0002"));
        QCOMPARE(settings->index(1, 2).data().toString(), QStringLiteral("0.001"));
    }

    void aCommandLineRunIsFollowedAndSteered() {
        const QString home = path(QStringLiteral("home-cli"));
        QProcess cli;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("SIGHTLINE_HOME"), home);
        cli.setProcessEnvironment(environment);
        write(QStringLiteral("experiment.json"),
              QByteArray("{ 'version': 1, 'name': 'by hand', 'data': { 'path': '@', 'image_size': [32, 32] }, 'model': "
                         "{ 'name': 'toy_cnn' }, 'training': { 'batch_size': 8, 'epochs': 4000 } }")
                  .replace('\'', '"')
                  .replace("@", path(QStringLiteral("toys")).toUtf8()));
        cli.start(QStringLiteral(SIGHTLINE_BINARY_DIR "/sightline-cli"),
                  {QStringLiteral("train"), path(QStringLiteral("experiment.json")), QStringLiteral("--json")});
        WindowDriver driver(home);
        driver.key(Qt::Key_7, Qt::ControlModifier);
        const auto* table = driver.find<QTableView>("runTable")->model();
        QTRY_VERIFY_WITH_TIMEOUT(table->rowCount() == 1 &&
                                     table->index(0, 4).data().toString().section(QLatin1Char(' '), 0, 0).toInt() > 0,
                                 kLong);
        driver.clickRow("runTable", 0);
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("openRunButton"), QStringLiteral("Follow"), kLong);
        driver.click("openRunButton");
        RunDesk& runs = driver.session->runs();
        QTRY_COMPARE_WITH_TIMEOUT(runs.state(), RunState::Running, kLong);
        const std::size_t seen = runs.progress().history.size();
        QTRY_VERIFY_WITH_TIMEOUT(runs.progress().history.size() > seen, kLong);
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("runFigures").startsWith(QStringLiteral("batch ")), kLong);

        const std::filesystem::path events = runs.run()->folder / "events.jsonl";
        const auto told = [&](const char* words) {
            QFile file(QString::fromStdString(events.string()));
            return file.open(QIODevice::ReadOnly) && file.readAll().contains(words);
        };
        driver.click("pageTrainButton");
        QTRY_VERIFY_WITH_TIMEOUT(told("\"Paused.\""), kLong);
        QCOMPARE(runs.state(), RunState::Paused);
        driver.click("pageTrainButton");
        QTRY_VERIFY_WITH_TIMEOUT(told("\"Resumed.\""), kLong);
        QTRY_COMPARE_WITH_TIMEOUT(runs.state(), RunState::Running, kLong);
        driver.type("training.optimizer.learning_rate", QStringLiteral("0.0003"));
        driver.click("trainApplyEdit");
        QTRY_COMPARE_WITH_TIMEOUT(runs.progress().edits.size(), std::size_t(1), kLong);
        QCOMPARE(rate(*RunFolder(runs.run()->folder).experiment()), 0.0003);
        driver.click("stopButton");
        QTRY_COMPARE_WITH_TIMEOUT(runs.state(), RunState::Idle, kLong);
        QCOMPARE(runs.progress().ended->outcome, RunEnded::Outcome::Stopped);
        QVERIFY(cli.state() == QProcess::NotRunning || cli.waitForFinished(kLong));
        QCOMPARE(cli.exitCode(), 0);
        QVERIFY(!std::filesystem::exists(runs.run()->folder / "progress.json"));
    }
};

QTEST_MAIN(SteerWindowJourneys)
#include "tst_SteerWindow.moc"
