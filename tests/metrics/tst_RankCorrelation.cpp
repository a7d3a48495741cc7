// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>
#include <limits>
#include <optional>

#include "Test.h"
#include "metrics/RankCorrelation.h"

using namespace sightline;

class TestRankCorrelation : public Test {
    Q_OBJECT

    static std::optional<double> of(const std::vector<float>& first, const std::vector<float>& second) {
        return rankCorrelation(first, second);
    }

private Q_SLOTS:
    void onlyTheOrderCounts() {
        QCOMPARE(of({1, 2, 3, 4}, {1, 10, 100, 1000}), std::optional(1.0));
        QCOMPARE(of({1, 2, 3, 4}, {9, 4, 1, 0}), std::optional(-1.0));
    }

    void theTextbooksFormulaHoldsWithoutTies() {
        // 1 - 6 sum d^2 / (n (n^2 - 1)) with d = (0, 1, -1, 0, 0)
        QVERIFY(std::abs(*of({1, 2, 3, 4, 5}, {1, 3, 2, 4, 5}) - 0.9) < 1e-12);
    }

    void equalValuesShareTheirRank() {
        // ranks 1.5 1.5 3 against 1 2 3: Pearson's r of them is 1.5 / sqrt(1.5 * 2)
        QVERIFY(std::abs(*of({7, 7, 9}, {1, 2, 3}) - std::sqrt(3.0) / 2) < 1e-12);
    }

    void whereItIsNotDefinedThereIsNoCorrelation() {
        QVERIFY(!of({1, 1, 1}, {1, 2, 3}));
        QVERIFY(!of({1, 2, 3}, {0, 0, 0}));
        QVERIFY(!of({1, 2, std::numeric_limits<float>::quiet_NaN()}, {1, 2, 3}));
        QVERIFY(!of({}, {}));
    }
};

QTEST_APPLESS_MAIN(TestRankCorrelation)
#include "tst_RankCorrelation.moc"
