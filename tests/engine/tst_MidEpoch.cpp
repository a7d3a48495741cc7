// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <functional>

#include "Test.h"
#include "ToyRuns.h"
#include "store/LearningFile.h"
#include "store/RunStore.h"

using namespace sightline;

/// Runs that are stopped between two batches and go on there: as if nothing had happened.
class MidEpochTest : public Test {
    Q_OBJECT

    ToyRuns m_runs;

    Engine& engine() const { return m_runs.engine(); }
    /// `home` may be used again and again: each run is one of its own there.
    TrainRequest request(const QString& kind) const {
        TrainRequest request = m_runs.request(kind.toUtf8().constData(), 3);
        Experiment& experiment = request.experiment;
        TrainingSettings& training = experiment.training;
        experiment.model.options = Json{{"dropout", 0.3}, {"filters", {4, 8}}};
        training.reduceLrOnPlateau = ReduceLrSettings{};
        training.reduceLrOnPlateau->patience = 0;
        training.earlyStopping.emplace();
        training.earlyStopping->restoreBestWeights = true;
        if (kind == QLatin1String("augmented")) {
            experiment.augmentation.rotationRange = 20;
            experiment.augmentation.horizontalFlip = true;
        } else if (kind == QLatin1String("mixed")) {
            experiment.augmentation.mixup = 0.4;
            training.reduceLrOnPlateau.reset();
            training.schedule.name = ScheduleSettings::Name::Cosine;
        } else if (kind == QLatin1String("weighted")) {
            training.loss.balancedClassWeight = true;
            training.balanced = true;
            training.optimizer.name = OptimizerSettings::Name::RmsProp;
        } else if (kind == QLatin1String("features")) {
            experiment.model.freeze = "conv2d_1";
            training.cacheFeatures = true;
        } else if (kind == QLatin1String("thawing")) {
            experiment.model.freeze = "conv2d_1";
            training.cacheFeatures = true;
            training.fineTune.emplace();
            training.fineTune->atEpoch = 2;
        }
        return request;
    }

    struct Course {
        RunEnded ended;
        std::vector<std::pair<int, int>> batches; ///< epoch and number of each that was trained
    };
    /// Until the batch after which `stops`; how it is stopped changes nothing.
    Course trained(const TrainRequest& request, const std::function<bool(const BatchFinished&)>& stops = {},
                   bool byCommand = false) const {
        TrainControl control;
        std::stop_source stop;
        Course course;
        course.ended = engine().train(request, stop.get_token(), control, [&](const TrainEvent& event) {
            const auto* batch = std::get_if<BatchFinished>(&event);
            if (!batch)
                return;
            course.batches.emplace_back(batch->epoch, batch->batch);
            if (!stops || !stops(*batch))
                return;
            if (byCommand)
                control.post({TrainCommand::Kind::Stop});
            else
                stop.request_stop();
        });
        return course;
    }
    static std::string historyOf(const RunEnded& ended) { // without what depends on the clock
        std::string text;
        const std::vector<EpochMetrics> epochs = RunFolder(ended.folder).history().value();
        for (const EpochMetrics& epoch : epochs)
            for (const char* name : {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"})
                text += toText(Json(epoch.value(name).value_or(-1)), -1) + " ";
        return text;
    }
    static std::string learningOf(const RunEnded& ended) {
        std::string text;
        const LearningHistory history = readLearning(ended.folder).value();
        for (const std::string& path : history.paths())
            for (int epoch = 1; epoch <= history.epochs(); ++epoch)
                if (const auto entry = history.at(path, epoch))
                    text += path + " " + std::to_string(epoch) + (entry->right ? " right " : " wrong ") +
                            std::to_string(entry->loss) + "\n";
        return text;
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_runs.begin(8, 3, 16)); }

    void aRunStoppedAfterAnyBatchEndsAsOneNeverStopped_data() {
        QTest::addColumn<QString>("kind");
        for (const char* kind : {"plain", "augmented", "mixed", "weighted", "features", "thawing"})
            QTest::newRow(kind) << kind;
    }

    void aRunStoppedAfterAnyBatchEndsAsOneNeverStopped() {
        QFETCH(QString, kind);
        const Course whole = trained(request(kind));
        QVERIFY2(whole.ended.outcome == RunEnded::Outcome::Completed, whole.ended.reason.c_str());
        QCOMPARE(whole.batches.size(), std::size_t(15));
        for (std::size_t at = 0; at + 1 < whole.batches.size(); ++at) {
            const auto [epoch, number] = whole.batches[at];
            const QByteArray where = QStringLiteral("epoch %1, batch %2").arg(epoch).arg(number).toUtf8();
            TrainRequest asked = request(kind);
            const auto stops = [&, epoch = epoch, number = number](const BatchFinished& batch) {
                return batch.epoch == epoch && batch.batch == number;
            };
            const Course begun = trained(asked, stops, at % 2 == 1);
            QVERIFY2(begun.ended.outcome == RunEnded::Outcome::Stopped, where);
            asked.resume = begun.ended.run;
            const Course rest = trained(asked);
            QVERIFY2(rest.ended.outcome == RunEnded::Outcome::Completed, rest.ended.reason.c_str());
            std::vector<std::pair<int, int>> batches = begun.batches; // none twice, none left out
            batches.insert(batches.end(), rest.batches.begin(), rest.batches.end());
            QVERIFY2(batches == whole.batches, where);
            QVERIFY2(ToyRuns::weightsOf(rest.ended) == ToyRuns::weightsOf(whole.ended), where);
            QVERIFY2(historyOf(rest.ended) == historyOf(whole.ended), where);
            QVERIFY2(learningOf(rest.ended) == learningOf(whole.ended), where);
        }
    }

    void aRunStoppedAtEveryBatchEndsTheSame() {
        const Course whole = trained(request(QStringLiteral("augmented")));
        TrainRequest asked = request(QStringLiteral("augmented"));
        Course part = trained(asked, [](const BatchFinished&) { return true; });
        std::size_t sessions = 1;
        for (asked.resume = part.ended.run; part.ended.outcome == RunEnded::Outcome::Stopped; ++sessions)
            part = trained(asked, [](const BatchFinished&) { return true; });
        QVERIFY2(part.ended.outcome == RunEnded::Outcome::Completed, part.ended.reason.c_str());
        QVERIFY(sessions >= whole.batches.size());
        QVERIFY(ToyRuns::weightsOf(part.ended) == ToyRuns::weightsOf(whole.ended));
    }

    /// Killed between two batches, a run goes on from the last checkpoint that was taken on the way.
    void checkpointsAreTakenOnTheWay() {
        TrainRequest asked = request(QStringLiteral("often"));
        asked.experiment.training.saveEveryMinutes = 1e-9;
        TrainControl control;
        std::vector<std::pair<int, int>> saved;
        const RunEnded ended = engine().train(asked, {}, control, [&](const TrainEvent& event) {
            if (const auto* checkpoint = std::get_if<CheckpointSaved>(&event); checkpoint && checkpoint->batch > 0) {
                saved.emplace_back(checkpoint->epoch, checkpoint->batch);
                QCOMPARE(checkpoint->file, std::string("checkpoints/last.safetensors"));
            }
        });
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QVERIFY(saved.size() >= 15);
        QCOMPARE(saved.front(), std::pair(1, 1));
        const auto events = readFile(ended.folder + "/events.jsonl");
        QVERIFY(events->find(R"({"type":"checkpoint","epoch":1,"batch":1,"file":"checkpoints/last.safetensors")") !=
                std::string::npos);
        QVERIFY(
            events->find(
                R"({"type":"checkpoint","epoch":1,"batch":0,"file":"checkpoints/last.safetensors","best":false})") !=
            std::string::npos);

        asked.experiment.training.saveEveryMinutes = 0;
        saved.clear();
        TrainControl other;
        const RunEnded seldom = engine().train(asked, {}, other, [&](const TrainEvent& event) {
            if (const auto* checkpoint = std::get_if<CheckpointSaved>(&event); checkpoint && checkpoint->batch > 0)
                saved.emplace_back(checkpoint->epoch, checkpoint->batch);
        });
        QVERIFY(seldom.outcome == RunEnded::Outcome::Completed);
        QVERIFY(saved.empty());
    }

    void saveNowAnswersAlsoWhilePaused() {
        TrainControl control;
        bool answered = false;
        int batch = 0;
        const RunEnded ended =
            engine().train(request(QStringLiteral("now")), {}, control, [&](const TrainEvent& event) {
                if (const auto* finished = std::get_if<BatchFinished>(&event);
                    finished && finished->epoch == 2 && finished->batch == 3)
                    control.pause();
                if (const auto* paused = std::get_if<RunPaused>(&event); paused && paused->paused)
                    control.post({TrainCommand::Kind::Save, {}, [&](const Result<void>& done) {
                                      answered = done.ok();
                                      control.resume();
                                  }});
                if (const auto* saved = std::get_if<CheckpointSaved>(&event); saved && saved->batch > 0)
                    batch = saved->batch;
            });
        QVERIFY(ended.outcome == RunEnded::Outcome::Completed);
        QVERIFY(answered);
        QCOMPARE(batch, 3);
        Result<void> late;
        control.post({TrainCommand::Kind::Save, {}, [&](const Result<void>& done) { late = done; }});
        QVERIFY(!late.ok() && late.error().message == "The run has ended.");
    }

    void aKillDuringAPauseLosesNothing_data() {
        QTest::addColumn<int>("batch");
        QTest::addColumn<bool>("edits");
        QTest::newRow("within an epoch") << 3 << false;
        QTest::newRow("before its validation") << 5 << false;
        QTest::newRow("changed while it stood still") << 3 << true;
    }

    /// A copy of the home is what a kill would leave.
    void aKillDuringAPauseLosesNothing() {
        QFETCH(int, batch);
        QFETCH(bool, edits);
        const std::string home = m_runs.path("standing"), killed = m_runs.path("killed");
        TrainRequest asked = request(QStringLiteral("standing"));
        asked.experiment.training.saveEveryMinutes = 0;
        TrainControl control;
        std::vector<std::pair<int, int>> saved;
        const auto die = [&](const Result<void>& done) {
            QVERIFY2(done.ok(), done ? "" : done.error().message.c_str());
            std::filesystem::remove_all(killed);
            std::filesystem::copy(home, killed, std::filesystem::copy_options::recursive);
            control.resume();
        };
        const RunEnded whole = engine().train(asked, {}, control, [&](const TrainEvent& event) {
            if (const auto* finished = std::get_if<BatchFinished>(&event);
                finished && finished->epoch == 2 && finished->batch == batch)
                control.pause();
            if (const auto* checkpoint = std::get_if<CheckpointSaved>(&event); checkpoint && checkpoint->batch > 0)
                saved.emplace_back(checkpoint->epoch, checkpoint->batch);
            if (const auto* paused = std::get_if<RunPaused>(&event); !paused || !paused->paused)
                return;
            if (edits)
                control.post({TrainCommand::Kind::Edit, {{"training.optimizer.learning_rate", "0.01"}}, die});
            else
                die({});
        });
        QVERIFY2(whole.outcome == RunEnded::Outcome::Completed, whole.reason.c_str());
        QCOMPARE(saved, (std::vector{std::pair(2, batch)}));

        asked.home = killed;
        asked.resume = whole.run;
        const Course rest = trained(asked);
        QVERIFY2(rest.ended.outcome == RunEnded::Outcome::Completed, rest.ended.reason.c_str());
        QCOMPARE(rest.batches.front(), batch == 5 ? std::pair(3, 1) : std::pair(2, batch + 1));
        QVERIFY(ToyRuns::weightsOf(rest.ended) == ToyRuns::weightsOf(whole));
        QVERIFY(historyOf(rest.ended) == historyOf(whole));
        QCOMPARE(RunFolder(rest.ended.folder).experiment()->training.optimizer.learningRate, edits ? 0.01 : 0.001);
    }

    /// Saved and paused at once, it is saved once; stopped then, no more.
    void aPauseSavesWhatIsNotSavedYet() {
        TrainControl control;
        std::stop_source stop;
        int saved = 0;
        const RunEnded ended =
            engine().train(request(QStringLiteral("once")), stop.get_token(), control, [&](const TrainEvent& event) {
                if (const auto* finished = std::get_if<BatchFinished>(&event); finished && finished->batch == 2) {
                    control.post({TrainCommand::Kind::Save});
                    control.pause();
                }
                if (const auto* checkpoint = std::get_if<CheckpointSaved>(&event))
                    saved += checkpoint->batch > 0;
                if (const auto* paused = std::get_if<RunPaused>(&event); paused && paused->paused)
                    stop.request_stop();
            });
        QVERIFY(ended.outcome == RunEnded::Outcome::Stopped);
        QCOMPARE(saved, 1);
    }

    void aPauseThatCannotBeSavedEndsTheRunWhereNobodyMakesRoom() {
        TrainControl control;
        bool stoodStill = false;
        std::filesystem::path folder;
        const RunEnded ended =
            engine().train(request(QStringLiteral("full")), {}, control, [&](const TrainEvent& event) {
                if (const auto* started = std::get_if<RunStarted>(&event))
                    folder = std::filesystem::path(started->folder) / "checkpoints";
                if (const auto* finished = std::get_if<BatchFinished>(&event);
                    finished && finished->epoch == 2 && finished->batch == 2) {
                    std::filesystem::rename(folder, folder.string() + ".away");
                    control.pause();
                }
                stoodStill = stoodStill || std::holds_alternative<RunPaused>(event);
            });
        QVERIFY(ended.outcome == RunEnded::Outcome::Failed);
        QVERIFY2(ended.reason.find("last.safetensors") != std::string::npos, ended.reason.c_str());
        QVERIFY(!stoodStill);
    }

    /// Whoever asked for it hears why, and the good one stays.
    void weightsThatAreNoNumbersAreNotSaved() {
        std::string good;
        Result<void> saved;
        std::filesystem::path last;
        TrainControl control;
        TrainRequest asked = request(QStringLiteral("no numbers"));
        asked.experiment.training.saveEveryMinutes = 0;
        const RunEnded ended = engine().train(asked, {}, control, [&](const TrainEvent& event) {
            if (const auto* started = std::get_if<RunStarted>(&event))
                last = started->folder + "/checkpoints/last.safetensors";
            const auto* batch = std::get_if<BatchFinished>(&event);
            if (!batch || batch->epoch < 2)
                return;
            if (batch->batch == 1) {
                good = *readFile(last);
                control.post({TrainCommand::Kind::Edit, {{"training.optimizer.learning_rate", "1e39"}}, {}});
            } else if (batch->batch == 2) {
                control.post({TrainCommand::Kind::Save, {}, [&](const Result<void>& result) { saved = result; }});
            }
        });
        QVERIFY(ended.outcome == RunEnded::Outcome::Failed);
        QVERIFY2(ended.reason.find("infinite or not a number in epoch 2; they are not saved") != std::string::npos,
                 ended.reason.c_str());
        QVERIFY(!saved.ok() && saved.error().message == ended.reason);
        QVERIFY(*readFile(last) == good);
    }

    /// What the window asks for: nothing is lost while there is no room, and the run goes on when there is.
    void aRunThatCannotBeWrittenWaitsAndGoesOn() {
        const RunEnded whole = trained(request(QStringLiteral("room"))).ended;
        TrainRequest asked = request(QStringLiteral("room"));
        asked.waitsForRoom = true;
        TrainControl control;
        std::filesystem::path folder, away;
        std::string why;
        int waits = 0;
        const RunEnded ended = engine().train(asked, {}, control, [&](const TrainEvent& event) {
            if (const auto* started = std::get_if<RunStarted>(&event)) {
                folder = std::filesystem::path(started->folder) / "checkpoints";
                away = folder.string() + ".away";
                std::filesystem::create_directory(folder / "restored.safetensors"); // in the way, at the very end
            }
            if (const auto* batch = std::get_if<BatchFinished>(&event);
                batch && batch->epoch == 2 && batch->batch == 3) {
                std::filesystem::rename(folder, away);
                control.post({TrainCommand::Kind::Save});
            }
            const auto* paused = std::get_if<RunPaused>(&event);
            if (!paused || paused->why.empty())
                return;
            why += paused->why;
            if (++waits == 2) // the first time there is still no room
                std::filesystem::rename(away, folder);
            else if (waits == 3)
                std::filesystem::remove(folder / "restored.safetensors");
            control.resume();
        });
        QVERIFY2(ended.outcome == RunEnded::Outcome::Completed, ended.reason.c_str());
        QCOMPARE(waits, 3);
        for (const char* file : {"last.safetensors", "restored.safetensors"})
            QVERIFY2(why.find(file) != std::string::npos, why.c_str());
        QVERIFY(ToyRuns::weightsOf(ended) == ToyRuns::weightsOf(whole));
    }

    void withoutAnybodyToWaitForItEndsAndCanBeResumed() {
        const RunEnded whole = trained(request(QStringLiteral("no room"))).ended;
        TrainRequest asked = request(QStringLiteral("no room"));
        TrainControl control;
        std::filesystem::path folder, away;
        const RunEnded ended = engine().train(asked, {}, control, [&](const TrainEvent& event) {
            if (const auto* started = std::get_if<RunStarted>(&event)) {
                folder = std::filesystem::path(started->folder) / "checkpoints";
                away = folder.string() + ".away";
            }
            if (const auto* batch = std::get_if<BatchFinished>(&event); batch && batch->epoch == 2 && batch->batch == 3)
                std::filesystem::rename(folder, away);
        });
        QVERIFY(ended.outcome == RunEnded::Outcome::Failed);
        QVERIFY2(ended.reason.find(".safetensors") != std::string::npos, ended.reason.c_str());
        QVERIFY2(ended.reason.ends_with("The run can be resumed from its last checkpoint."), ended.reason.c_str());
        std::filesystem::rename(away, folder);
        asked.resume = ended.run;
        const RunEnded rest = trained(asked).ended;
        QVERIFY2(rest.outcome == RunEnded::Outcome::Completed, rest.reason.c_str());
        QVERIFY(ToyRuns::weightsOf(rest) == ToyRuns::weightsOf(whole));
    }

    /// The one before takes the place of a damaged one, and it is said.
    void aDamagedCheckpointInAnEpochGivesWayToTheOneBefore_data() {
        QTest::addColumn<QString>("damage");
        for (const char* damage : {"cut", "zeros", "bit"})
            QTest::newRow(damage) << QString::fromUtf8(damage);
    }

    void aDamagedCheckpointInAnEpochGivesWayToTheOneBefore() {
        QFETCH(QString, damage);
        TrainRequest asked = request(QStringLiteral("damaged"));
        asked.experiment.training.saveEveryMinutes = 1e-9;
        const Course begun =
            trained(asked, [](const BatchFinished& batch) { return batch.epoch == 2 && batch.batch == 3; });
        const std::filesystem::path last = begun.ended.folder + "/checkpoints/last.safetensors";
        std::string bytes = *readFile(last);
        if (damage == QLatin1String("cut"))
            bytes.resize(bytes.size() / 2);
        else if (damage == QLatin1String("zeros"))
            std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2), bytes.end(), '\0');
        else
            bytes[bytes.size() - 2] = static_cast<char>(bytes[bytes.size() - 2] ^ 1);
        QVERIFY(writeFileAtomically(last, bytes).ok());
        asked.resume = begun.ended.run;
        std::string said;
        std::optional<std::pair<int, int>> first;
        TrainControl control;
        const RunEnded rest = engine().train(asked, {}, control, [&](const TrainEvent& event) {
            if (const auto* note = std::get_if<RunNote>(&event))
                said += note->message + "\n";
            if (const auto* batch = std::get_if<BatchFinished>(&event); batch && !first)
                first = {batch->epoch, batch->batch};
        });
        QVERIFY2(rest.outcome == RunEnded::Outcome::Completed, rest.reason.c_str());
        QVERIFY2(said.find("is damaged") != std::string::npos &&
                     said.find(" run resumes from checkpoints/previous.safetensors, in epoch 2 after batch 2") !=
                         std::string::npos,
                 said.c_str());
        QCOMPARE(*first, std::pair(2, 3));
        asked.resume.clear();
        QVERIFY(ToyRuns::weightsOf(rest) == ToyRuns::weightsOf(trained(asked).ended));
    }
};

QTEST_APPLESS_MAIN(MidEpochTest)
#include "tst_MidEpoch.moc"
