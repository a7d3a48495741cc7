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
