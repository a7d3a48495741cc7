// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

#include "Test.h"
#include "support/Contention.h"
#include "support/Files.h"
#include "support/SpinPolicy.h"

using namespace sightline;

/// What the machine says of its cores, and what is made of it.
class SpinPolicyTest : public Test {
    Q_OBJECT

    /// A /proc of our own.
    struct Machine {
        QTemporaryDir folder;

        std::filesystem::path path() const { return folder.path().toStdString(); }
        void waits(int thread, double seconds) const {
            const auto task = path() / "self/task" / std::to_string(thread);
            QVERIFY(makeFolder(task).ok());
            const auto nanoseconds = static_cast<std::int64_t>(seconds * 1e9);
            QVERIFY(writeFileAtomically(task / "schedstat", "123456789 " + std::to_string(nanoseconds) + " 17\n").ok());
        }
        void ends(int thread) const { std::filesystem::remove_all(path() / "self/task" / std::to_string(thread)); }
        void steals(double seconds) const {
            const auto ticks = static_cast<std::int64_t>(seconds * static_cast<double>(::sysconf(_SC_CLK_TCK)));
            QVERIFY(writeFileAtomically(path() / "stat", "cpu  42902 161202 38547 59476 672 0 269 " +
                                                             std::to_string(ticks) + " 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n")
                        .ok());
        }
    };

private Q_SLOTS:
    void contentionIsTheWaitingOfAllThreadsSinceTheLastLook() {
        const Machine machine;
        machine.waits(10, 5);
        machine.steals(3);
        Contention contention(2, machine.path());
        QCOMPARE(contention.since(1), 0.0); // what was before does not count
        machine.waits(10, 5.5);
        machine.waits(11, 0.3); // began meanwhile
        QCOMPARE(contention.since(1), 0.8 / 2);
        machine.ends(11);
        QCOMPARE(contention.since(1), 0.0);
        machine.steals(3.5);
        machine.waits(11, 0.1); // another thread of the same number
        QCOMPARE(contention.since(2), 0.6 / 4);
    }

    void aMachineThatDoesNotTellIsNotContended() {
        const QTemporaryDir empty;
        Contention contention(2, empty.path().toStdString());
        QCOMPARE(contention.since(1), 0.0);
    }

    void longOnCalmCoresAndShortWhenTheyStayCrowded() {
        SpinPolicy policy;
        for (int i = 0; i < 100; ++i)
            policy.look(0.04, 0.4);
        QVERIFY(policy.spinsLong());
        policy.look(0.5, 0.4);
        QVERIFY(!policy.spinsLong());
    }

    /// Threads that start crowd each other for the first twentieth of a second.
    void aCrowdThatPassesChangesNothing() {
        SpinPolicy policy;
        for (int i = 0; i < 10; ++i) {
            policy.look(0.12, 0.05);
            policy.look(0.6, 0.1);
            QVERIFY(policy.spinsLong());
            policy.look(0.01, 0.2);
        }
        policy.look(0.12, 0.05);
        policy.look(0.12, 0.1);
        QVERIFY(policy.spinsLong());
        policy.look(0.12, 0.2);
        QVERIFY(!policy.spinsLong());
    }

    void longAgainAfterTwoSecondsOfCalm() {
        SpinPolicy policy;
        policy.look(0, 60);
        policy.look(1, 0.4);
        for (int i = 0; i < 7; ++i) {
            policy.look(0, 0.25);
            QVERIFY(!policy.spinsLong());
        }
        policy.look(0.07, 0.25); // neither crowded nor calm: the calm begins anew
        for (int i = 0; i < 7; ++i)
            policy.look(0, 0.25);
        QVERIFY(!policy.spinsLong());
        policy.look(0, 0.25);
        QVERIFY(policy.spinsLong());
    }

    /// Beside our own loader the cores look free as soon as nobody spins.
    void triesInVainGrowRareAndASuccessForgivesThem() {
        SpinPolicy policy;
        policy.look(0, 60);
        const auto calmUntilLong = [&] {
            policy.look(1, 0.4);
            double seconds = 0;
            for (; !policy.spinsLong(); seconds += 0.25)
                policy.look(0, 0.25);
            return seconds;
        };
        for (const double expected : {2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 120.0, 120.0})
            QCOMPARE(calmUntilLong(), expected);
        policy.look(0, 10);
        QCOMPARE(calmUntilLong(), 2.0);
    }
};

QTEST_GUILESS_MAIN(SpinPolicyTest)
#include "tst_SpinPolicy.moc"
