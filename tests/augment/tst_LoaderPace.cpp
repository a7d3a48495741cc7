// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <functional>

#include "Test.h"
#include "augment/LoaderPace.h"

using namespace sightline;

/// How many threads read images, by what their consumer measures.
class LoaderPaceTest : public Test {
    Q_OBJECT

    struct Batch {
        double waited, seconds;
    };
    /// The numbers of threads that come one after the other; a batch takes what `batch` says of the number.
    static std::vector<int> course(LoaderPace pace, int batches, const std::function<Batch(int)>& batch) {
        std::vector<int> numbers{pace.threads()};
        for (int i = 0; i < batches; ++i) {
            const Batch next = batch(pace.threads());
            if (pace.batchCame(next.waited, next.seconds))
                numbers.push_back(pace.threads());
        }
        return numbers;
    }
    /// `network` seconds a batch, or as long as `threads` threads take to make one of `work` seconds.
    static std::function<Batch(int)> loadOf(double network, double work) {
        return [=](int threads) {
            const double seconds = std::max(network, work / threads);
            return Batch{seconds - network, seconds};
        };
    }

private Q_SLOTS:
    void oneDoesWhereNobodyWaits() { QCOMPARE(course(LoaderPace(16), 1000, loadOf(0.1, 0.1)), std::vector{1}); }

    void aFewPercentOfWaitingAreNoReason() {
        QCOMPARE(course(LoaderPace(16), 1000, loadOf(0.1, 0.103)), std::vector{1});
        QCOMPARE(course(LoaderPace(16), 1000, loadOf(0.1, 0.11)), (std::vector{1, 2}));
    }

    void itAddsOneAtATimeUntilNobodyWaits() {
        QCOMPARE(course(LoaderPace(16), 1000, loadOf(0.1, 0.35)), (std::vector{1, 2, 3, 4}));
    }

    /// On four CPUs two can be fed; more take the network's CPUs away, unless they mostly wait themselves.
    void pastTheCpusOnlyALargeShareCounts() {
        QCOMPARE(course(LoaderPace(4), 1000, loadOf(0.1, 0.23)), (std::vector{1, 2}));
        QCOMPARE(course(LoaderPace(4), 1000, loadOf(0.1, 0.35)), (std::vector{1, 2, 3}));
        QCOMPARE(course(LoaderPace(1), 1000, loadOf(0.1, 10)).back(), LoaderPace::kMost);
    }

    void oneThatGainsNothingIsTakenBackAndNotTriedAgainSoon() {
        const auto busy = [](int) { return Batch{0.05, 0.1}; };
        QCOMPARE(course(LoaderPace(2), 12, busy), (std::vector{1, 2, 1}));
        QCOMPARE(course(LoaderPace(2), 100, busy), (std::vector{1, 2, 1}));
        QVERIFY(course(LoaderPace(2), 1000, busy).size() < 20);
    }

    void itNeedsSomeBatchesAndSomeTime() {
        QCOMPARE(course(LoaderPace(16), 3, loadOf(0.1, 5)), std::vector{1});
        QCOMPARE(course(LoaderPace(16), 60, loadOf(1e-4, 1e-3)), std::vector{1});
        QCOMPARE(course(LoaderPace(16), 64, loadOf(1e-4, 1e-3)), (std::vector{1, 2}));
    }

    void itGoesOnFromTheNumberThatThereIs() {
        QCOMPARE(course(LoaderPace(16, 3), 1000, loadOf(0.1, 0.1)), std::vector{3});
    }
};

QTEST_APPLESS_MAIN(LoaderPaceTest)
#include "tst_LoaderPace.moc"
