// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "engine/train/TimeLeft.h"

using sightline::engine::TimeLeft;

/// What a run still takes, by what its parts took.
class TimeLeftTest : public sightline::Test {
    Q_OBJECT

private Q_SLOTS:
    void batchesValidationsAndCheckpointsCount() {
        TimeLeft time;
        for (int i = 0; i < 5; ++i)
            time.batchTook(2);
        time.epochEndTook(7);
        QCOMPARE(time.secondsFor({10, 3, 4, 0}), 10 * 2.0 + 3 * 7.0);
        time.saveTook(3); // one each minute of the 41 seconds
        QCOMPARE(time.secondsFor({10, 3, 4, 1}), 41 + 41.0 / 60 * 3);
        QCOMPARE(time.secondsFor({10, 3, 4, 0}), 41.0);
        QCOMPARE(time.secondsFor({0, 1, 4, 0}), 7.0);
        QCOMPARE(time.secondsFor({0, 0, 4, 5}), 0.0);
    }

    void aValidationCountsBeforeItWasMeasured() {
        TimeLeft time;
        time.batchTook(3);
        QCOMPARE(time.secondsFor({2, 1, 4, 0}), 2 * 3.0 + 4 * 1.0);
        time.saveTook(5); // a checkpoint follows it
        QCOMPARE(time.secondsFor({2, 1, 4, 0}), 2 * 3.0 + 4 * 1.0 + 5);
    }

    static void epoch(TimeLeft& time, double batch, double end) {
        for (int i = 0; i < 4; ++i)
            time.batchTook(batch);
        time.epochEndTook(end);
    }

    void epochsThatVaryGiveASpread() {
        TimeLeft time;
        const sightline::engine::WorkLeft work{10, 2, 4, 0};
        QVERIFY(!time.spreadFor(work));
        epoch(time, 9, 9); // reads the images for the others
        epoch(time, 2, 5);
        QVERIFY(!time.spreadFor(work)); // nothing to compare with
        epoch(time, 3, 4);
        const auto spread = time.spreadFor(work);
        QVERIFY(spread.has_value());
        QCOMPARE(spread->low, 10 * 2.0 + 2 * 5.0);
        QCOMPARE(spread->high, qMax(10 * 3.0 + 2 * 4.0, time.secondsFor(work)));
        QVERIFY(spread->low <= time.secondsFor(work) && time.secondsFor(work) <= spread->high);
        time.saveTook(6); // a checkpoint each minute
        QCOMPARE(time.spreadFor({10, 2, 4, 1})->low, 30 + 30.0 / 60 * 6);
        for (int i = 0; i < 10; ++i)
            epoch(time, 2.5, 4); // what was long ago does not count
        QVERIFY(time.spreadFor(work)->high - time.spreadFor(work)->low < 0.5);
    }

    void theLastBatchesCountMost() {
        TimeLeft time;
        QCOMPARE(time.secondsPerBatch(), 0.0);
        time.batchTook(1);
        time.batchTook(2);
        QCOMPARE(time.secondsPerBatch(), 1.1);
        for (int i = 0; i < 200; ++i)
            time.batchTook(2);
        QVERIFY(qAbs(time.secondsPerBatch() - 2) < 1e-6);
    }
};

QTEST_APPLESS_MAIN(TimeLeftTest)
#include "tst_TimeLeft.moc"
