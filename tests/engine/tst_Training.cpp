// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <atomic>
#include <optional>
#include <stop_token>
#include <thread>

#include "Test.h"
#include "ToyRuns.h"
#include "data/Overlay.h"
#include "engine/AskedModel.h"
#include "store/RunStore.h"

using namespace sightline;

/// Whole runs with the real engine: what stopping, looking, and failing leave behind.
class TrainingTest : public Test {
    Q_OBJECT

    ToyRuns m_runs;

    Engine& engine() const { return m_runs.engine(); }
    TrainRequest request(const char* home, int epochs) const {
        TrainRequest request = m_runs.request(home, epochs);
        request.experiment.augmentation.rotationRange = 15;
        request.experiment.model.options = Json{{"dropout", 0.3}, {"batch_norm", true}};
        request.experiment.training.earlyStopping = EarlyStoppingSettings{};
        request.experiment.training.reduceLrOnPlateau = ReduceLrSettings{};
        return request;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_runs.begin(8, 3, 32)); }

    void exactlyOneRunEndedComesLast() {
        TrainControl control;
        std::vector<std::string> types;
        engine().train(request("events", 2), {}, control,
                       [&](const TrainEvent& event) { types.push_back(toJson(event)["type"].get<std::string>()); });
        QCOMPARE(types.front(), std::string("run_started"));
        QCOMPARE(std::count(types.begin(), types.end(), "run_ended"), 1);
        QCOMPARE(types.back(), std::string("run_ended"));
        QCOMPARE(std::count(types.begin(), types.end(), "epoch"), 2);
        QCOMPARE(std::count(types.begin(), types.end(), "batch"), 10);
    }

    /// What a person relabels and excludes is trained with, goes with the run, and a resumed run keeps to it.
    void trainingHonoursARelabelAndAnExclude() {
        TrainRequest changed = request("overlay", 3);
        const std::filesystem::path root = changed.experiment.data.path, file = overlayFile(changed.home, root);
        Overlay overlay;
        applyEdit({{"train/boat/boat_0001.png", {"car", false}},
                   {"train/duck/duck_0002.png", {"", true}},
                   {"test/car/car_0001.png", {"", true}}},
                  overlay);
        QVERIFY(writeOverlay(file, overlay, root).ok());
        TrainControl control;
        int images = 0;
        const RunEnded whole = engine().train(changed, {}, control, [&](const TrainEvent& event) {
            if (const auto* started = std::get_if<RunStarted>(&event))
                images = started->trainImages;
        });
        QVERIFY2(whole.outcome == RunEnded::Outcome::Completed, whole.reason.c_str());
        QCOMPARE(images, 5 * 8 - 1);
        QVERIFY(*readOverlay(std::filesystem::path(whole.folder) / kOverlayFile) == overlay);
        TrainControl plainControl;
        const RunEnded plain = engine().train(request("no-overlay", 3), {}, plainControl, {});
        QVERIFY(!std::filesystem::exists(std::filesystem::path(plain.folder) / kOverlayFile));
        QVERIFY(ToyRuns::weightsOf(whole) != ToyRuns::weightsOf(plain));

        TrainControl halfway;
        halfway.stopAfterEpoch();
        const RunEnded stopped = engine().train(changed, {}, halfway, {});
        QVERIFY(writeOverlay(file, {}, root).ok()); // taken back in between
        changed.resume = stopped.run;
        TrainControl again;
        const RunEnded resumed = engine().train(changed, {}, again, {});
        QVERIFY2(resumed.outcome == RunEnded::Outcome::Completed, resumed.reason.c_str());
        QVERIFY(ToyRuns::weightsOf(resumed) == ToyRuns::weightsOf(whole));

        const auto evaluation = ask(engine(), ofRun(whole.folder), EvaluationQuestion{"test"});
        QVERIFY(evaluation.ok());
        QCOMPARE(evaluation->predictions.size(), std::size_t(5 * 3 - 1));
    }

    void anOverlayThatCannotBeReadIsNoReasonToTrainWithoutIt() {
        TrainRequest broken = request("broken-overlay", 1);
        const std::filesystem::path file = overlayFile(broken.home, broken.experiment.data.path);
        QVERIFY(makeFolder(file.parent_path()).ok());
        QVERIFY(writeFileAtomically(file, "{ half").ok());
        TrainControl control;
        const RunEnded ended = engine().train(broken, {}, control, {});
        QVERIFY(ended.outcome == RunEnded::Outcome::Failed);
        QVERIFY2(ended.reason.find(file.string()) != std::string::npos, ended.reason.c_str());
    }

    void imagesThatVanishWhileTrainingAreToldAtOnce() {
        TrainRequest asked = request("vanishing", 3);
        const std::filesystem::path from = asked.experiment.data.path, root = from.parent_path() / "vanishing-toys";
        std::filesystem::copy(from, root, std::filesystem::copy_options::recursive);
        QVERIFY(writeFileAtomically(root / "val/car/car_0001.png", "no picture").ok());
        asked.experiment.data.path = root.string();
        asked.experiment.data.cacheMemoryMegabytes = asked.experiment.data.cacheDiskMegabytes = 0;
        TrainControl control;
        std::vector<std::pair<int, std::string>> notes; // epochs that were finished, and the sentence
        int finished = 0;
        const RunEnded ended = engine().train(asked, {}, control, [&](const TrainEvent& event) {
            if (const auto* note = std::get_if<RunNote>(&event))
                notes.emplace_back(finished, note->message);
            if (const auto* epoch = std::get_if<EpochFinished>(&event); epoch && (finished = epoch->metrics.epoch) == 1)
                std::filesystem::remove_all(root / "train/boat");
        });
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        const auto told = [&](const std::string& words) {
            return std::find_if(notes.begin(), notes.end(),
                                [&](const auto& note) { return note.second.find(words) != std::string::npos; });
        };
        const auto unreadable = told("car_0001.png"), gone = told("None of the 8 training images of the class boat");
        QVERIFY(unreadable != notes.end() && unreadable->first == 0);
        QVERIFY(gone != notes.end() && gone->first == 1);
        QCOMPARE(std::count_if(notes.begin(), notes.end(),
                               [](const auto& note) { return note.second.find("None of the") == 0; }),
                 1);
        const auto events = readFile(ended.folder + "/events.jsonl");
        QVERIFY(events->find("of the class boat can be read") != std::string::npos);
    }

    void theManifestIsThereBeforeTheFirstBatch() {
        TrainRequest asked = request("manifest", 1);
        TrainControl control;
        bool before = false;
        std::string folder;
        engine().train(asked, {}, control, [&](const TrainEvent& event) {
            if (const auto* started = std::get_if<RunStarted>(&event))
                folder = started->folder;
            if (const auto* batch = std::get_if<BatchFinished>(&event); batch && batch->batch == 1)
                before =
                    std::filesystem::exists(folder + "/samples.csv") && std::filesystem::exists(folder + "/data.json");
        });
        QVERIFY(before);
        const auto manifest = RunFolder(folder).manifest();
        QVERIFY(manifest.ok() && manifest->has_value());
        QCOMPARE((*manifest)->count(Subset::Train), std::size_t(5 * 8));
        QCOMPARE((*manifest)->count(Subset::Test), std::size_t(5 * 3));
    }

    /// A learning rate edited beside --resume holds, also where the run is stopped before its next checkpoint.
    void anEditIsKeptWhereTheRunStopsInItsFirstEpoch() {
        TrainRequest first = request("edited", 2);
        TrainControl control;
        const RunEnded begun = engine().train(first, {}, control, {});
        QVERIFY2(begun.outcome == RunEnded::Outcome::Completed, begun.reason.c_str());
        TrainRequest edited = first;
        edited.resume = begun.run;
        edited.settings = {{"training.epochs", "3"}, {"training.optimizer.learning_rate", "0.0005"}};
        std::stop_source stop;
        TrainControl stopped;
        const RunEnded ended = engine().train(edited, stop.get_token(), stopped, [&](const TrainEvent& event) {
            if (std::holds_alternative<BatchFinished>(event))
                stop.request_stop();
        });
        QCOMPARE(ended.outcome, RunEnded::Outcome::Stopped);
        TrainRequest again = first;
        again.resume = begun.run;
        std::vector<EpochMetrics> epochs;
        TrainControl last;
        const RunEnded done = engine().train(again, {}, last, [&](const TrainEvent& event) {
            if (const auto* epoch = std::get_if<EpochFinished>(&event))
                epochs.push_back(epoch->metrics);
        });
        QVERIFY2(done.outcome == RunEnded::Outcome::Completed, done.reason.c_str());
        QCOMPARE(epochs.size(), std::size_t(1));
        QCOMPARE(epochs[0].epoch, 3);
        QCOMPARE(static_cast<float>(epochs[0].learningRate), 0.0005f);
    }

    void aResumedRunEndsBitIdenticalToOneNeverStopped() {
        TrainControl whole;
        const RunEnded expected = engine().train(request("whole", 4), {}, whole, {});
        QVERIFY(expected.outcome == RunEnded::Outcome::Completed);
        TrainControl control;
        control.stopAfterEpoch();
        TrainRequest parts = request("parts", 4);
        const RunEnded stopped = engine().train(parts, {}, control, {});
        QVERIFY(stopped.outcome == RunEnded::Outcome::Stopped);
        QCOMPARE(stopped.epochs, 1);
        parts.resume = stopped.run;
        TrainControl again;
        const RunEnded resumed = engine().train(parts, {}, again, {});
        QVERIFY2(resumed.outcome == RunEnded::Outcome::Completed, resumed.reason.c_str());
        QCOMPARE(resumed.epochs, 4);
        QVERIFY(!ToyRuns::weightsOf(expected).empty());
        QVERIFY(ToyRuns::weightsOf(resumed) == ToyRuns::weightsOf(expected));
        const auto history = RunFolder(resumed.folder).history();
        QVERIFY(history.ok());
        QCOMPARE(history->size(), std::size_t(4));
    }

    void aRunThatIsLookedAtEndsBitIdenticalToOneThatIsNot() {
        TrainControl alone;
        const RunEnded expected = engine().train(request("alone", 3), {}, alone, {});
        TrainControl control;
        std::atomic<int> explained{0};
        Image image = *readImage(m_runs.path("toys/test/car/car_0001.png"));
        std::jthread looker([&](std::stop_token stop) {
            while (!stop.stop_requested()) {
                ModelSource weights;
                weights.snapshot = control.snapshot();
                HeatMapQuestion question;
                question.image = image;
                if (weights.snapshot && ask(engine(), weights, question, stop).ok())
                    ++explained;
                else
                    std::this_thread::yield();
            }
        });
        const RunEnded watched = engine().train(request("watched", 3), {}, control, {});
        looker.request_stop();
        looker.join();
        QVERIFY(explained > 0);
        QVERIFY(ToyRuns::weightsOf(watched) == ToyRuns::weightsOf(expected));
    }

    void aDivergingRunFailsInOneSentenceAndWritesNoBrokenCheckpoint() {
        TrainRequest wild = request("wild", 30);
        wild.experiment.training.optimizer.name = OptimizerSettings::Name::Sgd;
        wild.experiment.training.optimizer.learningRate = 1e30;
        TrainControl control;
        const RunEnded ended = engine().train(wild, {}, control, {});
        QVERIFY(ended.outcome == RunEnded::Outcome::Failed);
        QVERIFY2(ended.reason.ends_with("learning rate. There is no checkpoint to go back to."), ended.reason.c_str());
        QCOMPARE(ended.epochs, 0); // it breaks in its first epoch, so nothing may have been saved
        QVERIFY(ToyRuns::weightsOf(ended).empty());
    }

    void aLaterDivergenceLeavesTheEarlierCheckpoint() {
        TrainRequest request = this->request("later", 6);
        TrainControl control;
        control.stopAfterEpoch();
        const RunEnded good = engine().train(request, {}, control, {});
        QVERIFY(good.outcome == RunEnded::Outcome::Stopped);
        const std::string last = ToyRuns::weightsOf(good),
                          best = *readFile(good.folder + "/checkpoints/best.safetensors");
        request.experiment.training.loss.outputWeights["main"] = 3e38; // the loss overflows from the second epoch on
        QVERIFY(RunFolder(good.folder).writeExperiment(request.experiment).ok());
        request.resume = good.run;
        TrainControl again;
        const RunEnded ended = engine().train(request, {}, again, {});
        QVERIFY(ended.outcome == RunEnded::Outcome::Failed);
        QCOMPARE(ended.epochs, 1);
        QVERIFY(!last.empty() && ToyRuns::weightsOf(ended) == last);
        QVERIFY(*readFile(ended.folder + "/checkpoints/best.safetensors") == best);
        QVERIFY(ask(engine(), ofRun(ended.folder), EvaluationQuestion{"test"}).ok());
    }

    void earlyStoppingLeavesTheBestWeightsAsTheLastOnes() {
        TrainRequest request = this->request("early", 30);
        request.experiment.training.optimizer.learningRate = 0.05; // unsteady: the best epoch is soon passed
        request.experiment.training.earlyStopping->patience = 2;
        request.experiment.training.checkpoint = CheckpointSettings{"val_loss", MonitorMode::Auto, 0};
        TrainControl control;
        const RunEnded ended = engine().train(request, {}, control, {});
        QVERIFY(ended.outcome == RunEnded::Outcome::Completed);
        QVERIFY2(ended.epochs < 30, "it did not stop early");
        const auto best = ask(engine(), ofRun(ended.folder), EvaluationQuestion{"val"}),
                   last = ask(engine(), ofRun(ended.folder, "last"), EvaluationQuestion{"val"});
        QVERIFY(best.ok() && last.ok());
        QCOMPARE(last->loss, best->loss);
        const auto history = RunFolder(ended.folder).history();
        QVERIFY(history->back().valLoss.value() >
                history->at(static_cast<std::size_t>(ended.bestEpoch - 1)).valLoss.value());
        request.resume = ended.run;
        TrainControl again;
        const RunEnded refused = engine().train(request, {}, again, {});
        QVERIFY(refused.outcome == RunEnded::Outcome::Failed && !refused.reason.empty());
        request.settings = {{"training.epochs", "30"}}; // as planned, and it has its patience again
        TrainControl more;
        const RunEnded rest = engine().train(request, {}, more, {});
        QVERIFY2(rest.outcome == RunEnded::Outcome::Completed && rest.epochs > ended.epochs, rest.reason.c_str());
    }

    void randomCropsAreAskedAboutAtTheirOwnSize() {
        TrainRequest request = this->request("crops", 1);
        request.experiment.augmentation.randomCrop = std::vector<int>{24, 20};
        TrainControl control;
        const RunEnded ended = engine().train(request, {}, control, {});
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        const auto evaluation = ask(engine(), ofRun(ended.folder), EvaluationQuestion{"test"});
        QVERIFY2(evaluation.ok(), evaluation ? "" : evaluation.error().message.c_str());
        QCOMPARE(evaluation->predictions.size(), std::size_t(15));
        HeatMapQuestion question;
        question.image = *readImage(m_runs.path("toys/test/car/car_0001.png"));
        const auto explanation = ask(engine(), ofRun(ended.folder), question);
        QVERIFY2(explanation.ok(), explanation ? "" : explanation.error().message.c_str());
        QCOMPARE(explanation->map.shape, (std::vector<std::int64_t>{24, 20}));
        QCOMPARE(explanation->input.height, 24);
        const Prediction& same = *std::find_if(evaluation->predictions.begin(), evaluation->predictions.end(),
                                               [](const Prediction& p) { return p.path == "test/car/car_0001.png"; });
        QVERIFY(std::abs(same.confidence - explanation->confidence) < 1e-3);
    }

    void stopEndsTheRunWithinABatch() {
        std::stop_source source;
        TrainControl control;
        int after = 0;
        const RunEnded ended =
            engine().train(request("stop", 50), source.get_token(), control, [&](const TrainEvent& event) {
                if (std::holds_alternative<BatchFinished>(event)) {
                    after += source.stop_requested();
                    source.request_stop();
                }
            });
        QVERIFY(ended.outcome == RunEnded::Outcome::Stopped);
        QCOMPARE(after, 0);
    }

    void impossibleExperimentsAreRefusedInOneSentence() {
        TrainControl control;
        TrainRequest deep = request("refused", 1);
        deep.experiment.model.options = Json{{"filters", {8, 8, 8, 8, 8, 8}}};
        RunEnded ended = engine().train(deep, {}, control, {});
        QVERIFY(ended.outcome == RunEnded::Outcome::Failed && ended.errorKind == ErrorKind::BadInput);
        QVERIFY2(ended.reason.find("max_pooling2d_5") != std::string::npos, ended.reason.c_str());
        TrainRequest monitor = request("refused", 1);
        monitor.experiment.data.path += "/train"; // no validation there
        ended = engine().train(monitor, {}, control, {});
        QVERIFY2(ended.reason.find("training.early_stopping.monitor") != std::string::npos, ended.reason.c_str());
        TrainRequest home = request("toys/boxes.csv", 1);
        ended = engine().train(home, {}, control, {});
        QVERIFY(ended.outcome == RunEnded::Outcome::Failed && ended.errorKind == ErrorKind::Failed);
    }
};

QTEST_APPLESS_MAIN(TrainingTest)
#include "tst_Training.moc"
