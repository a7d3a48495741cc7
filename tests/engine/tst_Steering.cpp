// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <functional>
#include <map>
#include <thread>
#include <utility>

#include "Test.h"
#include "ToyRuns.h"
#include "experiment/EditSettings.h"
#include "store/RemoteCommand.h"
#include "store/RunEvents.h"
#include "store/RunFork.h"
#include "store/RunState.h"
#include "store/RunStore.h"

using namespace sightline;
using namespace std::chrono_literals;

/// Runs that are changed while they go on, from this process and from another.
class SteeringTest : public Test {
    Q_OBJECT

    ToyRuns m_runs;

    TrainRequest request(const char* home) const {
        TrainRequest request = m_runs.request(home, 3);
        request.experiment.model.options = Json{{"dropout", 0.3}, {"filters", {4, 8}}};
        request.experiment.training.saveEveryMinutes = 0;
        return request;
    }

    using AtBatch = std::function<void(TrainControl&, const BatchFinished&)>;
    RunEnded trained(const TrainRequest& request, const AtBatch& atBatch = {}, std::string* said = nullptr,
                     std::stop_source stop = {}) const {
        TrainControl control;
        return m_runs.engine().train(request, stop.get_token(), control, [&](const TrainEvent& event) {
            if (const auto* batch = std::get_if<BatchFinished>(&event); batch && atBatch)
                atBatch(control, *batch);
            if (const auto* note = std::get_if<RunNote>(&event); note && said)
                *said += note->message + "\n";
        });
    }
    static bool isAt(const BatchFinished& batch, int epoch, int number) {
        return batch.epoch == epoch && batch.batch == number;
    }
    /// As if the run had been killed when this was its only checkpoint.
    static void goBack(const RunEnded& run, const std::string& checkpoint) {
        const std::filesystem::path folder = std::filesystem::path(run.folder) / "checkpoints";
        QVERIFY(writeFileAtomically(folder / "last.safetensors", checkpoint).ok());
        for (const char* other : {"previous.safetensors", "boundary.safetensors", "best.safetensors"})
            std::filesystem::remove(folder / other);
    }
    static TrainCommand change(std::vector<Setting> settings, Result<void>* done = nullptr) {
        return {TrainCommand::Kind::Edit, std::move(settings), [done](const Result<void>& result) {
                    if (done)
                        *done = result;
                }};
    }
    /// Stopped in epoch 3 after an edit in epoch 2, and gone on with from the end of epoch 1.
    TrainRequest goneBack(const char* home, const Setting& setting) const {
        TrainRequest asked = request(home);
        std::stop_source stop;
        std::string early;
        std::filesystem::path last;
        TrainControl control;
        const RunEnded begun = m_runs.engine().train(asked, stop.get_token(), control, [&](const TrainEvent& event) {
            if (const auto* started = std::get_if<RunStarted>(&event))
                last = started->folder + "/checkpoints/last.safetensors";
            const auto* batch = std::get_if<BatchFinished>(&event);
            if (batch && isAt(*batch, 2, 1))
                early = readFile(last).value();
            if (batch && isAt(*batch, 2, 3))
                control.post(change({setting}));
            if (batch && isAt(*batch, 3, 1))
                stop.request_stop();
        });
        goBack(begun, early);
        asked.resume = begun.run;
        return asked;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_runs.begin(8, 3, 16)); }

    void anEditHoldsFromTheNextBatchOn() {
        TrainRequest asked = request("edited");
        std::vector<double> rates;
        TrainControl control;
        Result<void> done = Error{"not answered"};
        const RunEnded ended = m_runs.engine().train(asked, {}, control, [&](const TrainEvent& event) {
            if (const auto* batch = std::get_if<BatchFinished>(&event); batch && isAt(*batch, 2, 2))
                control.post(change({{"training.optimizer.learning_rate", "0.5e-3"}, {"training.epochs", "4"}}, &done));
            if (const auto* epoch = std::get_if<EpochFinished>(&event))
                rates.push_back(epoch->metrics.learningRate);
        });
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QVERIFY(done.ok());
        QCOMPARE(rates.size(), std::size_t(4));
        QCOMPARE(rates[0], static_cast<double>(1e-3F));
        QCOMPARE(rates[1], static_cast<double>(0.5e-3F)); // of the epoch's last batch
        const std::vector<RecordedEdit> edits = readRunEdits(ended.folder + "/events.jsonl");
        QCOMPARE(edits.size(), std::size_t(1));
        QVERIFY((edits[0].place == RunPlace{2, 2}));
        QCOMPARE(toText(edits[0].changes["training.epochs"], -1), std::string("[3,4]"));
        QCOMPARE(RunFolder(ended.folder).experiment()->training.epochs, 4);
        QCOMPARE(RunFolder(ended.folder).experimentAtStart()->training.epochs, 3);
    }

    void anImpossibleEditIsRefusedAndTheRunGoesOn_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("words");
        QTest::newRow("rate") << "training.optimizer.learning_rate"
                              << "-1"
                              << "training.optimizer.learning_rate";
        QTest::newRow("passed") << "training.epochs"
                                << "1"
                                << "training.epochs: 2 epochs are trained or under way";
        QTest::newRow("fixed") << "training.batch_size"
                               << "4"
                               << "cannot be changed once a run has begun";
        QTest::newRow("no setting") << "training.nonsense"
                                    << "1"
                                    << "training.nonsense is not a setting this version knows; check its spelling.";
        QTest::newRow("unknown") << "training.schedule.nonsense"
                                 << "1"
                                 << "nonsense";
        QTest::newRow("node") << "model.freeze"
                              << "no-such-node"
                              << "no-such-node";
        QTest::newRow("size") << "augmentation.random_crop"
                              << "[8, 8]"
                              << "augmentation";
    }

    void anImpossibleEditIsRefusedAndTheRunGoesOn() {
        QFETCH(QString, path);
        QFETCH(QString, value);
        QFETCH(QString, words);
        Result<void> done;
        const RunEnded plain = trained(request("refused"));
        const RunEnded ended = trained(request("refused"), [&](TrainControl& control, const BatchFinished& batch) {
            if (isAt(batch, 2, 2))
                control.post(change({{"training.epochs", "9"}, {path.toStdString(), value.toStdString()}}, &done));
        });
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QVERIFY(!done.ok());
        QVERIFY2(done.error().message.find(words.toStdString()) != std::string::npos, done.error().message.c_str());
        QVERIFY(readRunEdits(ended.folder + "/events.jsonl").empty());
        QCOMPARE(ended.epochs, 3);
        QVERIFY(ToyRuns::weightsOf(ended) == ToyRuns::weightsOf(plain));
    }

    void editsAreMadeAgainWhereTheyWere_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("value");
        for (const auto& [path, value] : {std::pair("training.optimizer.learning_rate", "0.01"),
                                          {"augmentation.rotation_range", "25"},
                                          {"training.loss.label_smoothing", "0.2"},
                                          {"model.options.dropout", "0.6"},
                                          {"model.freeze", "conv2d_1"},
                                          {"training.schedule", R"({"name":"cosine"})"},
                                          {"training.early_stopping.patience", "7"},
                                          {"training.early_stopping", "null"},
                                          {"training.reduce_lr_on_plateau", R"({"patience":1,"min_delta":1000})"}})
            QTest::newRow(path) << QString::fromUtf8(path) << QString::fromUtf8(value);
    }

    /// Interrupted after it, or killed so that only an earlier checkpoint is left: it ends as the run that was not.
    void editsAreMadeAgainWhereTheyWere() {
        QFETCH(QString, path);
        QFETCH(QString, value);
        const auto request = [this](const char* home) {
            TrainRequest asked = this->request(home);
            asked.experiment.training.earlyStopping.emplace();
            return asked;
        };
        const auto edits = [&](TrainControl& control, const BatchFinished& batch) {
            if (isAt(batch, 2, 3))
                control.post(change({{path.toStdString(), value.toStdString()}}));
        };
        const RunEnded plain = trained(request("again")), whole = trained(request("again"), edits);
        QVERIFY2(whole.outcome == RunEnded::Outcome::Completed, whole.reason.c_str());
        QVERIFY(ToyRuns::weightsOf(whole) != ToyRuns::weightsOf(plain));

        for (const bool killed : {false, true}) {
            TrainRequest asked = request("again");
            std::stop_source stop;
            std::string early; // the checkpoint at the end of epoch 1
            std::filesystem::path last;
            TrainControl control;
            const RunEnded begun =
                m_runs.engine().train(asked, stop.get_token(), control, [&](const TrainEvent& event) {
                    if (const auto* started = std::get_if<RunStarted>(&event))
                        last = started->folder + "/checkpoints/last.safetensors";
                    const auto* batch = std::get_if<BatchFinished>(&event);
                    if (!batch)
                        return;
                    if (isAt(*batch, 2, 1))
                        early = readFile(last).value();
                    edits(control, *batch);
                    if (isAt(*batch, 3, 2))
                        stop.request_stop();
                });
            QVERIFY(begun.outcome == RunEnded::Outcome::Stopped);
            if (killed)
                goBack(begun, early);
            asked.resume = begun.run;
            std::string said;
            const RunEnded rest = trained(asked, {}, &said);
            QVERIFY2(rest.outcome == RunEnded::Outcome::Completed, rest.reason.c_str());
            QVERIFY(ToyRuns::weightsOf(rest) == ToyRuns::weightsOf(whole));
            QCOMPARE(said.find("As before: Changed: ") != std::string::npos, killed);
            QCOMPARE(readRunEdits(rest.folder + "/events.jsonl").size(), std::size_t(1));
        }
    }

    /// Gone on with from before an edit, another one of the same setting: the newer wish holds.
    void aNewerEditTakesThePlaceOfOneStillToCome() {
        const char* const path = "training.optimizer.learning_rate";
        const auto anew = [&](TrainControl& control, const BatchFinished& batch) {
            if (isAt(batch, 2, 1))
                control.post(change({{path, "0.0002"}}));
        };
        const RunEnded expected = trained(request("newer"), anew);
        QVERIFY2(expected.outcome == RunEnded::Outcome::Completed, expected.reason.c_str());
        TrainRequest asked = request("newer");
        std::stop_source stop;
        std::string early; // the checkpoint at the end of epoch 1
        const RunEnded begun = trained(
            asked,
            [&](TrainControl& control, const BatchFinished& batch) {
                if (isAt(batch, 2, 1)) {
                    const auto runs = RunStore::open(asked.home)->list();
                    for (const RunSummary& run : *runs)
                        if (run.id != expected.run) // both may have begun in the same second
                            early = readFile(run.folder / "checkpoints/last.safetensors").value();
                }
                if (isAt(batch, 2, 3))
                    control.post(change({{path, "0.1"}}));
                if (isAt(batch, 3, 1))
                    stop.request_stop();
            },
            nullptr, stop);
        QVERIFY2(begun.outcome == RunEnded::Outcome::Stopped, begun.reason.c_str());
        goBack(begun, early);
        const std::filesystem::path left = std::filesystem::path(begun.folder) / "control"; // and never answered
        QVERIFY(makeFolder(left).ok());
        QVERIFY(writeFileAtomically(left / "1.command.json", R"({"command": "stop"})").ok());
        asked.resume = begun.run;
        const RunEnded ended = trained(asked, anew);
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QVERIFY(ToyRuns::weightsOf(ended) == ToyRuns::weightsOf(expected));
        QCOMPARE(readRunEdits(ended.folder + "/events.jsonl").size(), std::size_t(2));
    }

    void whatIsNamedAsItIsHoldsAgainstAnEditStillToCome_data() {
        QTest::addColumn<bool>("live");
        QTest::newRow("beside --resume") << false;
        QTest::newRow("while it trains") << true;
    }

    /// A run that diverged after an edit is saved with the value it had before.
    void whatIsNamedAsItIsHoldsAgainstAnEditStillToCome() {
        QFETCH(bool, live);
        const Setting former{"training.optimizer.learning_rate", "0.001"};
        const RunEnded plain = trained(request("as-it-is"));
        TrainRequest asked = goneBack("as-it-is", {former.path, "0.1"});
        if (!live)
            asked.settings = {former};
        std::string said;
        const RunEnded ended = trained(
            asked,
            [&](TrainControl& control, const BatchFinished& batch) {
                if (live && isAt(batch, 2, 1))
                    control.post(change({former}));
            },
            &said);
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QVERIFY(ToyRuns::weightsOf(ended) == ToyRuns::weightsOf(plain));
        QVERIFY2(said.find("Unchanged: training.optimizer.learning_rate stays at 0.001.") != std::string::npos,
                 said.c_str());
        QVERIFY2(said.find("As before") == std::string::npos, said.c_str());
        QCOMPARE(RunFolder(ended.folder).experiment()->training.optimizer.learningRate, 0.001);
        QCOMPARE(readRunEdits(ended.folder + "/events.jsonl").size(), std::size_t(2));
    }

    /// What a run tells of its settings is what its last checkpoint was made under.
    void aPartThatIsNamedStaysWhereItsBlockIsReplacedLater() {
        TrainRequest asked = goneBack("part", {"augmentation", R"({"horizontal_flip":true})"});
        asked.settings = {{"augmentation.rotation_range", "45"}};
        const RunEnded ended = trained(asked);
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        const Experiment now = RunFolder(ended.folder).experiment().value();
        QCOMPARE(now.augmentation.rotationRange, 45.0);
        QVERIFY(now.augmentation.horizontalFlip);
        const auto last = SafetensorsFile::open(ended.folder + "/checkpoints/last.safetensors");
        const Json settings = (*runStateIn(last.value()))["settings"];
        QCOMPARE(toText(settings["augmentation"], -1), toText(changeableSettings(now)["augmentation"], -1));
    }

    void anEditDuringTheValidationSavesARunFromStoppingEarly_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("value");
        QTest::addColumn<int>("epochs");
        QTest::newRow("patience") << "training.early_stopping.patience"
                                  << "7" << 3;
        QTest::newRow("off") << "training.early_stopping"
                             << "null" << 3;
        QTest::newRow("something else") << "training.loss.label_smoothing"
                                        << "0.1" << 2;
    }

    void anEditDuringTheValidationSavesARunFromStoppingEarly() {
        QFETCH(QString, path);
        QFETCH(QString, value);
        QFETCH(int, epochs);
        TrainRequest asked = request("saved");
        asked.experiment.training.earlyStopping.emplace().patience = 1;
        asked.experiment.training.earlyStopping->minDelta = 1000; // nothing after the first is an improvement
        bool stopsEarly = true;
        std::filesystem::path folder;
        Result<void> done = Error{"not answered"};
        const RunEnded ended = trained(asked, [&](TrainControl& control, const BatchFinished& batch) {
            if (isAt(batch, 2,
                     batch.batches)) // answered after the epoch's last batch: the edit comes to the validation
                control.post({TrainCommand::Kind::Save, {}, [&](const Result<void>&) {
                                  control.post(change({{path.toStdString(), value.toStdString()}}, &done));
                              }});
            if (isAt(batch, 3, 1)) {
                folder = RunStore::open(asked.home)->list()->front().folder;
                const auto last = SafetensorsFile::open(folder / "checkpoints/last.safetensors");
                stopsEarly = runStateIn(*last)->value("stopped_early", true);
            }
        });
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QVERIFY(done.ok());
        QCOMPARE(ended.epochs, epochs);
        QCOMPARE(stopsEarly, epochs == 2);
    }

    void aRateFromRightAfterACheckpointIsNotLost_data() {
        QTest::addColumn<bool>("fell");
        QTest::addColumn<QString>("value");
        QTest::newRow("other") << false << "0.0001";
        QTest::newRow("back to what the settings name") << true << "0.001"; // a callback had made it smaller
    }

    /// Also where another edit came after it, and the run goes on from that checkpoint.
    void aRateFromRightAfterACheckpointIsNotLost() {
        QFETCH(bool, fell);
        QFETCH(QString, value);
        TrainRequest asked = request("there");
        asked.experiment.training.epochs = 4;
        if (fell) {
            asked.experiment.training.reduceLrOnPlateau.emplace().patience = 1;
            asked.experiment.training.reduceLrOnPlateau->minDelta = 1000; // nothing is ever an improvement
        }
        std::filesystem::path last;
        std::string kept;
        const auto run = [&](bool stops) {
            std::stop_source stop;
            TrainControl control;
            return m_runs.engine().train(asked, stop.get_token(), control, [&](const TrainEvent& event) {
                if (const auto* started = std::get_if<RunStarted>(&event))
                    last = started->folder + "/checkpoints/last.safetensors";
                if (const auto* saved = std::get_if<CheckpointSaved>(&event); saved && saved->batch == 2)
                    kept = readFile(last).value();
                const auto* batch = std::get_if<BatchFinished>(&event);
                if (batch && isAt(*batch, 3, 2)) {
                    control.post({TrainCommand::Kind::Save});
                    control.post(change({{"training.optimizer.learning_rate", value.toStdString()}}));
                }
                if (batch && isAt(*batch, 3, 3))
                    control.post(change({{"training.loss.label_smoothing", "0.1"}}));
                if (batch && isAt(*batch, 3, 4) && stops)
                    stop.request_stop();
            });
        };
        const RunEnded whole = run(false), begun = run(true);
        QVERIFY2(whole.outcome == RunEnded::Outcome::Completed, whole.reason.c_str());
        QVERIFY2(begun.outcome == RunEnded::Outcome::Stopped, begun.reason.c_str());
        QVERIFY(!kept.empty());
        goBack(begun, kept);
        TrainRequest going = asked;
        going.resume = begun.run;
        std::string said;
        const RunEnded ended = trained(going, {}, &said);
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QVERIFY(said.find("As before: Changed: training.loss.label_smoothing") != std::string::npos);
        QVERIFY(ToyRuns::weightsOf(ended) == ToyRuns::weightsOf(whole));
    }

    /// Also where the experiment had left it to the network.
    void anEditNamesTheValueThatWasInEffect() {
        TrainRequest asked = request("effect");
        asked.experiment.model.options.erase("dropout");
        asked.experiment.model.head = HeadSettings{};
        asked.experiment.model.head->dropout = 0.3;
        const RunEnded ended = trained(asked, [&](TrainControl& control, const BatchFinished& batch) {
            if (isAt(batch, 1, 2))
                control.post(change({{"model.options.dropout", "0.6"}, {"augmentation.rotation_range", "25"}}));
        });
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        const std::vector<RecordedEdit> edits = readRunEdits(ended.folder + "/events.jsonl");
        QCOMPARE(edits.size(), std::size_t(1));
        QCOMPARE(toText(edits[0].changes["model.options.dropout"], -1), std::string("[0.3,0.6]"));
        QVERIFY(edits[0].changes["augmentation.rotation_range"][0] == 0);
    }

    /// Also where a callback had changed it: what the settings named before is then a change.
    void theRateInEffectIsWhatAnEditChanges() {
        TrainRequest asked = request("reduced");
        asked.experiment.training.epochs = 4;
        ReduceLrSettings& reduce = asked.experiment.training.reduceLrOnPlateau.emplace();
        reduce.patience = 1;
        reduce.minDelta = 1000; // nothing is ever an improvement
        const char* const path = "training.optimizer.learning_rate";
        std::stop_source stop;
        const RunEnded part = trained(
            asked,
            [&](TrainControl& control, const BatchFinished& batch) {
                if (isAt(batch, 3, 1))
                    control.post(change({{path, "0.0001"}})); // as it is
                if (isAt(batch, 3, 2))
                    control.post(change({{path, "0.001"}}));
                if (isAt(batch, 3, 3))
                    control.post(change({{path, "0.0001"}}));
                if (isAt(batch, 3, 4))
                    stop.request_stop();
            },
            nullptr, stop);
        QVERIFY2(part.outcome == RunEnded::Outcome::Stopped, part.reason.c_str());
        std::vector<RecordedEdit> edits = readRunEdits(part.folder + "/events.jsonl");
        QCOMPARE(edits.size(), std::size_t(2));
        QCOMPARE(toText(edits[0].changes[path], -1), std::string("[0.0001,0.001]"));
        QCOMPARE(toText(edits[1].changes[path], -1), std::string("[0.001,0.0001]"));
        QCOMPARE(RunFolder(part.folder).experiment()->training.optimizer.learningRate, 0.0001);

        TrainRequest going = asked; // it falls once more, after epoch 3
        going.resume = part.run;
        std::stop_source again;
        const auto stopsAgain = [&](TrainControl&, const BatchFinished& batch) {
            if (isAt(batch, 4, 1))
                again.request_stop();
        };
        QVERIFY(trained(going, stopsAgain, nullptr, again).outcome == RunEnded::Outcome::Stopped);
        going.settings = {{path, "0.0001"}};
        const RunEnded ended = trained(going);
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        edits = readRunEdits(part.folder + "/events.jsonl");
        QCOMPARE(edits.size(), std::size_t(3));
        QCOMPARE(toText(edits[2].changes[path], -1), std::string("[1e-05,0.0001]"));
    }

    void aPausedRunThatIsToStopAfterItsEpochDoes() {
        std::jthread other;
        Result<void> paused = Error{"no"}, stopped = Error{"no"};
        const RunEnded ended = trained(request("after"), [&](TrainControl&, const BatchFinished& batch) {
            if (!isAt(batch, 1, 2))
                return;
            std::atomic<bool> isPaused = false;
            const std::filesystem::path folder = RunStore::open(m_runs.path("after"))->list()->front().folder;
            other = std::jthread([&, folder] {
                paused = sendCommand(folder, {RemoteCommand::Kind::Pause}, 60s, {});
                isPaused = true;
                stopped = sendCommand(folder, {RemoteCommand::Kind::StopAfterEpoch}, 60s, {});
            });
            while (!isPaused)
                std::this_thread::yield();
        });
        other.join();
        QVERIFY(paused.ok() && stopped.ok());
        QVERIFY(ended.outcome == RunEnded::Outcome::Stopped);
        QCOMPARE(ended.epochs, 1);
    }

    void aPausedRunThatIsStoppedDoesNotGoOn() {
        TrainControl control;
        std::stop_source stop;
        std::vector<bool> pauses;
        const RunEnded ended =
            m_runs.engine().train(request("paused"), stop.get_token(), control, [&](const TrainEvent& event) {
                if (const auto* batch = std::get_if<BatchFinished>(&event); batch && isAt(*batch, 1, 2))
                    control.pause();
                if (const auto* paused = std::get_if<RunPaused>(&event)) {
                    pauses.push_back(paused->paused);
                    stop.request_stop();
                }
            });
        QVERIFY(ended.outcome == RunEnded::Outcome::Stopped);
        QCOMPARE(pauses, std::vector{true});
    }

    void whoThoughtBetterOfStoppingAfterTheEpochIsHeard() {
        std::jthread other;
        Result<void> stopped = Error{"no"}, goesOn = Error{"no"};
        const RunEnded ended = trained(request("better"), [&](TrainControl& control, const BatchFinished& batch) {
            if (!isAt(batch, 1, 2))
                return;
            std::atomic<bool> isAsked = false;
            const std::filesystem::path folder = RunStore::open(m_runs.path("better"))->list()->front().folder;
            other = std::jthread([&, folder] {
                stopped = sendCommand(folder, {RemoteCommand::Kind::StopAfterEpoch}, 60s, {});
                goesOn = control.stopsAfterEpoch() ? sendCommand(folder, {RemoteCommand::Kind::GoOnAfterEpoch}, 60s, {})
                                                   : Error{"it was not obeyed"};
                isAsked = true;
            });
            while (!isAsked)
                std::this_thread::yield();
        });
        other.join();
        QVERIFY(stopped.ok());
        QVERIFY2(goesOn.ok(), goesOn ? "" : goesOn.error().message.c_str());
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
    }

    void aLaterChangeOfMindReplacesAnEditStillToCome() {
        const RecordedEdit late{{8, 0}, Json::parse(R"({"a": [1, 2], "b": [1, 2]})")};
        const RecordedEdit mind{{5, 0}, Json::parse(R"({"a": [2, 3]})")};
        std::vector<RecordedEdit> after = editsAfter({late, mind}, {6, 0});
        QCOMPARE(after.size(), std::size_t(1));
        QCOMPARE(toText(after[0].changes, -1), std::string(R"({"b":[1,2]})"));
        QVERIFY(editsAfter({late, mind}, {8, 0}).empty());
        after = editsAfter({mind, late}, {4, 3});
        QCOMPARE(after.size(), std::size_t(2));
        QVERIFY((after[0].place == RunPlace{5, 0}));
    }

    void anotherProcessSteersThroughTheRunsFolder() {
        std::filesystem::path folder;
        Result<void> paused = Error{"no"}, set = Error{"no"}, refused, resumed = Error{"no"}, stopped = Error{"no"};
        std::jthread other;
        const RunEnded ended = trained(request("remote"), [&](TrainControl& control, const BatchFinished& batch) {
            if (!isAt(batch, 1, 2))
                return;
            folder = RunStore::open(m_runs.path("remote"))->list()->front().folder;
            std::atomic<bool> isPaused = false;
            other = std::jthread([&] {
                const auto send = [&](RemoteCommand::Kind kind, std::vector<Setting> settings = {}) {
                    return sendCommand(folder, {kind, std::move(settings)}, 60s, {});
                };
                paused = send(RemoteCommand::Kind::Pause);
                isPaused = true;
                set = send(RemoteCommand::Kind::Edit, {{"training.loss.label_smoothing", "0.1"}});
                refused = send(RemoteCommand::Kind::Edit, {{"training.batch_size", "3"}});
                resumed = send(RemoteCommand::Kind::Resume);
                stopped = send(RemoteCommand::Kind::Stop);
            });
            while (!isPaused) // so that the run is not over before it is asked
                std::this_thread::yield();
            static_cast<void>(control);
        });
        other.join();
        QVERIFY2(ended.outcome == RunEnded::Outcome::Stopped || ended.outcome == RunEnded::Outcome::Completed,
                 ended.reason.c_str());
        QVERIFY2(paused.ok() && set.ok() && resumed.ok(), paused ? "" : paused.error().message.c_str());
        QVERIFY(!refused.ok() && refused.error().kind == ErrorKind::BadInput);
        QCOMPARE(readRunEdits(folder / "events.jsonl").size(), std::size_t(1));
        const Result<void> late = sendCommand(folder, {RemoteCommand::Kind::Save}, 1s, {});
        QVERIFY(!late.ok() && late.error().kind == ErrorKind::Failed);
        QVERIFY(late.error().message.find("is not in progress") != std::string::npos);
    }

    void aForkEqualsItsParentsContinuation() {
        TrainRequest asked = request("fork");
        asked.experiment.training.checkpoint.emplace();
        asked.experiment.training.checkpoint->keepEvery = 1;
        asked.experiment.training.earlyStopping.emplace();
        asked.experiment.training.earlyStopping->restoreBestWeights = true;
        const auto edits = [&](TrainControl& control, const BatchFinished& batch) {
            if (isAt(batch, 1, 3))
                control.post(change({{"model.options.dropout", "0.6"}, {"training.loss.label_smoothing", "0.1"}}));
        };
        const RunEnded parent = trained(asked, edits);
        QVERIFY2(parent.outcome == RunEnded::Outcome::Completed, parent.reason.c_str());
        RunStore store = RunStore::open(m_runs.path("fork")).value();
        for (const char* at : {"1", "2"}) {
            const Result<RunFolder> fork = forkRun(store, RunFolder(parent.folder), at);
            QVERIFY2(fork.ok(), fork ? "" : fork.error().message.c_str());
            QCOMPARE(fork->history()->size(), std::size_t(std::atoi(at)));
            QCOMPARE(parentOf(*fork)->epoch, std::atoi(at));
            QCOMPARE(parentOf(*fork)->run, parent.run);
            // The best up to there, whatever the parent's best is by now.
            const Result<ChosenCheckpoint> best = chooseCheckpoint(fork->path(), "best");
            QCOMPARE(best->file.filename().string(), std::string("best.safetensors"));
            const auto state = runStateIn(SafetensorsFile::open(best->file).value());
            QCOMPARE(state->value("epoch", 0), (*state)["best"].value("epoch", 0));
            QVERIFY(state->value("epoch", 0) <= std::atoi(at));
            TrainRequest going = asked;
            going.resume = fork->id();
            const RunEnded ended = trained(going);
            QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
            QVERIFY(ended.run != parent.run);
            QVERIFY(ToyRuns::weightsOf(ended) == ToyRuns::weightsOf(parent));
            QCOMPARE(fork->history()->size(), std::size_t(3));
            QCOMPARE(readRunEdits(fork->path() / "events.jsonl").size(), std::size_t(1)); // the parent's
            QVERIFY(fork->experimentAtStart()->model.options == asked.experiment.model.options);
        }
        const Result<RunFolder> done = forkRun(store, RunFolder(parent.folder), "last");
        TrainRequest going = asked;
        going.resume = done->id();
        const RunEnded refused = trained(going);
        QVERIFY(refused.outcome == RunEnded::Outcome::Failed && refused.errorKind == ErrorKind::BadInput);
        QVERIFY2(refused.reason.find("raise training.epochs") != std::string::npos, refused.reason.c_str());
        QVERIFY(!parentOf(RunFolder(parent.folder)));
        const std::size_t runs = store.list()->size();
        const Result<RunFolder> none = forkRun(store, RunFolder(parent.folder), "7");
        QVERIFY(!none.ok() && none.error().kind == ErrorKind::BadInput);
        QVERIFY(none.error().message.find("no checkpoint of epoch 7") != std::string::npos);
        QCOMPARE(store.list()->size(), runs);
    }

    /// From the trainer's own thread, at a checkpoint within the last epoch: the run holds its lock, and goes on.
    void aRunInProgressIsForkedFromAnyCheckpointItKept() {
        TrainRequest asked = request("forked while it trains");
        asked.experiment.training.checkpoint.emplace();
        asked.experiment.training.checkpoint->monitor = "val_loss";
        asked.experiment.training.checkpoint->keepEvery = 1;
        asked.experiment.training.earlyStopping.emplace();
        asked.experiment.training.earlyStopping->restoreBestWeights = true;
        RunStore store = RunStore::open(asked.home).value();
        std::map<std::string, Result<RunFolder>> forks;
        std::filesystem::path folder;
        TrainControl control;
        const RunEnded parent = m_runs.engine().train(asked, {}, control, [&](const TrainEvent& event) {
            if (const auto* started = std::get_if<RunStarted>(&event))
                folder = started->folder;
            if (const auto* batch = std::get_if<BatchFinished>(&event); batch && isAt(*batch, 3, 2))
                control.post({TrainCommand::Kind::Save});
            if (const auto* saved = std::get_if<CheckpointSaved>(&event); saved && saved->batch == 2)
                for (const char* at : {"1", "2", "best", "last"})
                    forks.emplace(at, forkRun(store, RunFolder(folder), at));
        });
        QVERIFY2(parent.outcome == RunEnded::Outcome::Completed, parent.reason.c_str());
        QCOMPARE(forks.size(), std::size_t(4));
        for (const auto& [at, fork] : forks) {
            QVERIFY2(fork.ok(), fork ? "" : fork.error().message.c_str());
            QCOMPARE(fork->history()->size(), static_cast<std::size_t>(parentOf(*fork)->epoch));
            QVERIFY(at == "best" || parentOf(*fork)->epoch == (at == "1" ? 1 : 2));
            TrainRequest going = asked;
            going.resume = fork->id();
            std::optional<std::pair<int, int>> first;
            const RunEnded ended = trained(going, [&](TrainControl&, const BatchFinished& batch) {
                if (!first)
                    first = {batch.epoch, batch.batch};
            });
            QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
            QVERIFY(at != "last" || *first == std::pair(3, 3)); // the next batch after those it has
            QVERIFY2(ToyRuns::weightsOf(ended) == ToyRuns::weightsOf(parent), at.c_str());
            QCOMPARE(fork->history()->size(), std::size_t(3));
        }
    }

    /// Each fork is of one checkpoint, whole, however often another takes its place meanwhile.
    void aCheckpointIsReadWhileOthersTakeItsPlace() {
        TrainRequest asked = request("replaced");
        asked.experiment.training.saveEveryMinutes = 1e-9; // after every batch
        RunStore store = RunStore::open(asked.home).value();
        std::vector<RunFolder> forks;
        std::string fault;
        std::jthread other;
        const RunEnded parent = trained(asked, [&](TrainControl&, const BatchFinished& batch) {
            if (isAt(batch, 1, 2))
                other = std::jthread([&](const std::stop_token& stop) {
                    const RunFolder run(store.list()->front().folder);
                    while (!stop.stop_requested() && fault.empty()) {
                        Result<RunFolder> fork = forkRun(store, run, "last");
                        if (fork)
                            forks.push_back(*fork);
                        else
                            fault = fork.error().message;
                    }
                });
        });
        other.request_stop();
        other.join();
        QVERIFY2(fault.empty(), fault.c_str());
        QVERIFY(!forks.empty());
        asked.resume = forks[forks.size() / 2].id();
        const RunEnded ended = trained(asked);
        if (ended.outcome == RunEnded::Outcome::Failed) // of its very end there is nothing to go on with
            QVERIFY2(ended.reason.find("nothing to train") != std::string::npos, ended.reason.c_str());
        else
            QVERIFY(ToyRuns::weightsOf(ended) == ToyRuns::weightsOf(parent));
    }

    void anUndoneDropoutIsWhatEachLayerWasBuiltWith() {
        TrainRequest asked = request("dropouts");
        asked.experiment.model.options = Json{{"dropout", 0.3}, {"filters", {4, 8}}, {"dense", {8, 8}}};
        GraphSpec graph = graphFor(asked.experiment, 5).value();
        double rate = 0.1;
        for (Node& node : graph.nodes)
            if (node.op == Op::Dropout)
                node.attributes["rate"] = std::exchange(rate, 0.6);
        asked.experiment.model.options = Json::object();
        asked.experiment.model.graph = toJson(graph);
        const auto edit = [](TrainControl& control, const char* value) {
            control.post(change({{"model.options.dropout", value}}));
        };
        const RunEnded plain = trained(asked);
        QVERIFY2(plain.outcome == RunEnded::Outcome::Completed, plain.reason.c_str());
        const RunEnded undone = trained(asked, [&](TrainControl& control, const BatchFinished& batch) {
            if (isAt(batch, 1, 3)) {
                edit(control, "0.9");
                edit(control, "null");
            }
        });
        QVERIFY(ToyRuns::weightsOf(undone) == ToyRuns::weightsOf(plain));
        const std::vector<RecordedEdit> edits = readRunEdits(undone.folder + "/events.jsonl");
        QCOMPARE(edits.size(), std::size_t(2));
        QCOMPARE(toText(edits[1].changes, -1), std::string(R"({"model.options.dropout":[0.9,null]})"));
        QVERIFY(!editToUndo(edits, *RunFolder(undone.folder).experiment()));

        // The same where the run goes on in between, or again from before the undo.
        const auto later = [&](TrainControl& control, const BatchFinished& batch) {
            if (isAt(batch, 1, 3))
                edit(control, "0.9");
            if (isAt(batch, 2, 3))
                edit(control, "null");
        };
        const RunEnded whole = trained(asked, later);
        QVERIFY(ToyRuns::weightsOf(whole) != ToyRuns::weightsOf(plain));
        for (const int last : {1, 4}) { // before the undo, and after it
            std::stop_source stop;
            const RunEnded part = trained(
                asked,
                [&](TrainControl& control, const BatchFinished& batch) {
                    later(control, batch);
                    if (isAt(batch, 2, last))
                        stop.request_stop();
                },
                nullptr, stop);
            TrainRequest going = asked;
            going.resume = part.run;
            const RunEnded ended = trained(going, later);
            QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
            QVERIFY2(ToyRuns::weightsOf(ended) == ToyRuns::weightsOf(whole), std::to_string(last).c_str());
        }
    }

    void whatIsNoCommandIsAnsweredSo() {
        QTemporaryDir folder;
        const std::filesystem::path run = folder.path().toStdString();
        QVERIFY(makeFolder(run / "control").ok());
        int number = 0;
        for (const char* text :
             {"", "{", "[]", R"({"command": 3})", R"({"command": "explode"})", R"({"command": "set", "settings": {}})",
              R"({"command": "set", "settings": [1]})", R"({"command": "set", "settings": [{"path": "a"}]})"})
            QVERIFY(writeFileAtomically(run / "control" / (std::to_string(number++) + ".command.json"), text).ok());
        const std::vector<ReceivedCommand> received = receiveCommands(run);
        QCOMPARE(received.size(), std::size_t(number));
        for (const ReceivedCommand& one : received)
            QVERIFY(!one.command.ok());
        QVERIFY(receiveCommands(run).empty());
    }
};

QTEST_APPLESS_MAIN(SteeringTest)
#include "tst_Steering.moc"
