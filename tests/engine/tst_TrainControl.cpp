// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <chrono>
#include <future>
#include <thread>

#include "Test.h"
#include "engine/TrainControl.h"

using namespace sightline;
using namespace std::chrono_literals;

/// What a person asks of a run, and how the trainer's thread answers. Nothing here waits for a fixed time.
class TrainControlTest : public Test {
    Q_OBJECT

    using Snapshot = std::shared_ptr<const WeightSnapshot>;

    /// Stands for weights: only its identity matters here.
    static Snapshot weights() {
        const auto owner = std::make_shared<int>();
        return {owner, reinterpret_cast<const WeightSnapshot*>(owner.get())};
    }

    static std::future<Snapshot> asked(TrainControl& control, std::stop_token stop = {},
                                       std::chrono::milliseconds patience = 1h) {
        return std::async(std::launch::async,
                          [&control, stop, patience] { return control.freshSnapshot(stop, patience); });
    }

private Q_SLOTS:
    void aFreshSnapshotIsNeverTheOneFromBeforeTheQuestion() {
        TrainControl control;
        const Snapshot before = weights(), after = weights();
        control.publish(before);
        QVERIFY(!control.wantsSnapshot());
        std::future<Snapshot> answer = asked(control);
        QTRY_VERIFY(control.wantsSnapshot());
        QVERIFY(answer.wait_for(0s) == std::future_status::timeout);
        control.publish(after);
        QCOMPARE(answer.get(), after);
        QVERIFY(!control.wantsSnapshot());
    }

    void theNextRunOfASeriesHearsWhatIsAskedOfIt() {
        TrainControl control;
        control.publish(weights());
        control.stopAfterEpoch();
        control.runEnded();
        QVERIFY(!control.stopsAfterEpoch());
        QVERIFY(!control.snapshot());    // weights of the run before are no answer
        QVERIFY(control.take().empty()); // the first batch of the next one
        control.post({TrainCommand::Kind::Save, {}, {}});
        QCOMPARE(control.take().size(), std::size_t{1});
    }

    void aPausedRunAnswersAndStaysPaused() {
        TrainControl control;
        control.pause();
        const Snapshot present = weights();
        std::atomic<int> answered{0};
        std::jthread trainer([&](std::stop_token stop) {
            while (control.waitWhilePaused(stop)) {
                ++answered;
                control.publish(present);
            }
        });
        QCOMPARE(control.freshSnapshot({}, 1h), present);
        QCOMPARE(control.freshSnapshot({}, 1h), present);
        QCOMPARE(answered.load(), 2);
        QVERIFY(control.isPaused());
    } // the stop of its end wakes the trainer

    void aWaitingPauseWakesOnResume() {
        TrainControl control;
        control.pause();
        auto trainer = std::async(std::launch::async, [&] { return control.waitWhilePaused({}); });
        control.resume();
        QCOMPARE(trainer.get(), false);
        QVERIFY(!control.isPaused());
    }

    /// Others watch it, and are told: once, after which it waits again.
    void aPausedRunHearsThatItNoLongerStops() {
        TrainControl control;
        control.stopAfterEpoch();
        QVERIFY(control.take().empty()); // a batch
        control.pause();
        const Snapshot present = weights();
        std::atomic<int> woken{0};
        std::jthread trainer([&](std::stop_token stop) {
            while (control.waitWhilePaused(stop)) {
                static_cast<void>(control.take());
                ++woken;
                control.publish(present);
            }
        });
        control.stopAfterEpoch(false);
        QTRY_COMPARE(woken.load(), 1);
        constexpr int kQuestions = 100; // one that never waits would turn more often
        for (int i = 0; i < kQuestions; ++i)
            QCOMPARE(control.freshSnapshot({}, 1h), present);
        QVERIFY(woken.load() <= 1 + kQuestions);
    }

    void aStoppedPauseAnswersNobodyAnyMore() {
        TrainControl control;
        control.pause();
        static_cast<void>(control.snapshot());
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(control.waitWhilePaused(stop.get_token()), false);
    }

    void patienceEndsWithTheNewestThereIs() {
        TrainControl control;
        QCOMPARE(control.freshSnapshot({}, 1ms), Snapshot());
        const Snapshot old = weights();
        control.publish(old);
        QCOMPARE(control.freshSnapshot({}, 1ms), old);
        QVERIFY(control.wantsSnapshot()); // the next boundary answers nobody, but the next question finds it newer
    }

    void aQuestionEndsWithItsStopAndWithTheRun() {
        TrainControl control;
        control.publish(weights());
        std::stop_source stop;
        std::future<Snapshot> withdrawn = asked(control, stop.get_token());
        QTRY_VERIFY(control.wantsSnapshot());
        stop.request_stop();
        QCOMPARE(withdrawn.get(), Snapshot());
        std::future<Snapshot> late = asked(control);
        control.runEnded();
        QCOMPARE(late.get(), Snapshot());
        QCOMPARE(control.freshSnapshot({}, 1h), Snapshot());
    }
};

QTEST_GUILESS_MAIN(TrainControlTest)
#include "tst_TrainControl.moc"
