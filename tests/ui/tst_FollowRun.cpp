// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDialog>
#include <QLabel>
#include <QPushButton>
#include <QTableView>

#include "FakeEngine.h"
#include "ObedientTrainer.h"
#include "PageTest.h"
#include "StoredRun.h"
#include "StoredWeights.h"
#include "engine/GivenBatchBytes.h"
#include "engine/ProgressFile.h"
#include "models/Tiles.h"
#include "plot/CurvePlot.h"
#include "store/RemoteCommand.h"
#include "support/Files.h"

using namespace sightline;
using namespace sightline::ui;

namespace {

constexpr int kLong = 20000;

/// What another program does with a run: as far as its folder shows it.
struct OtherProgram {
    RunFolder run;
    std::optional<RunMark> mark;
    std::vector<ReceivedCommand> received;

    OtherProgram(const QString& home, const QString& images) : run(begun(home, images)) {
        mark.emplace(std::move(*RunMark::take(run.path())));
        tell(startOf(run, *run.experiment()));
        epoch(1);
    }
    static RunFolder begun(const QString& home, const QString& images) {
        Experiment experiment;
        experiment.name = "elsewhere";
        experiment.data.path = images.toStdString();
        experiment.training.epochs = 9;
        experiment.training.optimizer.learningRate = 0.001;
        const RunFolder run = *RunStore::open(home.toStdString())->create(experiment);
        static_cast<void>(run.writeClasses({"boat", "car", "duck", "robot", "train"}));
        return run;
    }
    void tell(const TrainEvent& event) const { QVERIFY(run.appendEvent(toJson(event))); }
    void epoch(int number) const {
        EpochFinished epoch;
        epoch.metrics.epoch = number;
        epoch.metrics.loss = 1.0 / number;
        epoch.bestEpoch = number;
        tell(epoch);
    }
    /// Whether this is what it was asked; it is to be answered.
    bool hears(RemoteCommand::Kind kind) {
        if (received.empty())
            received = receiveCommands(run.path());
        return received.size() == 1 && received[0].command && received[0].command->kind == kind;
    }
    void answer(const Result<void>& done = {}, const std::string& attached = {}) {
        answerCommand(received[0], done, attached);
        received.clear();
    }
    void end(RunEnded::Outcome outcome) {
        RunEnded ended;
        ended.outcome = outcome;
        ended.folder = run.path().string();
        tell(ended);
        mark.reset();
    }
};

} // namespace

/// A run that another program trains, in this window: seen as it goes, and steered.
class FollowRunTest : public PageTest {
    Q_OBJECT
    FakeEngine m_engine;

    QString home(const char* name) const { return path(QLatin1String(name)); }
    OtherProgram program(const char* name) const { return {home(name), path(QStringLiteral("toys"))}; }
    static void follow(WindowDriver& driver, const OtherProgram& other) {
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.session->runs().open(QString::fromStdString(other.run.path().string()));
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Running, kLong);
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->data().dataset(), kLong);
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24)); }

    void itIsSeenAsItGoes() {
        OtherProgram other = program("home-live");
        WindowDriver driver(home("home-live"), m_engine.door());
        follow(driver, other);
        RunDesk& runs = driver.session->runs();
        QVERIFY(!runs.trainsHere());
        QCOMPARE(runs.progress().history.size(), std::size_t(1));
        QVERIFY(driver.text("runNextWords").startsWith(QStringLiteral("Another program is training this run")));
        ProgressFile progress(other.run.path());
        BatchFinished batch{2, 3, 8};
        batch.runningLoss = 0.5;
        progress.tell(batch);
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("runFigures").startsWith(QStringLiteral("batch 3 of 8")), kLong);
        QCOMPARE(driver.text("runState"), QStringLiteral("Epoch 2 of 9"));
        other.epoch(2);
        QTRY_COMPARE_WITH_TIMEOUT(runs.progress().history.size(), std::size_t(2), kLong);
        picture(driver, QStringLiteral("follow"));
        other.tell(RunNote{"The run stops after this epoch.", {{"type", "note"}, {"stops_after_epoch", true}}});
        QTRY_VERIFY_WITH_TIMEOUT(runs.stopsAfterEpoch(), kLong); // somebody else asked for it
        other.tell(RunPaused{true});
        QTRY_COMPARE_WITH_TIMEOUT(runs.state(), RunState::Paused, kLong);
        other.tell(RunPaused{false});
        QTRY_COMPARE_WITH_TIMEOUT(runs.state(), RunState::Running, kLong);
        QSignalSpy ended(&runs, &RunDesk::ended);
        other.end(RunEnded::Outcome::Completed);
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kLong);
        QCOMPARE(runs.state(), RunState::Idle);
        QCOMPARE(runs.progress().ended->outcome, RunEnded::Outcome::Completed);
        QVERIFY(driver.session->activities().works().empty());
    }

    /// A quick map is drawn anew by its newest best weights: whatever is asked of the image next is asked of these.
    void itsNewestBestDrawsTheMap() {
        FakeEngine engine;
        std::atomic<int> explained{0};
        engine.onExplain = [&](const HeatMapQuestion& request, std::stop_token) {
            ++explained;
            return Result<HeatMap>(explanationOf(request, {"boat", "car", "duck", "robot", "train"}, 0));
        };
        OtherProgram other = program("home-map");
        saveWeights(other.run, "best", 1);
        WindowDriver driver(home("home-map"), engine.door());
        follow(driver, other);
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->checkpoints().epoch(), 1, kLong);
        driver.session->questions().explain({0u, {}});
        QTRY_VERIFY_WITH_TIMEOUT(driver.session->questions().answer() != nullptr, kLong);
        QCOMPARE(explained.load(), 1);
        saveWeights(other.run, "best", 2);
        other.tell(bestOf(2));
        QTRY_COMPARE_WITH_TIMEOUT(explained.load(), 2, kLong);
        QCOMPARE(driver.session->runs().state(), RunState::Running);
    }

    /// A fork is measured against a parent that goes on.
    void theGhostOfAParentGrowsWithIt() {
        OtherProgram other = program("home-ghost");
        const RunFolder fork =
            storedRun(home("home-ghost"), path(QStringLiteral("toys")), {"boat", "car", "duck", "robot", "train"});
        QVERIFY(writeFileAtomically(fork.path() / "parent.json",
                                    toText(Json{{"run", other.run.id()}, {"epoch", 1}}) + "\n"));
        WindowDriver driver(home("home-ghost"), m_engine.door());
        driver.key(Qt::Key_4, Qt::ControlModifier);
        openStoredRun(*driver.session, fork);
        const auto* loss = driver.find<CurvePlot>("lossPlot");
        QTRY_COMPARE(loss->ghostPoints(), 1);
        QVERIFY(driver.find<QWidget>("ghostKey")->isVisible());
        other.epoch(2);
        other.epoch(3);
        QTRY_COMPARE_WITH_TIMEOUT(loss->ghostPoints(), 3, kLong);
        other.epoch(4);
        other.end(RunEnded::Outcome::Completed); // its last epoch is seen too
        QTRY_COMPARE_WITH_TIMEOUT(loss->ghostPoints(), 4, kLong);
    }

    /// What its epochs told before it was followed; the next one tells more.
    void itsPatienceIsKnownFromTheStart() {
        OtherProgram other = program("home-patience");
        Experiment patient = *other.run.experiment();
        patient.training.earlyStopping = EarlyStoppingSettings{};
        QVERIFY(other.run.appendEvent(
            {{"type", "edit"},
             {"epoch", 2},
             {"batch", 0},
             {"changes", {{"training.early_stopping", {nullptr, toJson(patient)["training"]["early_stopping"]}}}}}));
        EpochFinished epoch;
        epoch.metrics.epoch = 2;
        epoch.patienceUsed = 3;
        epoch.patience = 10;
        epoch.monitor = "val_loss";
        other.tell(epoch);
        WindowDriver driver(home("home-patience"), m_engine.door());
        follow(driver, other);
        ProgressFile progress(other.run.path());
        progress.tell(BatchFinished{3, 3, 8});
        QTRY_VERIFY_WITH_TIMEOUT(
            driver.text("runFigures").contains(QStringLiteral("patience 3 of 10 (validation loss)")), kLong);
        epoch.metrics.epoch = 3;
        epoch.patienceUsed = 4;
        other.tell(epoch);
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().progress().history.size(), std::size_t(3), kLong);
        const auto later = [&] {
            progress.tell(BatchFinished{4, 1, 8}); // once a second
            return driver.text("runFigures").contains(QStringLiteral("patience 4 of 10"));
        };
        QTRY_VERIFY_WITH_TIMEOUT(later(), kLong);

        // The trainer counts on while the same is watched.
        const auto change = [&](const char* path, const Json& from, const Json& to) {
            QVERIFY(other.run.appendEvent(
                {{"type", "edit"}, {"epoch", 4}, {"batch", 1}, {"changes", {{path, {from, to}}}}}));
        };
        const auto used = [&] { return driver.session->runs().progress().patience.used; };
        const auto patience = [&] {
            return driver.session->runs().progress().experiment.training.earlyStopping->patience;
        };
        change("training.early_stopping.patience", 10, 20);
        QTRY_COMPARE_WITH_TIMEOUT(patience(), 20, kLong);
        QCOMPARE(used(), 4);
        change("training.early_stopping.monitor", "val_loss", "loss");
        QTRY_COMPARE_WITH_TIMEOUT(used(), 0, kLong);
    }

    /// Opened before its classes and its network are written: they are there as soon as they come.
    void whatItWritesOfItselfLaterIsRead() {
        OtherProgram other = program("home-begins");
        other.tell(RunNote{"The run stops after this epoch.", {{"type", "note"}, {"stops_after_epoch", true}}});
        std::filesystem::remove(other.run.path() / "classes.json");
        WindowDriver driver(home("home-begins"), m_engine.door());
        follow(driver, other);
        RunDesk& runs = driver.session->runs();
        const auto bare = runs.run();
        QVERIFY(bare->classes.empty() && bare->graph.nodes.empty() && !bare->isWhole());
        QSignalSpy changed(&runs, &RunDesk::runChanged);
        const std::vector<std::string> classes{"boat", "car", "duck", "robot", "train"};
        QVERIFY(other.run.writeClasses(classes));
        other.epoch(2);
        QTRY_COMPARE_WITH_TIMEOUT(runs.progress().history.size(), std::size_t(2), kLong);
        QCOMPARE(runs.run(), bare); // one of the two is not enough
        QVERIFY(other.run.writeGraph(toJson(graphFor(*other.run.experiment(), 5).value())));
        QTRY_VERIFY_WITH_TIMEOUT(runs.run()->isWhole(), kLong);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(runs.run()->classes, classes);
        QCOMPARE(runs.run()->folder, bare->folder);
        QCOMPARE(runs.progress().history.size(), std::size_t(2)); // what was seen stays
        QCOMPARE(runs.state(), RunState::Running);
        RunStarted started = startOf(other.run, *other.run.experiment());
        started.batchesPerEpoch = 8;
        started.firstEpoch = 2;          // the one before had come to its end, but not into a checkpoint
        QVERIFY(runs.stopsAfterEpoch()); // as the session before was told, which was killed in a pause
        other.tell(RunPaused{true});
        other.tell(started);
        QTRY_COMPARE_WITH_TIMEOUT(runs.progress().batchesPerEpoch, 8, kLong);
        QCOMPARE(runs.state(), RunState::Running);
        QVERIFY(!runs.stopsAfterEpoch());
        QCOMPARE(runs.progress().history.size(), std::size_t(1));
        QCOMPARE(changed.count(), 2); // so the curves are drawn anew
        started.batchesPerEpoch = 9;
        other.tell(started);
        QTRY_COMPARE_WITH_TIMEOUT(runs.progress().batchesPerEpoch, 9, kLong);
        QCOMPARE(changed.count(), 2); // nothing that was seen is gone: what is asked of it goes on
    }

    void theButtonsReachTheOtherProgram() {
        OtherProgram other = program("home-buttons");
        WindowDriver driver(home("home-buttons"), m_engine.door());
        follow(driver, other);
        RunDesk& runs = driver.session->runs();
        driver.click("pageTrainButton");
        QCOMPARE(runs.state(), RunState::Paused);
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::Pause), kLong);
        other.answer();
        other.tell(RunPaused{true});
        driver.click("pageTrainButton");
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::Resume), kLong);
        other.answer();
        other.tell(RunPaused{false});
        QTRY_COMPARE_WITH_TIMEOUT(runs.state(), RunState::Running, kLong);
        QSignalSpy saved(&runs, &RunDesk::saved);
        driver.click("saveNowButton");
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::Save), kLong);
        other.tell(CheckpointSaved{2, "checkpoints/last.safetensors", false, 5});
        other.answer();
        QTRY_COMPARE_WITH_TIMEOUT(saved.count(), 1, kLong);
        driver.click("stopAfterEpochButton");
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::StopAfterEpoch), kLong);
        other.answer();
        QVERIFY(runs.stopsAfterEpoch());
        QCOMPARE(driver.text("stopAfterEpochButton"), QStringLiteral("Do not stop after epoch"));
        driver.click("stopAfterEpochButton"); // thought better of
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::GoOnAfterEpoch), kLong);
        QVERIFY(!runs.stopsAfterEpoch());
        other.answer(Error{"It is too late."});
        QTRY_VERIFY_WITH_TIMEOUT(runs.stopsAfterEpoch(), kLong);
        driver.click("stopAfterEpochButton");
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::GoOnAfterEpoch), kLong);
        other.answer();
        QVERIFY(!runs.stopsAfterEpoch());
        QCOMPARE(driver.text("stopAfterEpochButton"), QStringLiteral("Stop after epoch"));
        driver.click("stopButton");
        QCOMPARE(runs.state(), RunState::Stopping);
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::Stop), kLong);
        other.answer(Error{"There is no room for a checkpoint."});
        QTRY_COMPARE_WITH_TIMEOUT(runs.state(), RunState::Running, kLong); // it did not stop
        QVERIFY(driver.find<QWidget>("stopAfterEpochButton")->isEnabled());
        QVERIFY(driver.text("messageText").contains(QStringLiteral("no room for a checkpoint")));
    }

    void itsLastBatchIsSeen() {
        OtherProgram other = program("home-look");
        other.tell(RunNote{"The run stops after this epoch.", {{"type", "note"}, {"stops_after_epoch", true}}});
        WindowDriver driver(home("home-look"), m_engine.door());
        follow(driver, other);
        QVERIFY(driver.session->runs().stopsAfterEpoch());  // as somebody asked before
        QVERIFY(receiveCommands(other.run.path()).empty()); // nobody asked yet
        driver.click("showBatch");
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::Look), kLong);
        GivenBatch batch{2, 5, 4, 4, {}};
        for (const double loss : {0.5, 2.0})
            batch.images.push_back(
                {"train/car/1.png", {0, 1, 0, 0, 0}, loss, 0, 0.9, std::vector<std::uint8_t>(4 * 4 * 3, 90)});
        other.answer({}, toBytes(batch));
        auto* dialog = driver.find<QDialog>("lookDialog");
        const auto* words = dialog->findChild<QLabel*>(QStringLiteral("lookBatchWords"));
        QTRY_VERIFY_WITH_TIMEOUT(words->text().startsWith(QStringLiteral("Batch 5 of epoch 2")), kLong);
        const auto* tiles = dialog->findChild<QAbstractItemView*>(QStringLiteral("lookBatchTiles"))->model();
        QCOMPARE(tiles->rowCount(), 2);
        QCOMPARE(tiles->index(0, 0).data(TileCaption).toString(), QStringLiteral("car"));
        QVERIFY(std::filesystem::is_empty(other.run.path() / "control"));

        // it may refuse, or be gone before it answers
        const auto* said = dialog->findChild<QLabel*>(QStringLiteral("lookWords"));
        auto* refresh = dialog->findChild<QPushButton*>(QStringLiteral("lookRefresh"));
        QTRY_VERIFY(refresh->isEnabled());
        refresh->click();
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::Look), kLong);
        other.answer(Error{"There are no images to look at."});
        QTRY_COMPARE_WITH_TIMEOUT(said->text(), QStringLiteral("There are no images to look at."), kLong);
        refresh->click();
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::Look), kLong);
        driver.session->runs().close();
        QTRY_COMPARE_WITH_TIMEOUT(said->text(), QStringLiteral("The run is no longer followed."), kLong);
        QVERIFY(!refresh->isEnabled());
    }

    void settingsReachTheOtherProgram() {
        OtherProgram other = program("home-edit");
        WindowDriver driver(home("home-edit"), m_engine.door());
        follow(driver, other);
        driver.type("training.optimizer.learning_rate", QStringLiteral("0.0003"));
        driver.click("trainApplyEdit");
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::Edit), kLong);
        other.answer(badInput("The run cannot continue with these settings."));
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("trainEditRefusal"),
                                  QStringLiteral("The run cannot continue with these settings."), kLong);
        driver.click("trainApplyEdit");
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::Edit), kLong);
        const auto next = edited(*other.run.experiment(), other.received[0].command->settings);
        QVERIFY(next.ok());
        other.tell(RunNote{"Changed.", {{"type", "edit"}, {"epoch", 2}, {"batch", 4}, {"changes", next->changes}}});
        other.answer();
        QTRY_VERIFY_WITH_TIMEOUT(
            driver.text("trainEditApplied").endsWith(QStringLiteral("Applied after batch 4 of epoch 2.")), kLong);
        QCOMPARE(driver.session->runs().progress().experiment.training.optimizer.learningRate, 0.0003);

        // an edit of somebody else's names the rate in effect, which had been reduced
        other.tell(RunNote{"Changed.",
                           {{"type", "edit"},
                            {"epoch", 2},
                            {"batch", 6},
                            {"changes", {{"training.optimizer.learning_rate", {0.00015, 0.00001}}}}}});
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->document().experiment().training.optimizer.learningRate, 0.00001,
                                  kLong);
    }

    /// What a person pins reaches it, one after the other; what is undone in this window does not.
    void pinsReachTheOtherProgram() {
        OtherProgram other = program("home-pins");
        WindowDriver driver(home("home-pins"), m_engine.door());
        follow(driver, other);
        ProbePins& pins = driver.session->pins();
        const auto obeys = [&] {
            const Json now = Json::parse(other.received[0].command->settings[0].value);
            const Json changes{{"training.probes", Json::array({nullptr, now})}};
            other.tell(RunNote{"Changed.", {{"type", "edit"}, {"epoch", 2}, {"batch", 4}, {"changes", changes}}});
            other.answer();
        };
        const auto ofRun = [&] { return driver.session->runs().progress().experiment.training.probes; };
        pins.toggle({0});
        const std::vector<std::string> one = pins.paths();
        pins.toggle({1});
        const std::vector<std::string> both = pins.paths();
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::Edit), kLong);
        obeys();
        QTRY_COMPARE_WITH_TIMEOUT(ofRun(), one, kLong);
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::Edit), kLong);
        obeys();
        QTRY_COMPARE_WITH_TIMEOUT(ofRun(), both, kLong);
        QCOMPARE(pins.paths(), both);

        driver.session->document().undo();
        QCOMPARE(pins.paths(), one);
        driver.click("saveNowButton");
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::Save), kLong); // and nothing else
        other.answer();
        QVERIFY(receiveCommands(other.run.path()).empty());
        driver.session->document().redo();

        // a run that refuses keeps what it has, and can be asked again
        pins.toggle({2});
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::Edit), kLong);
        other.answer(badInput("Not these."));
        QTRY_VERIFY_WITH_TIMEOUT(driver.text("messageText").contains(QStringLiteral("Not these.")), kLong);
        QVERIFY(driver.text("trainEditRefusal").isEmpty()); // the bar did not ask
        pins.toggle({2});
        QCOMPARE(pins.paths(), both);
        pins.toggle({2});
        QTRY_VERIFY_WITH_TIMEOUT(other.hears(RemoteCommand::Kind::Edit), kLong);
        obeys();
        QTRY_COMPARE_WITH_TIMEOUT(ofRun(), pins.paths(), kLong);
    }

    void aProgramThatDiesIsSaid() {
        OtherProgram other = program("home-dies");
        WindowDriver driver(home("home-dies"), m_engine.door());
        follow(driver, other);
        other.mark.reset(); // as if it had been killed
        QTRY_COMPARE_WITH_TIMEOUT(driver.session->runs().state(), RunState::Idle, kLong);
        QCOMPARE(driver.session->runs().progress().ended->outcome, RunEnded::Outcome::Failed);
        QVERIFY(driver.text("runState").startsWith(QStringLiteral("The program that trained this run is gone.")));
    }

    void itGoesOnWhereItIsNoLongerFollowed() {
        OtherProgram other = program("home-close");
        WindowDriver driver(home("home-close"), m_engine.door());
        follow(driver, other);
        driver.session->runs().remove(other.run.path()); // refused
        QVERIFY(std::filesystem::exists(other.run.path() / "experiment.json"));
        QCOMPARE(driver.session->runs().state(), RunState::Running);
        driver.click("stopFollowingButton");
        QCOMPARE(driver.session->runs().state(), RunState::Idle);
        QVERIFY(!driver.session->runs().run());
        QVERIFY(other.run.isRunning());
        QVERIFY(receiveCommands(other.run.path()).empty());
        QSignalSpy failed(&driver.session->runs().list(), &RunList::failed);
        driver.session->runs().remove(other.run.path());
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kLong);
        QVERIFY(failed[0][0].toString().contains(QStringLiteral("in progress")));
    }

    void oneIsTrainedHereWhileItGoesOn() {
        OtherProgram other = program("home-beside");
        FakeEngine engine;
        engine.onTrain = [](const TrainRequest& request, const std::stop_token&, TrainControl&, const EventSink& sink) {
            const auto folder = RunStore::open(request.home)->create(request.experiment);
            const TrainEvent started = startOf(*folder, request.experiment);
            static_cast<void>(folder->appendEvent(toJson(started)));
            sink(started);
            RunEnded ended;
            ended.folder = folder->path().string();
            return ended;
        };
        WindowDriver driver(home("home-beside"), engine.door());
        follow(driver, other);
        const RunDesk& runs = driver.session->runs();
        QSignalSpy ended(&runs, &RunDesk::ended);
        driver.click("trainHereButton");
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kLong);
        QVERIFY(!runs.followedOwner());
        QVERIFY(runs.run() && runs.run()->folder != other.run.path());
        QCOMPARE(runs.run()->experiment.training.epochs, 9); // its settings
        QVERIFY(!driver.find<QWidget>("trainHereButton")->isVisible());
        QVERIFY(other.run.isRunning());
        QVERIFY(receiveCommands(other.run.path()).empty());
    }

    void theListShowsWhatOtherProgramsDo() {
        OtherProgram other = program("home-list");
        WindowDriver driver(home("home-list"), m_engine.door());
        driver.key(Qt::Key_7, Qt::ControlModifier);
        const auto cell = [&](int column) {
            const auto* model = driver.find<QTableView>("runTable")->model();
            return model->rowCount() == 1 ? model->index(0, column).data().toString() : QString();
        };
        QTRY_COMPARE_WITH_TIMEOUT(cell(1), QStringLiteral("running"), kLong);
        QCOMPARE(cell(4), QStringLiteral("1 of 9"));
        QTRY_COMPARE_WITH_TIMEOUT(driver.text("openRunButton"), QStringLiteral("Follow"), kLong);
        other.epoch(2);
        QTRY_COMPARE_WITH_TIMEOUT(cell(4), QStringLiteral("2 of 9"), kLong); // nobody asked
        other.end(RunEnded::Outcome::Stopped);
        QTRY_COMPARE_WITH_TIMEOUT(cell(1), QStringLiteral("stopped"), kLong);
    }
};

QTEST_MAIN(FollowRunTest)
#include "tst_FollowRun.moc"
