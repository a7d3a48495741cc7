// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <QTest>

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "Test.h"
#include "engine/module/ComputeThreads.h"
#include "support/Files.h"

using namespace sightline;
using namespace sightline::engine;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Seconds a thread of this process has run.
double secondsRun(pid_t thread) {
    std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/schedstat");
    double nanoseconds = 0;
    file >> nanoseconds;
    return nanoseconds * 1e-9;
}

int threadsOfThisProcess() {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line))
        if (line.starts_with("Threads:"))
            return std::stoi(line.substr(8));
    return -1;
}

/// Work for two compute threads; gives the one beside the caller.
pid_t computeTogether() {
    std::atomic<pid_t> other{0};
#pragma omp parallel num_threads(2)
    {
        if (::gettid() != ::getpid())
            other = ::gettid();
    }
    return other;
}

} // namespace

class ComputeThreadsTest : public Test {
    Q_OBJECT

private Q_SLOTS:
    void aCallHasItsOwnCountWhateverTheLastOneSet() {
        {
            const ComputeThreads one(1);
            QCOMPARE(at::get_num_threads(), 1);
        }
        const ComputeThreads two(2);
        QCOMPARE(two.count(), 2);
        QCOMPARE(at::get_num_threads(), 2);
        QCOMPARE(ComputeThreads(0).count(), availableCpus());
    }

    /// Threads that wait for the next call would count as wanting a core, and keep others from spinning.
    void theThreadsOfAnEndedCallAreGone() {
        static_cast<void>(ComputeThreads(3).count()); // LibTorch's other pool is made with the count and stays
        const int before = threadsOfThisProcess();
        {
            const ComputeThreads threads(3);
            static_cast<void>(at::ones({1 << 20}).sum().item<float>());
            QVERIFY(threadsOfThisProcess() >= before + 2);
        }
        QTRY_COMPARE(threadsOfThisProcess(), before);
    }

    void onlyABackgroundCallGivesWay() {
        const auto niceness = [] { return ::getpriority(PRIO_PROCESS, 0); };
        std::jthread([&] {
            const int normal = niceness();
            const ComputeThreads threads(1);
            QCOMPARE(niceness(), normal);
        }).join();
        std::jthread([&] {
            const int normal = niceness();
            const ComputeThreads threads(1, true);
            QVERIFY(niceness() > normal);
        }).join();
    }

    /// A thread that waits for the next work leaves its core to whoever wants it.
    void besideOthersTheThreadsSleepWhileTheyWait() {
        if (std::getenv("GOMP_SPINCOUNT") || std::getenv("OMP_WAIT_POLICY"))
            QSKIP("A person set how the threads wait.");
        std::vector<std::jthread> others;
        for (int i = 0; i < 2 * availableCpus(); ++i)
            others.emplace_back([](std::stop_token stop) {
                while (!stop.stop_requested()) {
                }
            });
        const ComputeThreads threads(2);
        const auto shareSpun = [] { // of the time in which only the caller has work
            const pid_t worker = computeTogether();
            const double before = secondsRun(worker);
            const auto start = Clock::now();
            for (int round = 0; round < 50; ++round) {
                computeTogether();
                for (const auto alone = Clock::now(); secondsSince(alone) < 1e-3;) {
                }
            }
            return (secondsRun(worker) - before) / secondsSince(start);
        };
        QTRY_VERIFY(shareSpun() < 0.05);
    }
};

QTEST_GUILESS_MAIN(ComputeThreadsTest)
#include "tst_ComputeThreads.moc"
