// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>
#include <set>

#include "Test.h"
#include "search/Importance.h"
#include "search/Pruner.h"
#include "search/Sampler.h"
#include "support/Random.h"

using namespace sightline;
using State = SearchTrial::State;

namespace {

Distribution numbers(Distribution::Kind kind, double low, double high, double step, bool log = false) {
    return {kind, {}, low, high, step, log};
}
const Distribution kFloat = numbers(Distribution::Kind::Float, -10, 10, 0);
const Distribution kChoice{Distribution::Kind::Choice, {"a", "b", "c"}, 0, 0, 0, false};

SearchPlan planOf(SearchPlan::Sampler sampler, std::vector<Dimension> dimensions) {
    SearchPlan plan;
    plan.sampler = sampler;
    plan.space.dimensions = std::move(dimensions);
    plan.maximize = false;
    return plan;
}

SearchTrial trial(int number, Point point, double value, State state = State::Complete) {
    SearchTrial made;
    made.number = number;
    made.state = state;
    made.point = std::move(point);
    made.value = value;
    return made;
}

/// What `trials` points of the plan come to by a function of them.
std::vector<SearchTrial> searched(const SearchPlan& plan, int trials, double (*value)(const Point&)) {
    std::vector<SearchTrial> all;
    for (int number = 0; number < trials; ++number) {
        const Point point = nextPoint(plan, all);
        all.push_back(trial(number, point, value(point)));
    }
    return all;
}

double bowl(const Point& point) {
    return std::pow(point.at("x") - 3, 2) + std::pow(point.at("y") + 5, 2);
}

double meanOfBest(SearchPlan plan, int trials, int seeds) {
    double sum = 0;
    for (int seed = 0; seed < seeds; ++seed) {
        plan.seed = static_cast<std::uint64_t>(seed);
        double best = 1e300;
        for (const SearchTrial& one : searched(plan, trials, bowl))
            best = std::min(best, *one.value);
        sum += std::log(best);
    }
    return sum / seeds;
}

} // namespace

/// What is tried next, what ends early, what mattered.
class SamplersTest : public Test {
    Q_OBJECT

    /// A complete trial with these reports from epoch 1 on.
    static SearchTrial reported(int number, std::vector<double> reports, State state = State::Complete) {
        SearchTrial made = trial(number, {}, reports.back(), state);
        for (std::size_t i = 0; i < reports.size(); ++i)
            made.reports[static_cast<int>(i) + 1] = reports[i];
        return made;
    }

private Q_SLOTS:
    void randomPointsAreWithinTheirRangesAndTheSameAgain() {
        const SearchPlan plan =
            planOf(SearchPlan::Sampler::Random,
                   {{"list", numbers(Distribution::Kind::Int, 32, 256, 32), numbers(Distribution::Kind::Int, 1, 3, 1)},
                    {"rate", numbers(Distribution::Kind::Float, 1e-4, 1e-1, 0, true), {}},
                    {"word", kChoice, {}},
                    {"units", numbers(Distribution::Kind::Int, 1, 1000, 1, true), {}}});
        std::set<double> lengths, words, values;
        int small = 0;
        const auto zero = [](const Point&) { return 0.0; };
        const std::vector<SearchTrial> all = searched(plan, 400, zero);
        for (const SearchTrial& one : all) {
            const double length = one.point.at("list.length"), rate = one.point.at("rate");
            lengths.insert(length);
            words.insert(one.point.at("word"));
            for (int place = 0; place < static_cast<int>(length); ++place)
                values.insert(one.point.at("list." + std::to_string(place)));
            QCOMPARE(one.point.size(), std::size_t(4 + static_cast<int>(length)));
            QVERIFY(rate >= 1e-4 && rate <= 1e-1);
            QVERIFY(one.point.at("units") >= 1 && one.point.at("units") <= 1000);
            small += rate < 1e-3;
        }
        QVERIFY(lengths == std::set<double>({1, 2, 3}));
        QVERIFY(words == std::set<double>({0, 1, 2}));
        QVERIFY(values == std::set<double>({32, 64, 96, 128, 160, 192, 224, 256}));
        QVERIFY2(std::abs(small - 133) < 40, "a third of the logarithm's range");
        QVERIFY(searched(plan, 400, zero) == all);
        SearchPlan other = plan;
        other.seed = 2;
        QVERIFY(searched(other, 400, zero) != all);
    }

    void aGridHasEachPointOnce() {
        const SearchPlan plan =
            planOf(SearchPlan::Sampler::Grid, {{"list", kChoice, numbers(Distribution::Kind::Int, 0, 2, 1)},
                                               {"x", numbers(Distribution::Kind::Float, 0, 1, 0.25), {}},
                                               {"word", kChoice, {}}});
        QCOMPARE(gridSize(plan.space).value(), std::size_t((1 + 3 + 9) * 5 * 3));
        std::set<Point> points;
        std::vector<SearchTrial> trials;
        for (std::size_t number = 0; number < *gridSize(plan.space); ++number) {
            points.insert(nextPoint(plan, trials));
            trials.push_back(trial(static_cast<int>(number), {}, 0));
        }
        QCOMPARE(points.size(), *gridSize(plan.space));
    }

    void aGridOverFloatsWithoutStepIsRefused() {
        const SearchPlan plan =
            planOf(SearchPlan::Sampler::Grid,
                   {{"training.optimizer.momentum", numbers(Distribution::Kind::Float, 0, .5, 0), {}}});
        QVERIFY(!gridSize(plan.space));
        const std::vector<Problem> found = problems(plan);
        QCOMPARE(found.size(), std::size_t{1});
        QCOMPARE(found[0].path, std::string("sampler"));
    }

    void tpeSplitsAsOptunaDoes() {
        std::vector<SearchTrial> trials;
        for (int number = 0; number < 11; ++number)
            trials.push_back(trial(number, {{"x", number}}, std::abs(number - 4.2)));
        trials.push_back(trial(11, {{"y", 1}}, 0));
        trials.push_back(trial(12, {{"x", 12}}, -5, State::Failed));
        SearchTrial pruned = trial(13, {{"x", 13}}, -9, State::Pruned);
        pruned.reports[1] = -9;
        trials.push_back(pruned);
        const TpeSplit split = tpeSplit(trials, false, "x"); // 13 that teach: the best two are trials 11 and 4
        QCOMPARE(split.below, std::vector<double>({4}));
        QCOMPARE(split.above, std::vector<double>({0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 13}));
    }

    void tpeFindsTheBottomOfABowlBetterThanChance() {
        const std::vector<Dimension> space{{"x", kFloat, {}}, {"y", kFloat, {}}};
        const double chance = meanOfBest(planOf(SearchPlan::Sampler::Random, space), 60, 20);
        const double learned = meanOfBest(planOf(SearchPlan::Sampler::Tpe, space), 60, 20);
        QVERIFY2(learned < chance - 1, qPrintable(QStringLiteral("%1 against %2").arg(learned).arg(chance)));
    }

    void tpeDrawsFromWhereGoodTrialsWere() {
        const TpeSplit split{{1, 1, 1}, {0, 2, 0, 2, 0, 2}};
        int ones = 0;
        for (std::uint64_t i = 0; i < 50; ++i) {
            CounterRandom random(i, RandomPurpose::Test);
            ones += tpeValue(kChoice, split, random) == 1;
        }
        QVERIFY(ones > 45);
        const Distribution steps = numbers(Distribution::Kind::Int, 32, 256, 32);
        int near = 0;
        for (std::uint64_t i = 0; i < 50; ++i) {
            CounterRandom random(i, RandomPurpose::Test);
            const double value = tpeValue(steps, {{96, 96, 96}, {32, 160, 192, 224, 256, 256}}, random);
            QVERIFY(std::fmod(value, 32) == 0 && value >= 32 && value <= 256);
            near += std::abs(value - 96) <= 32;
        }
        QVERIFY(near > 45);
    }

    void theMedianEndsWhatIsWorseThanHalf() {
        SearchPlan plan;
        plan.pruner = SearchPlan::Pruner::Median;
        std::vector<SearchTrial> trials;
        for (int number = 0; number < 4; ++number)
            trials.push_back(reported(number, {.1 * number, .2 * number}));
        const SearchTrial low = reported(5, {.1, .25}, State::Running);
        QVERIFY(!isPruned(plan, trials, low)); // four complete trials are not enough
        trials.push_back(reported(4, {.4, .8}));
        QVERIFY(isPruned(plan, trials, low));                                        // .25 < .4
        QVERIFY(!isPruned(plan, trials, reported(5, {.1, .4}, State::Running)));     // the median itself
        QVERIFY(!isPruned(plan, trials, reported(5, {.5, .1}, State::Running)));     // its best report counts
        QVERIFY(!isPruned(plan, trials, reported(5, {.1, .1, .1}, State::Running))); // nobody was there
        plan.maximize = false;
        QVERIFY(!isPruned(plan, trials, low));
        QVERIFY(isPruned(plan, trials, reported(5, {.5, .5}, State::Running)));
    }

    void ashaKeepsTheBestQuarterAtEachRung() {
        SearchPlan plan;
        plan.pruner = SearchPlan::Pruner::Asha;
        std::vector<SearchTrial> trials{reported(0, {.5})};
        QVERIFY(isPruned(plan, trials, reported(1, {.4}, State::Running)));
        QVERIFY(!isPruned(plan, trials, reported(1, {.5}, State::Running)));
        trials = {reported(0, {.9, .9, .9, .9}),
                  reported(1, {.8, .8, .8, .8}),
                  reported(2, {.1}),
                  reported(3, {.1}),
                  reported(4, {.1}),
                  reported(5, {.1}),
                  reported(6, {.1})};
        QVERIFY(!isPruned(plan, trials, reported(7, {.85}, State::Running)));             // second of eight
        QVERIFY(isPruned(plan, trials, reported(7, {.7}, State::Running)));               // third of eight
        QVERIFY(!isPruned(plan, trials, reported(7, {.95, .1}, State::Running)));         // no rung
        QVERIFY(isPruned(plan, trials, reported(7, {.95, .9, .9, .85}, State::Running))); // best of three only
        QVERIFY(!isPruned(plan, trials, reported(7, {.95, .9, .9, .95}, State::Running)));
    }

    void importanceFindsWhatMatters() {
        const SearchPlan plan = planOf(
            SearchPlan::Sampler::Random,
            {{"x", kFloat, {}}, {"y", kFloat, {}}, {"list", kChoice, numbers(Distribution::Kind::Int, 1, 2, 1)}});
        const auto trials =
            searched(plan, 60, [](const Point& point) { return std::abs(point.at("x")) + .05 * point.at("y"); });
        const std::map<std::string, double> shares = importanceOf(plan.space, trials);
        QCOMPARE(shares.size(), std::size_t{3});
        double sum = 0;
        for (const auto& [path, share] : shares)
            sum += share;
        QVERIFY(std::abs(sum - 1) < 1e-9);
        QVERIFY2(shares.at("x") > .7, qPrintable(QString::number(shares.at("x"))));
        QVERIFY(importanceOf(plan.space, trials) == shares);
        QVERIFY(importanceOf(plan.space, {trials[0]}).empty());
    }
};

QTEST_APPLESS_MAIN(SamplersTest)
#include "tst_Samplers.moc"
