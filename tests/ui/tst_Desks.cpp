// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QListWidget>
#include <QSignalSpy>
#include <QTest>

#include <numeric>
#include <semaphore>

#include "FakeEngine.h"
#include "Test.h"
#include "WindowDriver.h"
#include "bridge/OverlayWriter.h"
#include "store/RunStore.h"

using namespace sightline;
using namespace sightline::ui;

/// The lane, the document and the desks that hold data and runs, without torch.
class DesksTest : public FolderTest {
    Q_OBJECT

    std::filesystem::path home(const char* name) const { return path(QLatin1String(name)).toStdString(); }
    void open(Session& session, const QString& folder) const {
        QSignalSpy opened(&session.data(), &DataDesk::opened);
        session.data().open(path(folder));
        QVERIFY(opened.wait(20000));
    }
    /// What the engine says first of a run in this folder.
    static RunStarted started(const RunFolder& folder, const Experiment& experiment) {
        RunStarted event;
        event.run = folder.id();
        event.folder = folder.path().string();
        event.name = experiment.name;
        event.classes = {"a", "b"};
        event.epochs = experiment.training.epochs;
        return event;
    }
    /// Trains in the store until it is told to stop.
    static auto untilStopped() {
        return [](const TrainRequest& request, std::stop_token stop, TrainControl&, const EventSink& sink) {
            const auto folder = RunStore::open(request.home)->create(request.experiment);
            sink(started(*folder, request.experiment));
            Gate never;
            never.pass(stop);
            RunEnded ended;
            ended.outcome = RunEnded::Outcome::Stopped;
            ended.folder = folder->path().string();
            return ended;
        };
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(drawFewToys(path(QStringLiteral("toys")), 4, 2, 24));
        QVERIFY(drawFewToys(path(QStringLiteral("others")), 3, 2, 24));
        QVERIFY(drawFewToys(path(QStringLiteral("strangers")), 2, 1, 20)); // not one picture as in toys
    }

    // The lane.
    void aJobsValueIsDeliveredOnTheThreadOfTheLane() {
        QObject context;
        Lane lane;
        QThread *worker = nullptr, *receiver = nullptr;
        int value = 0;
        lane.submit(
            &context, [&](std::stop_token) { return worker = QThread::currentThread(), 42; },
            [&](const Result<int>& result) {
                value = result.ok() ? result.value() : -1;
                receiver = QThread::currentThread();
            });
        QTRY_COMPARE(value, 42);
        QVERIFY(worker != QThread::currentThread());
        QCOMPARE(receiver, QThread::currentThread());
    }
    void whatAJobThrowsIsDeliveredAsAnError() {
        QObject context;
        Lane lane;
        std::string message;
        const auto deliver = [&](const Result<void>& result) { message = result.error().message; };
        lane.submit(
            &context, [](std::stop_token) { throw std::runtime_error("the disk is gone"); }, deliver);
        QTRY_VERIFY(message.find("the disk is gone") != std::string::npos);
        lane.submit(
            &context, [](std::stop_token) { throw 7; }, deliver); // the lane goes on
        QTRY_VERIFY(!message.empty() && message.find("the disk is gone") == std::string::npos);
    }
    void whatNobodyWaitsForIsDropped() {
        QObject context;
        auto gone = std::make_unique<QObject>();
        int delivered = 0;
        Gate gate;
        Lane lane;
        lane.submit(
            &context,
            [&](std::stop_token) {
                gate.passStubbornly();
                return 1;
            },
            [&](const Result<int>&) { delivered += 1; });
        QTRY_VERIFY(gate.isWaitedAt());
        lane.submit(
            &context, [](std::stop_token) { return 2; }, [&](const Result<int>&) { delivered += 10; });
        gate.open(); // the first one ends in spite of all, and late
        QTRY_COMPARE(delivered, 10);
        lane.submit(
            gone.get(), [](std::stop_token) { return 3; }, [&](const Result<int>&) { delivered += 100; });
        gone.reset();
        lane.submit(
            &context, [](std::stop_token) { return 4; }, [&](const Result<int>&) { delivered += 1000; });
        QTRY_COMPARE(delivered, 1010);
    }

    // Activities.
    void readyMeansThatNothingIsUnderWay() {
        Activities activities;
        bool cancelled = false;
        {
            const Activity training = activities.begin(QStringLiteral("Training"));
            {
                Activity evaluating = activities.begin(QStringLiteral("Evaluating"), [&] { cancelled = true; });
                evaluating.setProgress(3, 10);
                QCOMPARE(activities.works().size(), std::size_t{2});
                QCOMPARE(activities.works().back().done, 3ULL);
                activities.works().back().cancel();
                QVERIFY(cancelled);
                evaluating = activities.begin(QStringLiteral("Evaluating again"));
                QCOMPARE(activities.works().size(), std::size_t{2});
            }
            QCOMPARE(activities.works().size(), std::size_t{1}); // and not "Ready"
            QCOMPARE(activities.works().front().text, QStringLiteral("Training"));
        }
        QVERIFY(activities.works().empty());
    }

    // The document.
    void theDocumentSaysWhichPartChanged() {
        ExperimentDocument document;
        QSignalSpy changed(&document, &ExperimentDocument::changed);
        const auto parts = [&] { return changed.takeLast().first().value<ExperimentDocument::Parts>(); };
        Experiment next = document.experiment();
        next.training.epochs = 7;
        document.setExperiment(next);
        QCOMPARE(parts(), ExperimentDocument::Parts(ExperimentDocument::Training));
        next.augmentation.rotationRange = 7;
        next.seed = 7;
        document.setExperiment(next);
        QCOMPARE(parts(), ExperimentDocument::Augmentation | ExperimentDocument::Seed);
        document.undo();
        QCOMPARE(parts(), ExperimentDocument::Augmentation | ExperimentDocument::Seed);
    }
    void problemsOfOnePartDoNotStandInTheWayOfAnother() {
        ExperimentDocument document;
        Experiment next = document.experiment();
        next.data.path = "somewhere";
        next.training.optimizer.learningRate = -1;
        document.setExperiment(next);
        QVERIFY(!document.problems().empty());
        QVERIFY(document.problemsOf(ExperimentDocument::Data | ExperimentDocument::Augmentation).empty());
        QCOMPARE(document.problemsOf(ExperimentDocument::Training).front().path,
                 std::string("training.optimizer.learning_rate"));
    }

    // Overlays.
    void theLastEditIsTheOneThatStaysOnTheDisk() {
        const std::filesystem::path root = home("root");
        const auto file = overlayFile(home("home-writer"), root);
        {
            OverlayWriter writer([](const QString& message) { QFAIL(qPrintable(message)); });
            for (int i = 1; i <= 200; ++i)
                writer.write(file, root, Overlay{{{"a.png", {std::to_string(i), false}}}});
        } // quitting at once
        QCOMPARE(readOverlay(file)->of("a.png").className, std::string("200"));
    }
    void anEditMadeJustBeforeQuittingIsKept() {
        std::filesystem::path file;
        {
            Session session(home("home-quit"));
            open(session, QStringLiteral("toys"));
            const auto dataset = session.data().dataset();
            file = overlayFile(session.home(), dataset->root);
            for (std::size_t i = 0; i < 5; ++i)
                session.data().editOverlay({{dataset->samples[i].path, {{}, true}}});
        }
        QCOMPARE(readOverlay(file)->entries.size(), std::size_t{5});
    }
    void anEditMadeWhileTheImagesAreOpenedAnewHolds() {
        Session session(home("home-anew"));
        open(session, QStringLiteral("toys"));
        const std::string path = session.data().dataset()->samples[0].path;
        QSignalSpy opened(&session.data(), &DataDesk::opened), edited(&session.data(), &DataDesk::edited);
        session.data().open(this->path(QStringLiteral("toys")));
        session.data().editOverlay({{path, {{}, true}}});
        QVERIFY(opened.wait(20000));
        QTRY_VERIFY(session.data().dataset()->samples[0].excluded);
        QVERIFY(session.data().overlay().of(path).excluded);
    }

    /// Something is in the way of the overlays, as a full disk would be: what was edited holds, and no run begins with
    /// the older labels.
    void whatCannotBeWrittenIsKeptAndNoRunBeginsWithout() {
        FakeEngine engine;
        std::atomic<int> trained{0};
        engine.onTrain = [&](const TrainRequest&, std::stop_token, TrainControl&, const EventSink&) {
            ++trained;
            return RunEnded{};
        };
        Session session(home("home-full"), engine.door());
        open(session, QStringLiteral("toys"));
        const std::string image = session.data().dataset()->samples[0].path;
        const auto file = overlayFile(session.home(), session.data().dataset()->root);
        write(QStringLiteral("home-full/overlays"), "in the way");
        QSignalSpy unwritten(&session.data(), &DataDesk::overlayFailed), ended(&session.runs(), &RunDesk::ended);
        session.data().editOverlay({{image, {{}, true}}});
        QTRY_COMPARE(unwritten.count(), 1);
        session.runs().start();
        QTRY_COMPARE(ended.count(), 1);
        const auto end = ended.first().first().value<RunEnded>();
        QCOMPARE(end.outcome, RunEnded::Outcome::Failed);
        QVERIFY2(end.reason.find("without your newest label edits") != std::string::npos &&
                     end.reason.find("overlays") != std::string::npos,
                 end.reason.c_str());
        QCOMPARE(trained.load(), 0);

        open(session, QStringLiteral("others"));
        open(session, QStringLiteral("toys")); // and back
        QVERIFY(session.data().overlay().of(image).excluded);
        QVERIFY(session.data().dataset()->samples[0].excluded);
        QCOMPARE(unwritten.count(), 1); // said once

        QVERIFY(QFile::remove(path(QStringLiteral("home-full/overlays"))));
        session.runs().start();
        QTRY_COMPARE(ended.count(), 2);
        QCOMPARE(trained.load(), 1);
        QVERIFY(readOverlay(file)->of(image).excluded);
    }
    void aRunThatGoesOnNeedsNoEditsOfOtherImages() {
        FakeEngine engine;
        std::atomic<int> trained{0};
        engine.onTrain = [&](const TrainRequest&, std::stop_token, TrainControl&, const EventSink&) {
            ++trained;
            return RunEnded{};
        };
        Session session(home("home-resumed"), engine.door());
        open(session, QStringLiteral("toys"));
        write(QStringLiteral("home-resumed/overlays"), "in the way");
        session.data().editOverlay({{session.data().dataset()->samples[0].path, {{}, true}}});
        session.runs().resumeRun(home("home-resumed") / "runs" / "any");
        QTRY_COMPARE(trained.load(), 1);
        QTRY_COMPARE(session.runs().state(), RunState::Idle);
    }

    // Images while a run needs them.
    void nothingSwapsTheImagesOfARunInProgress() {
        FakeEngine engine;
        engine.onTrain = untilStopped();
        Session session(home("home-fixed"), engine.door());
        open(session, QStringLiteral("others"));
        open(session, QStringLiteral("toys")); // undo would bring the others back
        const auto dataset = session.data().dataset();
        const Experiment trained = session.document().experiment();
        session.runs().start();
        QTRY_COMPARE(session.runs().state(), RunState::Running);
        QSignalSpy refused(&session.document(), &ExperimentDocument::refused),
            failed(&session.data(), &DataDesk::failed), began(&session.data(), &DataDesk::openingBegan);
        session.document().undo();
        QCOMPARE(refused.count(), 1);
        QVERIFY(session.document().experiment() == trained);
        Experiment other = trained;
        other.data.path = path(QStringLiteral("others")).toStdString();
        QVERIFY(!session.document().setExperiment(other));
        session.data().open(path(QStringLiteral("others")));
        QCOMPARE(failed.count(), 1);
        other = trained;
        other.training.epochs = 3; // for the next run
        QVERIFY(session.document().setExperiment(other));
        QCOMPARE(began.count(), 0);
        session.runs().stop();
        QTRY_COMPARE(session.runs().state(), RunState::Idle);
        QCOMPARE(session.data().dataset(), dataset);
        session.document().undo();
        session.document().undo();
        QTRY_VERIFY(session.data().dataset() != dataset); // the run no longer needs them
    }

    // Runs.
    void aRunEndsOnceAlsoWhenTheEngineThrows() {
        FakeEngine engine;
        engine.onTrain = [](const TrainRequest&, std::stop_token, TrainControl&, const EventSink&) -> RunEnded {
            throw std::runtime_error("no more memory");
        };
        Session session(home("home-throws"), engine.door());
        QSignalSpy ended(&session.runs(), &RunDesk::ended);
        session.runs().start();
        QTRY_COMPARE(session.runs().state(), RunState::Idle);
        QCOMPARE(ended.count(), 1);
        const auto end = ended.first().first().value<RunEnded>();
        QCOMPARE(end.outcome, RunEnded::Outcome::Failed);
        QVERIFY(end.reason.find("no more memory") != std::string::npos);
        QVERIFY(session.activities().works().empty());
    }
    void stoppedBeforeTheEngineIsAskedIsStoppedNotFailed() {
        FakeEngine engine;
        TrainingThread training(engine.door());
        QSignalSpy happened(&training, &TrainingThread::happened);
        Gate never;
        training.start({}, [&](TrainRequest&, const std::stop_token& stop) -> Result<void> {
            never.pass(stop);
            return cancelled();
        });
        QTRY_VERIFY(never.isWaitedAt());
        training.requestStop();
        QTRY_COMPARE(happened.count(), 1);
        const auto end = std::get<RunEnded>(happened.first().first().value<TrainEvent>());
        QCOMPARE(end.outcome, RunEnded::Outcome::Stopped);
        QCOMPARE(end.reason, std::string("Stopped before the first batch."));
    }
    void aRunIsOneOfTheActivitiesUntilItEnds() {
        FakeEngine engine;
        engine.onTrain = untilStopped();
        Session session(home("home-activity"), engine.door());
        open(session, QStringLiteral("toys"));
        session.runs().start();
        QTRY_COMPARE(session.runs().state(), RunState::Running);
        QCOMPARE(session.activities().works().size(), std::size_t{1});
        session.activities().works().front().cancel();
        QCOMPARE(session.runs().state(), RunState::Stopping);
        QTRY_COMPARE(session.runs().state(), RunState::Idle);
        QTRY_VERIFY(session.activities().works().empty());
    }
    /// The folder is there, but what lies in it are other images: that is asked about, too.
    void imagesThatAreNoneOfTheRunsAreAskedFor_data() {
        QTest::addColumn<QString>("now");
        QTest::newRow("others") << "strangers";
        QTest::newRow("none") << "";
    }
    void imagesThatAreNoneOfTheRunsAreAskedFor() {
        QFETCH(QString, now);
        QDir(path(QStringLiteral("place"))).removeRecursively();
        const std::filesystem::path place = home("place");
        std::filesystem::copy(home("toys") / "train", place, std::filesystem::copy_options::recursive);
        Experiment experiment;
        experiment.data.path = place.string();
        const Dataset dataset = *openDataset(experiment.data, 1);
        std::vector<std::uint32_t> all(dataset.samples.size());
        std::iota(all.begin(), all.end(), 0u);
        const QString data = QStringLiteral("home-") + QString::fromLatin1(QTest::currentDataTag()).left(4);
        const auto folder = RunStore::open(path(data).toStdString())->create(experiment);
        QVERIFY(folder->writeClasses(dataset.classes));
        QVERIFY(writeManifest(folder->path(), manifestOf(dataset, experiment.data, digestsOf(dataset, all, 1))));
        for (const std::string& name : dataset.classes) { // other names in each folder
            std::filesystem::remove_all(place / name);
            std::filesystem::create_directory(place / name);
            if (!now.isEmpty())
                for (const auto& entry : std::filesystem::directory_iterator(home(qPrintable(now)) / "train" / name))
                    std::filesystem::copy_file(entry, place / name / ("now_" + entry.path().filename().string()));
        }
        WindowDriver driver(path(data), [] { return Result<Engine*>(Error{"no engine"}); });
        driver.window->openPath(QString::fromStdString(folder->path().string()));
        QTRY_VERIFY(driver.text("messageText").contains(QStringLiteral("Where are the images now?")));
        QVERIFY(driver.find<QPushButton>("messageAction")->isVisible());
    }
    /// A full disk: the window says so, and goes on when there is room.
    void aRunThatCannotBeWrittenWaitsForRoom() {
        FakeEngine engine;
        engine.onTrain = [](const TrainRequest& request, std::stop_token stop, TrainControl& control,
                            const EventSink& sink) {
            const auto folder = RunStore::open(request.home)->create(request.experiment);
            sink(started(*folder, request.experiment));
            RunEnded ended;
            ended.folder = folder->path().string();
            if (!request.waitsForRoom)
                return ended;
            control.pause();
            sink(RunPaused{true, "Writing last.safetensors failed: No space left on device."});
            while (control.waitWhilePaused(stop)) {
            }
            sink(RunPaused{false});
            Gate never;
            never.pass(stop);
            ended.outcome = RunEnded::Outcome::Stopped;
            return ended;
        };
        WindowDriver driver(path(QStringLiteral("home-room")), engine.door());
        open(*driver.session, QStringLiteral("toys"));
        driver.key(Qt::Key_4, Qt::ControlModifier);
        driver.click("pageTrainButton");
        QTRY_COMPARE(driver.session->runs().state(), RunState::Paused);
        QVERIFY2(driver.text("runState").contains(QStringLiteral("No space left on device.")),
                 qPrintable(driver.text("runState")));
        auto* go = driver.find<QPushButton>("pageTrainButton");
        QCOMPARE(go->text(), QStringLiteral("Try again"));
        driver.click("pageTrainButton");
        QTRY_COMPARE(driver.session->runs().state(), RunState::Running);
        QTRY_VERIFY(!driver.text("runState").contains(QStringLiteral("No space left")));
        QCOMPARE(go->text(), QStringLiteral("Pause"));
        driver.click("stopButton");
        QTRY_COMPARE(driver.session->runs().state(), RunState::Idle);
    }

    void thePlaceOfImagesIsNotChangedDuringARun() {
        FakeEngine engine;
        engine.onTrain = untilStopped();
        Session session(home("home-relocate"), engine.door());
        open(session, QStringLiteral("toys"));
        session.runs().start();
        QTRY_COMPARE(session.runs().state(), RunState::Running);
        QSignalSpy refused(&session.runs(), &RunDesk::openFailed);
        session.runs().images().relocate(path(QStringLiteral("others")));
        QCOMPARE(refused.count(), 1);
        QVERIFY(refused.first().first().toString().startsWith(QStringLiteral("A run is in progress")));
        session.runs().stop();
        QTRY_COMPARE(session.runs().state(), RunState::Idle);
    }
    /// All that was said can be read: while it trains and when the run is opened again.
    void allNotesOfARunAreThereToRead() {
        FakeEngine engine;
        const QStringList said{QStringLiteral("The weights lack a layer."), QStringLiteral("Changed: training.epochs."),
                               QStringLiteral("Skipped: two.png")};
        engine.onTrain = [&](const TrainRequest& request, std::stop_token, TrainControl&, const EventSink& sink) {
            const auto folder = RunStore::open(request.home)->create(request.experiment);
            sink(started(*folder, request.experiment));
            const std::vector<TrainEvent> events{
                RunNote{said[0].toStdString()}, RunPaused{true}, RunPaused{false},
                RunNote{said[1].toStdString(), Json{{"type", "edit"}, {"changes", Json::object()}}},
                RunNote{said[2].toStdString()}};
            for (const TrainEvent& event : events) {
                static_cast<void>(folder->appendEvent(toJson(event)));
                sink(event);
            }
            RunEnded ended;
            ended.folder = folder->path().string();
            return ended;
        };
        WindowDriver driver(path(QStringLiteral("home-notes")), engine.door());
        open(*driver.session, QStringLiteral("toys"));
        driver.key(Qt::Key_4, Qt::ControlModifier);
        QSignalSpy ended(&driver.session->runs(), &RunDesk::ended);
        driver.click("pageTrainButton");
        QTRY_COMPARE(ended.count(), 1);
        const auto check = [&] {
            QCOMPARE(driver.text("runNotes"), said.last());
            QCOMPARE(driver.text("allNotes"), QStringLiteral("3 notes"));
            auto* list = driver.find<QListWidget>("noteList");
            QVERIFY(!list->isVisible());
            driver.click("allNotes");
            QVERIFY(list->isVisible());
            QCOMPARE(list->count(), 3);
            for (int row = 0; row < list->count(); ++row)
                QCOMPARE(list->item(row)->text(), said[row]);
            driver.click("allNotes");
            QVERIFY(!list->isVisible());
        };
        check();
        const QString run = QString::fromStdString(driver.session->runs().run()->folder.string());
        driver.session->runs().close();
        QVERIFY(!driver.find<QWidget>("runNotes")->isVisible());
        driver.window->openPath(run);
        QTRY_COMPARE(driver.text("runNotes"), said.last());
        check();
    }
    /// The trainer writes into the queue while the window reads from it.
    void whatAFastTrainerSaysArrivesWholeAndInOrder() {
        constexpr int kNotes = 3000;
        FakeEngine engine;
        engine.onTrain = [](const TrainRequest& request, std::stop_token, TrainControl&, const EventSink& sink) {
            const auto folder = RunStore::open(request.home)->create(request.experiment);
            sink(started(*folder, request.experiment));
            for (int i = 0; i < kNotes; ++i)
                sink(RunNote{"note " + std::to_string(i)});
            RunEnded ended;
            ended.folder = folder->path().string();
            return ended;
        };
        Session session(home("home-fast"), engine.door());
        open(session, QStringLiteral("toys"));
        QStringList notes;
        connect(&session.runs(), &RunDesk::noted, this, [&](const QString& note) { notes += note; });
        session.runs().start();
        QTRY_COMPARE(notes.size(), kNotes);
        for (int i = 0; i < kNotes; ++i)
            QCOMPARE(notes[i], QStringLiteral("note %1").arg(i));
        QTRY_COMPARE(session.runs().state(), RunState::Idle);
    }
    void aNoteTypedJustBeforeQuittingIsKept() {
        Experiment experiment;
        experiment.data.path = path(QStringLiteral("toys")).toStdString();
        const auto folder = RunStore::open(home("home-note"))->create(experiment);
        {
            RunList list(home("home-note"));
            list.refresh();
            list.setNote(folder->path(), QStringLiteral("first"));
            list.rename(folder->path(), QStringLiteral("second"));
        }
        QCOMPARE(folder->about().note, std::string("first"));
        QCOMPARE(folder->about().name, std::string("second"));
    }
};

QTEST_MAIN(DesksTest)
#include "tst_Desks.moc"
