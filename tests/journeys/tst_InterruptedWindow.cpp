// SPDX-License-Identifier: GPL-3.0-or-later
#include <QProcess>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "Test.h"
#include "WindowDriver.h"
#include "store/RunStore.h"
#include "support/FileCalls.h"
#include "support/Files.h"

using namespace sightline;
using namespace sightline::ui;

namespace {

constexpr int kLong = 120000, kEpochs = 4000;
constexpr double kRate = 0.002;

std::atomic<bool> g_full{false};
FileCalls g_calls;

/// A disk that is full while somebody says so.
void standBeforeTheDisk() {
    g_calls = fileCalls();
    fileCalls().write = [](int descriptor, const void* bytes, std::size_t count) -> ssize_t {
        if (!g_full)
            return g_calls.write(descriptor, bytes, count);
        errno = ENOSPC;
        return -1;
    };
}

Experiment quick(Experiment experiment) {
    experiment.name = "toysk";
    experiment.data.imageHeight = experiment.data.imageWidth = 32;
    experiment.training.batchSize = 8;
    experiment.training.epochs = kEpochs;
    experiment.training.optimizer.learningRate = kRate;
    return experiment;
}

bool holds(const std::filesystem::path& file, const std::string& words) {
    const Result<std::string> kept = readFile(file);
    return kept && kept->find(words) != std::string::npos;
}

/// Another process: a window that trains, and says so once its place is kept, until it is killed.
int trainUntilKilled(const QString& home, const QString& images) {
    theme::apply(*qApp, Scheme::Light);
    Session session(home.toStdString());
    MainWindow window(session);
    window.show();
    QObject::connect(&session.data(), &DataDesk::opened, &window, [&] {
        session.document().setExperiment(quick(session.document().experiment()));
        session.runs().start();
    });
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, &window, [&] {
        const auto run = session.runs().run();
        if (session.runs().progress().history.size() < 2 ||
            !holds(session.home() / "window.ini", run->folder.filename().string()))
            return;
        look.stop();
        std::puts("trains");
        std::fflush(stdout);
    });
    look.start(50);
    session.data().open(images);
    return QApplication::exec();
}

} // namespace

/// A run that something comes between: a full disk, a window that is killed. The real window with the real engine.
class InterruptedWindowJourneys : public FolderTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(drawFewToys(path(QStringLiteral("toys"))));
        standBeforeTheDisk();
    }
    void cleanup() { g_full = false; }

    void aFullDiskIsWaitedFor() {
        WindowDriver driver(path(QStringLiteral("home-full")));
        QSignalSpy opened(&driver.session->data(), &DataDesk::opened);
        driver.drop(path(QStringLiteral("toys")));
        QVERIFY(opened.wait(kLong));
        driver.session->document().setExperiment(quick(driver.session->document().experiment()));
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.click("pageTrainButton");
        RunDesk& runs = driver.session->runs();
        QTRY_VERIFY_WITH_TIMEOUT(runs.progress().history.size() >= 2, kLong);

        g_full = true;
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("pageTrainButton"), QStringLiteral("Try again"), kLong);
        const QString why = driver.text("runState");
        QVERIFY2(why.startsWith(QStringLiteral("Waiting: ")) && why.contains(QStringLiteral("No space left")) &&
                     why.endsWith(QLatin1Char('.')) && why.count(QStringLiteral(". ")) == 0,
                 qPrintable(why)); // one sentence
        const std::size_t before = runs.progress().history.size();
        QSignalSpy states(&runs, &RunDesk::stateChanged);
        driver.click("pageTrainButton"); // too early
        QTRY_VERIFY_WITH_TIMEOUT(states.count() >= 2 && driver.text("pageTrainButton") == QStringLiteral("Try again"),
                                 kLong);
        QVERIFY(runs.progress().history.size() <= before + 1);

        g_full = false;
        driver.key(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(runs.progress().history.size() > before + 2, kLong);
        QCOMPARE(runs.state(), RunState::Running);
        QVERIFY(driver.text("runState").startsWith(QStringLiteral("Epoch ")));
        driver.click("stopButton");
        QTRY_VERIFY_WITH_TIMEOUT(runs.isIdle(), kLong);
        QCOMPARE(runs.progress().ended->outcome, RunEnded::Outcome::Stopped);
        const auto kept = RunFolder(runs.run()->folder).history(); // nothing is missing, nothing is there twice
        QVERIFY(kept.ok());
        QCOMPARE(kept->size(), runs.progress().history.size());
        for (std::size_t i = 0; i < kept->size(); ++i)
            QCOMPARE((*kept)[i].epoch, static_cast<int>(i) + 1);
    }

    void aWindowThatIsKilledFindsBack() {
        const QString home = path(QStringLiteral("home-killed")), images = path(QStringLiteral("toys"));
        QProcess window;
        window.setReadChannel(QProcess::StandardOutput);
        window.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--train"), home, images});
        QTRY_VERIFY_WITH_TIMEOUT(window.canReadLine(), kLong);
        window.kill();
        QVERIFY(window.waitForFinished(kLong));
        QCOMPARE(window.exitStatus(), QProcess::CrashExit);

        WindowDriver driver(home);
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->data().dataset() && driver.find<QWidget>("messageStrip")->isVisible(),
                                 kLong);
        const Experiment& found = driver.session->document().experiment();
        QCOMPARE(found.data.path, images.toStdString());
        QCOMPARE(found.training.optimizer.learningRate, kRate);
        QCOMPARE(found.training.epochs, kEpochs);
        const RunSummary run = RunStore::open(home.toStdString())->list()->front();
        QVERIFY(run.epochs >= 2);
        QCOMPARE(driver.text("messageText"),
                 QStringLiteral("“toysk” stopped in epoch %1 of %2.").arg(run.epochs + 1).arg(kEpochs));
        QCOMPARE(driver.text("messageAction"), QStringLiteral("Resume"));
        QCOMPARE(driver.text("messageAction2"), QStringLiteral("Keep the best"));
        QCOMPARE(driver.text("messageAction3"), QStringLiteral("Discard"));
        driver.click("messageAction");
        RunDesk& runs = driver.session->runs();
        QTRY_VERIFY_WITH_TIMEOUT(runs.progress().history.size() > static_cast<std::size_t>(run.epochs) + 1, kLong);
        QCOMPARE(runs.run()->folder, run.folder);
        driver.click("stopButton");
        QTRY_VERIFY_WITH_TIMEOUT(runs.isIdle(), kLong);
        for (std::size_t i = 0; i < runs.progress().history.size(); ++i)
            QCOMPARE(runs.progress().history[i].epoch, static_cast<int>(i) + 1);
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    if (argc == 4 && std::strcmp(argv[1], "--train") == 0)
        return trainUntilKilled(QString::fromLocal8Bit(argv[2]), QString::fromLocal8Bit(argv[3]));
    InterruptedWindowJourneys journeys;
    return QTest::qExec(&journeys, argc, argv);
}
#include "tst_InterruptedWindow.moc"
