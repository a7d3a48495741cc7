// SPDX-License-Identifier: GPL-3.0-or-later
// torch first: Qt's words for signals and slots are names in it
#include <torch/torch.h>

#include <QTest>

#include <chrono>
#include <thread>

#include "FewToys.h"
#include "Test.h"
#include "engine/train/BatchBoundary.h"
#include "engine/train/Divergence.h"
#include "engine/train/RemoteControl.h"
#include "engine/train/RunCheckpoints.h"
#include "engine/train/RunStart.h"
#include "engine/train/TrainState.h"
#include "store/RemoteCommand.h"
#include "store/RunEvents.h"
#include "support/Files.h"
#include "zoo/Zoo.h"

using namespace sightline;
using namespace sightline::engine;
namespace fs = std::filesystem;

/// The folder of a new run: there as a whole, or not at all.
class RunStartTest : public FreshFolderTest {
    Q_OBJECT

    void prepare(TrainSetup& setup) const {
        setup.experiment.data.path = (root() / "toys").string();
        setup.store = RunStore::open(root() / "home").value();
        setup.dataset = openDataset(setup.experiment.data, 1).value();
        setup.module = GraphModule::make(buildFromZoo("toy_cnn", {16, 16, 3, 5, Json::object()}).value(), 1).value();
    }

private Q_SLOTS:
    void init() {
        FreshFolderTest::init();
        QVERIFY(drawFewToys(root() / "toys", 2, 1, 16));
    }

    void stoppedWhileTheImagesAreReadThereIsNoFolder() {
        TrainSetup stopped;
        prepare(stopped);
        std::stop_source stop;
        stop.request_stop();
        const Result<void> made = makeRun(stopped, {}, stop.get_token());
        QVERIFY(!made.ok() && made.error().kind == ErrorKind::Cancelled);
        QVERIFY(!stopped.folder);
        QVERIFY(fs::is_empty(root() / "home" / "runs"));
    }

    void whatIsMadeIsMarkedAndCanBeUnmade() {
        TrainSetup begun;
        prepare(begun);
        QVERIFY(makeRun(begun, {}, {}).ok());
        const fs::path folder = begun.folder->path();
        for (const char* name :
             {"experiment.json", "classes.json", "graph.json", "samples.csv", "data.json", "checkpoints"})
            QVERIFY2(fs::exists(folder / name), name);
        QVERIFY(begun.folder->isRunning());
        QVERIFY(unmakeRun(begun).ok());
        QVERIFY(!begun.folder && !fs::exists(folder));
        QVERIFY(unmakeRun(begun).ok()); // and again: there is none
    }

    void aDivergenceNamesTheCheckpointOnlyWhereThereIsOne() {
        TrainSetup begun;
        prepare(begun);
        QVERIFY(makeRun(begun, {}, {}).ok());
        QVERIFY(weightsDiverged(1, begun).reason.ends_with("There is no checkpoint to go back to."));
        const TrainState state = TrainState::beginning(begun.experiment, false);
        QVERIFY(
            RunCheckpoints(begun.folder->path())
                .saveLast(*begun.module, Moments::zeros(begun.module->parameters()), toJson(state, begun.experiment))
                .ok());
        QVERIFY(weightsDiverged(1, begun).reason.ends_with("The last good checkpoint is kept."));
    }

    /// Whoever sees the mark may leave one.
    void aCommandFromBeforeTheTrainerLooksIsObeyed() {
        TrainSetup begun;
        prepare(begun);
        QVERIFY(makeRun(begun, {}, {}).ok());
        const fs::path folder = begun.folder->path();
        TrainControl control;
        Result<void> paused = Error{"not answered"};
        std::jthread other(
            [&] { paused = sendCommand(folder, {RemoteCommand::Kind::Pause}, std::chrono::seconds(60), {}); });
        while (!fs::exists(folder / "control") || fs::is_empty(folder / "control"))
            std::this_thread::yield();
        const RemoteControl remote(folder, control);
        other.join();
        QVERIFY2(paused.ok(), paused ? "" : paused.error().message.c_str());
        QVERIFY(control.isPaused());
    }

    /// On a full disk an event waits for room, and nobody is to wait for that. In a pause it is told at once.
    void commandsAreObeyedBeforeItIsToldWhetherTheRunStops() {
        TrainControl control;
        std::vector<std::string> order;
        const EventSink sink = [&](const TrainEvent& event) {
            if (const auto* note = std::get_if<RunNote>(&event)) {
                order.push_back(note->message);
                if (stopsAfterEpochIn(note->event) == false)
                    control.resume();
            } else if (const auto* paused = std::get_if<RunPaused>(&event); paused && paused->paused) {
                control.stopAfterEpoch(false);
            }
        };
        const TrainSetup setup{};
        RunReporter reporter(sink);
        BatchBoundary boundary(setup, control, reporter, {});
        control.pause();
        control.stopAfterEpoch();
        control.post({TrainCommand::Kind::Save, {}, {}});
        boundary.pass(
            1, [&](TrainCommand&) { order.emplace_back("obeyed"); }, [] { return true; });
        QCOMPARE(order, (std::vector<std::string>{"obeyed", "The run stops after this epoch.",
                                                  "The run no longer stops after this epoch."}));
    }

    void aRunThatHasEndedObeysNoMoreAndTheNextOfItsSeriesDoes() {
        TrainSetup begun;
        prepare(begun);
        QVERIFY(makeRun(begun, {}, {}).ok());
        const fs::path folder = begun.folder->path();
        const auto send = [&](RemoteCommand::Kind kind) {
            return sendCommand(folder, {kind}, std::chrono::seconds(60), {});
        };
        TrainControl control;
        {
            const RemoteControl remote(folder, control);
            control.runEnded();
            for (const auto kind : {RemoteCommand::Kind::Pause, RemoteCommand::Kind::StopAfterEpoch}) {
                const Result<void> late = send(kind);
                QVERIFY(!late.ok() && late.error().message == "The run has ended.");
            }
        }
        QVERIFY(!control.isPaused() && !control.stopsAfterEpoch());
        const RemoteControl next(folder, control);
        QVERIFY(send(RemoteCommand::Kind::Pause).ok());
        QVERIFY(control.isPaused());
    }

    void whoseCommandGotLostNeedNotWait() {
        TrainSetup begun;
        prepare(begun);
        QVERIFY(makeRun(begun, {}, {}).ok());
        const fs::path folder = begun.folder->path();
        Result<void> asked;
        std::jthread other(
            [&] { asked = sendCommand(folder, {RemoteCommand::Kind::Save}, std::chrono::seconds(60), {}); });
        while (receiveCommands(folder).empty())
            std::this_thread::yield();
        const std::vector<fs::path> left = leftCommands(folder);
        const fs::path later = folder / "control" / "later.command.json";
        QVERIFY(writeFileAtomically(later, "{}").ok());
        forgetCommands(left); // what was left after that look stays
        QVERIFY(fs::exists(later));
        other.join();
        QVERIFY(!asked.ok());
        QVERIFY2(asked.error().message.find("ask again") != std::string::npos, asked.error().message.c_str());
    }
};

QTEST_APPLESS_MAIN(RunStartTest)
#include "tst_RunStart.moc"
