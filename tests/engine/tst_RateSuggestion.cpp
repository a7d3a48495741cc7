// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>

#include "Test.h"
#include "engine/RateSuggestion.h"

using namespace sightline;

/// What a curve of losses over learning rates says, by formulas.
class RateSuggestionTest : public Test {
    Q_OBJECT

    static std::vector<double> rates(std::size_t count) {
        std::vector<double> rates;
        for (std::size_t i = 0; i < count; ++i)
            rates.push_back(std::pow(10.0, -7 + 8.0 * static_cast<double>(i) / 99));
        return rates;
    }

    /// 1 up to `from`, then in a straight line down to `low` at `to`, then up again.
    static std::vector<double> trough(std::size_t from, std::size_t to, double low) {
        std::vector<double> losses;
        for (std::size_t i = 0; i < 100; ++i)
            losses.push_back(i <= from ? 1.0
                             : i <= to ? 1 - (1 - low) * static_cast<double>(i - from) / static_cast<double>(to - from)
                                       : low + 0.1 * static_cast<double>(i - to));
        return losses;
    }

    static bool isEmpty(const RateSuggestion& suggestion) {
        return !suggestion.steep && !suggestion.valley && !suggestion.minimumTenth;
    }

private Q_SLOTS:
    void theFirstLossIsItsOwnMean() {
        SmoothedLoss smoothed;
        QVERIFY(std::abs(smoothed.add(2.5) - 2.5) < 1e-12);
        QVERIFY(std::abs(smoothed.add(1.0) - (0.98 * 2.5 + 1.0) / 1.98) < 1e-12);
        SmoothedLoss still;
        for (int i = 0; i < 200; ++i)
            QVERIFY(std::abs(still.add(1.7) - 1.7) < 1e-12);
    }

    void aTroughGivesItsPlaces() {
        std::vector<double> losses = trough(40, 70, 0.5);
        const std::vector<double> r = rates(100);
        const RateSuggestion suggestion = suggestRates(r, losses);
        QCOMPARE(suggestion.minimumTenth.value(), r[70] / 10);
        QCOMPARE(suggestion.valley.value(), r[60]); // 30 steps from 40 on: 20 of them
        losses[55] = losses[54] - 0.2;              // between 54 and 56 it falls fastest
        for (std::size_t i = 56; i <= 70; ++i)
            losses[i] -= 0.3;
        QCOMPARE(suggestRates(r, losses).steep.value(), r[55]);
    }

    void aShortRiseDoesNotEndAFall() {
        std::vector<double> losses = trough(40, 71, 0.5);
        losses[50] = 0.95;
        const std::vector<double> r = rates(100);
        QCOMPARE(suggestRates(r, losses).valley.value(), r[61]); // 30 of 31 steps are left, and end at 71
    }

    void theBeginningIsNoFall() {
        std::vector<double> losses = trough(40, 70, 0.5);
        losses[0] = 9; // the mean of one batch
        losses[1] = 5;
        const std::vector<double> r = rates(100);
        QVERIFY(suggestRates(r, losses).steep.value() > r[40]);
    }

    void aLossThatNeverFallsSuggestsNothing() {
        const std::vector<double> r = rates(100);
        std::vector<double> rising;
        for (const double rate : r)
            rising.push_back(1 + rate);
        QVERIFY(isEmpty(suggestRates(r, rising)));
        QVERIFY(isEmpty(suggestRates(r, std::vector<double>(100, 1.6))));
        QVERIFY(isEmpty(suggestRates(r, trough(40, 70, 0.995)))); // noise
        QVERIFY(isEmpty(suggestRates({}, {})));
        QVERIFY(isEmpty(suggestRates({1e-7}, {1.6})));
    }

    void whatIsMissingIsNull() {
        RateCurve curve;
        curve.rates = {1e-7};
        curve.losses = {1.5};
        curve.suggestion.minimumTenth = 0.01;
        const Json json = toJson(curve);
        QCOMPARE(json.size(), std::size_t(3));
        QCOMPARE(json["losses"][0].get<double>(), 1.5);
        QVERIFY(json["suggestion"]["steep"].is_null() && json["suggestion"]["valley"].is_null());
        QCOMPARE(json["suggestion"]["minimum_tenth"].get<double>(), 0.01);
    }
};

QTEST_APPLESS_MAIN(RateSuggestionTest)
#include "tst_RateSuggestion.moc"
