// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <atomic>
#include <barrier>
#include <stdexcept>
#include <thread>

#include "Test.h"
#include "support/Workers.h"

using namespace sightline;

class WorkersTest : public Test {
    Q_OBJECT

private Q_SLOTS:
    void allRunAtOnceTheFirstOnTheCallersThread() {
        std::barrier<> meeting(4); // passed only when four are there together
        std::atomic<int> sum{0};
        std::thread::id first;
        runOnThreads(4, [&](int thread) {
            if (thread == 0)
                first = std::this_thread::get_id();
            meeting.arrive_and_wait();
            sum += thread;
        });
        QCOMPARE(sum.load(), 6);
        QVERIFY(first == std::this_thread::get_id());
    }

    void anExceptionComesOutAfterAllHaveEnded_data() {
        QTest::addColumn<int>("thrower");
        QTest::newRow("the caller's") << 0;
        QTest::newRow("a helper's") << 2;
    }

    void anExceptionComesOutAfterAllHaveEnded() {
        QFETCH(int, thrower);
        std::atomic<int> ended{0};
        QVERIFY_EXCEPTION_THROWN(runOnThreads(3,
                                              [&](int thread) {
                                                  if (thread == thrower)
                                                      throw std::runtime_error("broken");
                                                  ++ended;
                                              }),
                                 std::runtime_error);
        QCOMPARE(ended.load(), 2);
    }
};

QTEST_GUILESS_MAIN(WorkersTest)
#include "tst_Workers.moc"
