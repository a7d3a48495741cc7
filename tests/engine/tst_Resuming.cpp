// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <functional>
#include <map>
#include <string_view>

#include "Test.h"
#include "ToyRuns.h"
#include "engine/AskedModel.h"
#include "store/LearningFile.h"
#include "store/RunFork.h"
#include "store/RunStore.h"
#include "store/Safetensors.h"
#include "support/FileCalls.h"

using namespace sightline;
namespace fs = std::filesystem;

/// From which checkpoint a run goes on where the last one is of no use, and what is said of it.
class ResumingTest : public Test {
    Q_OBJECT

    TrainRequest request(const char* home, int epochs) const {
        TrainRequest request = m_runs.request(home, epochs);
        request.experiment.training.checkpoint.emplace();
        request.experiment.training.checkpoint->keepEvery = 1;
        return request;
    }
    RunEnded trained(const TrainRequest& request, std::string* said = nullptr, int stopAfter = 0) const {
        TrainControl control;
        return m_runs.engine().train(request, {}, control, [&](const TrainEvent& event) {
            if (const auto* note = std::get_if<RunNote>(&event); note && said)
                *said += note->message + "\n";
            if (const auto* epoch = std::get_if<EpochFinished>(&event); epoch && epoch->metrics.epoch == stopAfter)
                control.stopAfterEpoch();
        });
    }
    /// Stops after so many batches, 0: at the end. The rates are those of the epochs.
    void trainedUntil(const TrainRequest& request, int batches, std::vector<double>* rates = nullptr) const {
        TrainControl control;
        std::stop_source stop;
        int seen = 0;
        m_runs.engine().train(request, stop.get_token(), control, [&](const TrainEvent& event) {
            if (std::holds_alternative<BatchFinished>(event) && ++seen == batches)
                stop.request_stop();
            if (const auto* epoch = std::get_if<EpochFinished>(&event); epoch && rates)
                rates->push_back(epoch->metrics.learningRate);
        });
    }
    /// A run killed here goes on after this epoch.
    static bool isWhole(const fs::path& run, int epoch) {
        const Result<LearningHistory> learning = readLearning(run);
        return learning && learning->epochs() == epoch && learning->facts("val/car/car_0001.png").epochs == epoch;
    }
    static fs::path file(const RunEnded& run, const char* name) { return fs::path(run.folder) / "checkpoints" / name; }
    static std::string bytesOf(const fs::path& file) { return readFile(file).value(); }
    static void tear(const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); }

    using Metadata = std::map<std::string, std::string>;
    /// Writes a checkpoint anew, whole, with something changed.
    static void rewrite(const fs::path& file,
                        const std::function<void(Metadata&, std::vector<TensorToWrite>&)>& change) {
        std::vector<std::vector<float>> values;
        std::vector<TensorToWrite> tensors;
        Metadata metadata;
        {
            const Result<SafetensorsFile> opened = SafetensorsFile::open(file);
            metadata = opened->metadata();
            values.reserve(opened->tensors().size());
            for (const TensorView& view : opened->tensors()) {
                values.push_back(asFloats(view).value());
                tensors.push_back({view.name, view.shape, values.back()});
            }
        }
        change(metadata, tensors);
        QVERIFY(writeSafetensors(file, tensors, metadata).ok());
    }

    ToyRuns m_runs;

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_runs.begin(4, 2, 16)); }

    void theLearningHistoryIsNeverBehindACheckpoint() {
        TrainControl control;
        fs::path folder;
        int whole = 0, behind = 0;
        m_runs.engine().train(request("learning", 5), {}, control, [&](const TrainEvent& event) {
            if (const auto* started = std::get_if<RunStarted>(&event))
                folder = started->folder;
            if (const auto* saved = std::get_if<CheckpointSaved>(&event))
                ++(isWhole(folder, saved->epoch) ? whole : behind);
        });
        QVERIFY(whole >= 10); // each epoch's own and the last, at least
        QCOMPARE(behind, 0);
    }

    void theSpeedIsThatOfTheImagesThereAre() {
        TrainRequest small = request("speed", 1);
        small.experiment.training.batchSize = 512; // all of them are one batch
        TrainControl control;
        double batches = 0, epochs = 0;
        m_runs.engine().train(small, {}, control, [&](const TrainEvent& event) {
            if (const auto* batch = std::get_if<BatchFinished>(&event))
                batches = batch->imagesPerSecond;
            if (const auto* epoch = std::get_if<EpochFinished>(&event))
                epochs = epoch->metrics.imagesPerSecond;
        });
        QVERIFY(epochs > 0);
        QVERIFY2(batches < 2 * epochs, qPrintable(QStringLiteral("%1, %2").arg(batches).arg(epochs)));
    }

    void theLatestThatLoadsTakesThePlaceOfALastOneThatDoesNot_data() {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("missing") << "missing"
                                 << "is missing; the run resumes from";
        QTest::newRow("torn") << "torn"
                              << "is damaged; the run resumes from";
        QTest::newRow("no state") << "no state"
                                  << "is damaged; the run resumes from";
        QTest::newRow("half a state") << "half a state"
                                      << "cannot be understood. The run resumes from";
        QTest::newRow("other moments") << "other moments"
                                       << "lacks the optimizer's state";
        QTest::newRow("another network") << "another network"
                                         << "conv2d.weight";
    }

    void theLatestThatLoadsTakesThePlaceOfALastOneThatDoesNot() {
        QFETCH(QString, fault);
        QFETCH(QString, sentence);
        TrainRequest asked = request("replaced", 3);
        const RunEnded whole = trained(asked), parts = trained(asked, nullptr, 2);
        QCOMPARE(parts.epochs, 2);
        const fs::path last = file(parts, "last.safetensors");
        if (fault == QLatin1String("missing"))
            fs::remove(last);
        else if (fault == QLatin1String("torn"))
            tear(last);
        else
            rewrite(last, [&](Metadata& metadata, std::vector<TensorToWrite>& tensors) {
                if (fault == QLatin1String("no state"))
                    metadata["sightline.state"] = "{";
                if (fault == QLatin1String("half a state"))
                    metadata["sightline.state"] = R"({"epoch": 2, "step": "many"})";
                for (TensorToWrite& tensor : tensors) {
                    if (fault == QLatin1String("other moments") && tensor.name == "opt.second")
                        tensor = {tensor.name, {1}, tensor.values.first(1)};
                    if (fault == QLatin1String("another network") && tensor.name == "conv2d.weight")
                        tensor.name = "another-network.weight";
                }
            });
        asked.resume = parts.run;
        std::string said;
        const RunEnded resumed = trained(asked, &said);
        QVERIFY2(resumed.outcome == RunEnded::Outcome::Completed, resumed.reason.c_str());
        QVERIFY2(said.find(sentence.toStdString()) != std::string::npos, said.c_str());
        QVERIFY2(said.find("resumes from checkpoints/") != std::string::npos &&
                     said.find("after epoch 2") != std::string::npos,
                 said.c_str());
        QVERIFY(bytesOf(last) == bytesOf(file(whole, "last.safetensors")));
    }

    /// As where a process is killed after it kept the epoch, before the last one.
    void aNewerCheckpointThanTheLastIsGoneOnFrom() {
        TrainRequest asked = request("newer", 3);
        const RunEnded whole = trained(asked), parts = trained(asked, nullptr, 2);
        fs::copy_file(file(parts, "epoch-0001.safetensors"), file(parts, "last.safetensors"),
                      fs::copy_options::overwrite_existing);
        asked.resume = parts.run;
        std::string said;
        const RunEnded resumed = trained(asked, &said);
        QVERIFY2(resumed.outcome == RunEnded::Outcome::Completed, resumed.reason.c_str());
        QVERIFY2(said.find("is older than another one; the run resumes from checkpoints/") != std::string::npos &&
                     said.find("Resumed after epoch 2 from") != std::string::npos,
                 said.c_str());
        QVERIFY(bytesOf(file(resumed, "last.safetensors")) == bytesOf(file(whole, "last.safetensors")));
    }

    /// A best one that is damaged is there again, of its own epoch, where that was kept.
    void theBestOfTheRunIsThereAgain() {
        TrainRequest asked = request("best", 3);
        const RunEnded parts = trained(asked, nullptr, 2);
        const std::string best = bytesOf(file(parts, "best.safetensors"));
        tear(file(parts, "best.safetensors"));
        asked.resume = parts.run;
        asked.settings = {{"training.optimizer.learning_rate", "1e-20"}}; // nothing improves
        std::string said;
        QVERIFY(trained(asked, &said).outcome == RunEnded::Outcome::Completed);
        const auto weights = [](const fs::path& file) {
            return asFloats(*SafetensorsFile::open(file)->find("conv2d.weight")).value();
        };
        QVERIFY(fs::file_size(file(parts, "best.safetensors")) > best.size() / 2);
        const fs::path kept = file(parts, "kept.safetensors");
        QVERIFY(writeFileAtomically(kept, best).ok());
        QCOMPARE(weights(file(parts, "best.safetensors")), weights(kept));
        QVERIFY2(said.find("were not kept") == std::string::npos, said.c_str());
    }

    void aBestThatWasNotKeptIsSaid() {
        TrainRequest asked = request("unkept", 4);
        const RunEnded parts = trained(asked, nullptr, 2);
        asked.resume = parts.run;
        asked.settings = {{"training.optimizer.learning_rate", "1e-20"}}; // nothing improves
        QCOMPARE(trained(asked, nullptr, 3).epochs, 3);
        for (const char* name :
             {"best.safetensors", "previous.safetensors", "epoch-0001.safetensors", "epoch-0002.safetensors"})
            fs::remove(file(parts, name));
        asked.settings.clear();
        std::string said;
        QVERIFY(trained(asked, &said).outcome == RunEnded::Outcome::Completed);
        QVERIFY2(said.find("were not kept: until an epoch is better, the last weights are evaluated.") !=
                     std::string::npos,
                 said.c_str());
        QCOMPARE(chooseCheckpoint(parts.folder, "best")->file.filename().string(), std::string("last.safetensors"));
    }

    /// An epoch is trained anew as if nothing had happened.
    void anEarlierEpochIsGoneOnFromBitForBit() {
        TrainRequest asked = request("earlier", 3);
        const RunEnded whole = trained(asked), parts = trained(asked, nullptr, 2);
        for (const auto& entry : fs::directory_iterator(fs::path(parts.folder) / "checkpoints"))
            if (entry.path().filename() != "epoch-0001.safetensors")
                tear(entry.path());
        asked.resume = parts.run;
        std::string said;
        const RunEnded resumed = trained(asked, &said);
        QVERIFY2(resumed.outcome == RunEnded::Outcome::Completed, resumed.reason.c_str());
        QVERIFY2(said.find("Resumed after epoch 1 from checkpoints/epoch-0001.safetensors.") != std::string::npos,
                 said.c_str());
        QVERIFY(bytesOf(file(resumed, "last.safetensors")) == bytesOf(file(whole, "last.safetensors")));
    }

    /// Saved in the middle of an epoch, after the step that ruined its weights, which are numbers yet.
    void aRuinedCheckpointInAnEpochLosesNoneBeforeIt() {
        TrainRequest asked = m_runs.request("ruined", 2);
        const RunEnded good = trained(asked);
        QCOMPARE(good.epochs, 2);
        const std::string end = bytesOf(file(good, "last.safetensors"));
        asked.resume = good.run;
        asked.settings = {{"training.epochs", "3"},
                          {"training.save_every_minutes", "1e-9"}, // after every batch
                          {"training.optimizer.learning_rate", "1e30"}};
        const RunEnded ruined = trained(asked);
        QCOMPARE(ruined.outcome, RunEnded::Outcome::Failed);
        QVERIFY2(ruined.reason.find("from the one before it (after epoch 2)") != std::string::npos,
                 ruined.reason.c_str());
        QVERIFY(bytesOf(file(good, "last.safetensors")) == end);
        asked.settings = {{"training.optimizer.learning_rate", "0.001"}};
        const RunEnded saved = trained(asked);
        QVERIFY2(saved.outcome == RunEnded::Outcome::Completed, saved.reason.c_str());
        QCOMPARE(saved.epochs, 3);

        // also where the checkpoint before is of the same epoch
        asked.settings = {{"training.epochs", "4"}};
        TrainControl control;
        const RunEnded again = m_runs.engine().train(asked, {}, control, [&](const TrainEvent& event) {
            if (const auto* batch = std::get_if<BatchFinished>(&event); batch && batch->epoch == 4 && batch->batch == 1)
                control.post({TrainCommand::Kind::Edit, {{"training.optimizer.learning_rate", "1e30"}}, {}});
        });
        QCOMPARE(again.outcome, RunEnded::Outcome::Failed);
        std::string said;
        asked.settings = {{"training.optimizer.learning_rate", "0.001"}};
        TrainControl quiet;
        const RunEnded rest = m_runs.engine().train(asked, {}, quiet, [&](const TrainEvent& event) {
            if (const auto* note = std::get_if<RunNote>(&event))
                said += note->message + "\n";
        });
        QVERIFY2(rest.outcome == RunEnded::Outcome::Completed, rest.reason.c_str());
        QVERIFY2(said.find("Resumed after epoch 3 from checkpoints/last.safetensors") != std::string::npos,
                 said.c_str());
    }

    /// The rate had been reduced; what is set by hand holds, also where it is what the run began with.
    void aRateThatIsTakenBackIsTheOneThatTrains() {
        TrainRequest asked = request("taken-back", 6);
        asked.experiment.training.optimizer.learningRate = 0.01;
        ReduceLrSettings& reduce = asked.experiment.training.reduceLrOnPlateau.emplace();
        reduce.patience = 1;
        reduce.minDelta = 1000; // nothing is ever an improvement
        const RunEnded parts = trained(asked, nullptr, 3);
        asked.resume = parts.run;
        asked.settings = {{"training.optimizer.learning_rate", "0.02"}};
        trainedUntil(asked, 1); // before the next checkpoint
        asked.settings = {{"training.optimizer.learning_rate", "0.01"}};
        std::vector<double> rates;
        trainedUntil(asked, 0, &rates);
        QVERIFY(!rates.empty());
        QCOMPARE(rates.front(), static_cast<double>(0.01f));
    }

    void whereNoneLoadsTheReasonIsSaidAndNothingChanges() {
        TrainRequest asked = request("refused", 2);
        const RunEnded parts = trained(asked, nullptr, 1);
        for (const char* name : {"last.safetensors", "best.safetensors", "epoch-0001.safetensors"})
            if (fs::exists(file(parts, name)))
                rewrite(file(parts, name), [](Metadata&, std::vector<TensorToWrite>& tensors) {
                    std::erase_if(tensors, [](const TensorToWrite& tensor) { return tensor.name == "conv2d.weight"; });
                });
        const std::string events = bytesOf(fs::path(parts.folder) / "events.jsonl");
        asked.resume = parts.run;
        const RunEnded resumed = trained(asked);
        QCOMPARE(resumed.outcome, RunEnded::Outcome::Failed);
        QVERIFY(resumed.errorKind == ErrorKind::BadInput);
        QVERIFY2(resumed.reason.find("cannot be resumed: ") != std::string::npos &&
                     resumed.reason.find("conv2d.weight") != std::string::npos,
                 resumed.reason.c_str());
        QCOMPARE(bytesOf(fs::path(parts.folder) / "events.jsonl"), events);
    }

    void whatItCannotGoOnWithIsRefusedBeforeAnythingIsTouched_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("words");
        QTest::newRow("size") << "augmentation.random_crop"
                              << "[8, 8]"
                              << "the size of the network's input";
        QTest::newRow("dropout") << "model.options.dropout"
                                 << "0.5"
                                 << "has no dropout layer";
        QTest::newRow("node") << "model.freeze"
                              << "no-such-node"
                              << "no-such-node";
        QTest::newRow("value") << "training.loss.label_smoothing"
                               << "2"
                               << "training.loss.label_smoothing";
        QTest::newRow("passed") << "training.epochs"
                                << "1"
                                << "set training.epochs to more";
        QTest::newRow("fixed") << "training.batch_size"
                               << "4"
                               << "cannot be changed once a run has begun";
    }

    void whatItCannotGoOnWithIsRefusedBeforeAnythingIsTouched() {
        QFETCH(QString, path);
        QFETCH(QString, value);
        QFETCH(QString, words);
        TrainRequest asked = request("untouched", 3);
        const RunEnded parts = trained(asked, nullptr, 2);
        // Of a process that died: it is how the window knows of a run to go on with.
        QVERIFY(
            writeFileAtomically(parts.folder + "/running.json", R"({"process":"x","number":1,"locked":true})").ok());
        const auto filesOf = [&] {
            std::map<fs::path, std::string> files;
            for (const auto& entry : fs::recursive_directory_iterator(parts.folder))
                files[entry.path()] = entry.is_regular_file() ? bytesOf(entry.path()) : std::string();
            return files;
        };
        const auto before = filesOf();
        asked.resume = parts.run;
        asked.settings = {{"training.optimizer.learning_rate", "0.5"}, {path.toStdString(), value.toStdString()}};
        const RunEnded resumed = trained(asked);
        QCOMPARE(resumed.outcome, RunEnded::Outcome::Failed);
        QVERIFY(resumed.errorKind == ErrorKind::BadInput);
        QVERIFY2(resumed.reason.find(words.toStdString()) != std::string::npos, resumed.reason.c_str());
        QVERIFY(filesOf() == before);
    }

    /// What was asked for last holds, also where it leaves no edit and the run is killed. A full disk is waited for.
    void aForkThatTakesItsSettingsBackForgetsThem() {
        TrainRequest asked = request("taken-back-fork", 2);
        const RunEnded parent = trained(asked, nullptr, 1);
        RunStore store = RunStore::open(asked.home).value();
        const RunFolder fork =
            forkRun(store, store.find(parent.run).value(), "last", {{"training.loss.label_smoothing", "0.25"}}).value();
        asked.resume = fork.id();
        asked.settings = {{"training.loss.label_smoothing", "0"}};
        asked.waitsForRoom = true;
        static const FileCalls s_real = fileCalls();
        static std::atomic<bool> s_isFull;
        s_isFull = true;
        fileCalls().rename = [](const char* from, const char* to) {
            const bool fails = s_isFull && std::string_view(to).ends_with("parent.json");
            errno = ENOSPC;
            return fails ? -1 : s_real.rename(from, to);
        };
        TrainControl control;
        std::stop_source stop;
        std::vector<Setting> left{{"not", "read"}};
        m_runs.engine().train(asked, stop.get_token(), control, [&](const TrainEvent& event) {
            if (std::holds_alternative<BatchFinished>(event) && !stop.stop_requested()) { // before any checkpoint
                left = settingsToBeginWith(fork);
                stop.request_stop();
            }
            if (const auto* paused = std::get_if<RunPaused>(&event); paused && !paused->why.empty()) {
                s_isFull = false;
                control.resume();
            }
        });
        fileCalls() = s_real;
        QVERIFY(left.empty() && !s_isFull);
    }

    /// Gone on with from epoch 1, a run does not end with weights that early stopping had kept after epoch 2.
    void earlyStoppingsWeightsOfALaterEpochAreNotRestored() {
        TrainRequest asked = request("later", 3);
        asked.experiment.training.earlyStopping.emplace();
        const RunEnded parts = trained(asked, nullptr, 2);
        const Result<SafetensorsFile> kept = SafetensorsFile::open(file(parts, "early-stopping.safetensors"));
        QCOMPARE(kept->metadata().at("epoch"), std::string("2"));
        for (const char* name : {"last.safetensors", "best.safetensors", "epoch-0002.safetensors"})
            tear(file(parts, name));
        asked.resume = parts.run;
        asked.settings = {{"training.optimizer.learning_rate", "1e-20"}, {"training.epochs", "2"}}; // nothing improves
        std::string said;
        const RunEnded resumed = trained(asked, &said);
        QVERIFY2(resumed.outcome == RunEnded::Outcome::Completed, resumed.reason.c_str());
        QVERIFY2(said.find("resumes from checkpoints/epoch-0001.safetensors, after epoch 1.") != std::string::npos,
                 said.c_str());
        QVERIFY2(said.find("are of a later epoch or damaged; they are not used.") != std::string::npos, said.c_str());
        QVERIFY2(said.find("were restored") == std::string::npos, said.c_str());
        QVERIFY(!fs::exists(file(resumed, "restored.safetensors")));
    }

    /// Every validation image in every epoch, and a resumed run tells what an uninterrupted one does.
    void whatEachImageWasInEachEpochIsKept() {
        TrainRequest asked = request("learning", 3);
        const RunEnded whole = trained(asked), parts = trained(asked, nullptr, 2);
        asked.resume = parts.run;
        const RunEnded resumed = trained(asked);
        QVERIFY2(resumed.outcome == RunEnded::Outcome::Completed, resumed.reason.c_str());
        const auto expected = readLearning(whole.folder), found = readLearning(resumed.folder);
        QVERIFY(expected.ok() && found.ok());
        QCOMPARE(expected->epochs(), 3);
        QCOMPARE(found->paths(), expected->paths());
        QCOMPARE(found->paths().size(), std::size_t(5 * (4 + 2)));
        for (const std::string& path : found->paths())
            for (int epoch = 1; epoch <= 3; ++epoch) {
                const auto one = found->at(path, epoch), other = expected->at(path, epoch);
                QVERIFY2(one && other, path.c_str());
                QVERIFY(one->right == other->right && one->loss == other->loss);
            }
        const auto evaluation = ask(m_runs.engine(), ofRun(whole.folder, "last"), EvaluationQuestion{"val"});
        QVERIFY(evaluation.ok());
        for (const Prediction& prediction : evaluation->predictions) {
            const auto entry = expected->at(prediction.path, 3);
            QVERIFY2(entry, prediction.path.c_str());
            QCOMPARE(entry->right, prediction.predicted == prediction.truth);
            QVERIFY(std::abs(static_cast<double>(entry->loss) - prediction.loss) < 0.01 * prediction.loss + 1e-4);
        }
    }
};

QTEST_GUILESS_MAIN(ResumingTest)
#include "tst_Resuming.moc"
