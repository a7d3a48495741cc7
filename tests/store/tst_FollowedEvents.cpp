// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTest>

#include "Test.h"
#include "engine/ProgressFile.h"
#include "engine/ReadTrainEvent.h"
#include "store/RunEventsTail.h"

using namespace sightline;

/// What one program writes of a run, another reads while it goes on.
class FollowedEventsTest : public FreshFolderTest {
    Q_OBJECT

    void append(const QByteArray& bytes) const {
        QFile file(QString::fromStdString((root() / "events.jsonl").string()));
        QVERIFY(file.open(QIODevice::Append));
        QCOMPARE(file.write(bytes), bytes.size());
    }

private Q_SLOTS:
    void everyKeptEventReadsBack() {
        RunStarted started;
        started.run = "a";
        started.folder = "/runs/a";
        started.classes = {"car", "duck"};
        started.epochs = 5;
        started.firstEpoch = 3;
        started.parameters = 12'345'678'901;
        started.device = "cpu";
        EpochFinished epoch;
        epoch.metrics.epoch = 4;
        epoch.metrics.loss = 0.25;
        epoch.metrics.valAccuracy = 0.5;
        epoch.best = true;
        epoch.bestEpoch = 4;
        epoch.patienceUsed = 3;
        epoch.patience = 10;
        epoch.monitor = "val_loss";
        RunEnded ended;
        ended.outcome = RunEnded::Outcome::Stopped;
        ended.reason = "in epoch 4";
        ended.epochs = 3;
        const Json edit{{"type", "edit"}, {"epoch", 2}, {"batch", 1}, {"changes", {{"training.epochs", {3, 4}}}}};
        for (const TrainEvent& event : std::initializer_list<TrainEvent>{
                 started, epoch, LearningRateChanged{2, 0.1, 0.01, "val_loss"},
                 CheckpointSaved{3, "checkpoints/best.safetensors", true, 2}, ProbesDrawn{3, "probes/3.png"},
                 RunNote{"A note."}, RunNote{"Changed.", edit}, RunPaused{true}, RunPaused{true, "The disk is full."},
                 RunPaused{false}, ended}) {
            const std::optional<TrainEvent> read = trainEventFrom(toJson(event));
            QVERIFY(read.has_value());
            QCOMPARE(read->index(), event.index());
            QVERIFY2(toJson(*read) == toJson(event), toText(toJson(*read)).c_str());
        }
        const auto read = std::get<EpochFinished>(*trainEventFrom(toJson(epoch)));
        QVERIFY(read.patienceUsed == 3 && read.patience == 10 && read.monitor == "val_loss");
        QVERIFY(!trainEventFrom({{"type", "of another version"}}));
        QVERIFY(!trainEventFrom(Json::array()));
    }

    void eachWholeLineComesOnce() {
        RunEventsTail tail(root() / "events.jsonl");
        QVERIFY(tail.read().empty()); // not there yet
        append("{\"type\":\"note\",\"message\":\"one\"}\n{\"type\":\"no");
        QCOMPARE(tail.read().size(), std::size_t(1));
        QVERIFY(tail.read().empty());
        append("te\",\"message\":\"two\"}\nnot json\n{\"type\":\"note\",\"message\":\"three\"}\n");
        const std::vector<Json> more = tail.read();
        QCOMPARE(more.size(), std::size_t(2));
        QVERIFY(more[0]["message"] == "two" && more[1]["message"] == "three");
        QVERIFY(tail.read().empty());
    }

    void progressIsThereWhileARunIs() {
        QVERIFY(!readProgress(root()));
        {
            ProgressFile file(root());
            BatchFinished batch{3, 7, 20, 0.5, 0.75};
            batch.secondsLeft = 12;
            batch.secondsLeftLow = 10;
            batch.secondsLeftHigh = 15;
            batch.waitShare = 0.25;
            file.tell(batch);
            const std::optional<BatchFinished> read = readProgress(root());
            QVERIFY(read && read->epoch == 3 && read->batch == 7 && read->batches == 20);
            QVERIFY(read->accuracy == 0.75 && read->secondsLeft == 12 && read->waitShare == 0.25);
            QVERIFY(read->secondsLeftLow == 10 && read->secondsLeftHigh == 15);
            batch.batch = 8;
            file.tell(batch); // within the same second
            QCOMPARE(readProgress(root())->batch, 7);
        }
        QVERIFY(!readProgress(root()));
        QVERIFY(std::filesystem::is_empty(root()));
    }

    void progressThatCannotBeWrittenIsLetBe() {
        ProgressFile file(root() / "gone");
        file.tell(BatchFinished{1, 1, 2});
        QVERIFY(!readProgress(root() / "gone"));
    }
};

QTEST_APPLESS_MAIN(FollowedEventsTest)
#include "tst_FollowedEvents.moc"
