// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "Test.h"
#include "metrics/UnknownRule.h"
#include "support/Json.h"
#include "support/Random.h"

using namespace sightline;

namespace {

constexpr float kNotANumber = std::numeric_limits<float>::quiet_NaN();

Json golden(const char* name) {
    const Result<Json> json = readJsonFile(std::string(SIGHTLINE_GOLDEN_DIR) + "/unknown.json");
    return json && json->contains(name) ? (*json)[name] : Json();
}

FloatArray rows(std::size_t width, std::vector<float> values) {
    const auto count = static_cast<std::int64_t>(values.size() / width);
    return {{count, static_cast<std::int64_t>(width)}, std::move(values)};
}

bool isNear(double value, double wanted, double tolerance = 1e-5) {
    return std::abs(value - wanted) <= tolerance * std::max(1.0, std::abs(wanted));
}

/// One class of one feature around 0, variance 1: the distance of a feature is its square. Its energies are all alike.
UnknownRule ruleOf(const std::vector<float>& distances) {
    UnknownRule rule{"pool", {rows(1, {0}), rows(1, {1}), {1, 1}}, {}};
    for (const float distance : distances)
        rule.known.push_back({0, distance});
    return rule;
}
double scoreAt(const UnknownJudge& judge, double distance) {
    const std::vector<float> features{static_cast<float>(std::sqrt(distance))}, logits{0};
    return judge.score(features, logits).value();
}

/// Images of three classes whose features are Gaussian, and logits that follow from them.
struct Gaussians {
    FloatArray features;
    std::vector<int> truth;
    std::vector<std::vector<float>> logits;

    Gaussians(std::uint64_t seed, int images, bool isKnown) {
        constexpr int kWidth = 8;
        CounterRandom random(seed, RandomPurpose::Test);
        features.shape = {images, kWidth};
        for (int i = 0; i < images; ++i) {
            truth.push_back(i % 3);
            std::vector<float> scores(3, 0);
            for (int k = 0; k < kWidth; ++k) {
                const double centre = isKnown ? (k == i % 3 ? 6 : 0) : (k >= 5 ? 6 : 0);
                const double value = centre + random.normal() * (1 + 0.2 * k);
                features.values.push_back(static_cast<float>(value));
                if (k < 3)
                    scores[static_cast<std::size_t>(k)] = static_cast<float>(value);
            }
            logits.push_back(scores);
        }
    }
    std::span<const float> row(std::size_t image) const { return std::span(features.values).subspan(image * 8, 8); }
};

double shareAbove(const UnknownJudge& judge, const Gaussians& images) {
    int above = 0;
    for (std::size_t i = 0; i < images.truth.size(); ++i)
        above += judge.score(images.row(i), images.logits[i]).value() > 0;
    return above / static_cast<double>(images.truth.size());
}

} // namespace

class UnknownRuleTest : public Test {
    Q_OBJECT

private Q_SLOTS:
    void energiesAreThoseOfKnownLogits() {
        QVERIFY(isNear(energyOf(std::vector<float>{0, 0}), -std::log(2.0)));
        QVERIFY(isNear(energyOf(std::vector<float>{1000, 1000, -1000}), -1000 - std::log(2.0)));
        const Json logits = golden("logits"), energies = golden("energies");
        QCOMPARE(logits.size(), std::size_t{6});
        for (std::size_t i = 0; i < logits.size(); ++i)
            QVERIFY(isNear(energyOf(logits[i].get<std::vector<float>>()), energies[i].get<double>(), 1e-6));
    }

    void distancesFollowTheSharedCovariance() {
        // Around both means: 2 left and right, 1 above and below. S = diag(2, 1/2), its mean 5/4; the rows' squared
        // lengths squared have the mean 17/2, |S|^2 = 17/4. Ledoit and Wolf: (17/4 / 8) / (17/4 - 2 (5/4)^2) = 17/36.
        std::vector<float> values;
        for (const float mean : {0.0f, 10.0f})
            values.insert(values.end(), {mean + 2, 0, mean - 2, 0, mean, 1, mean, -1});
        const auto clouds = classClouds(rows(2, values), {0, 0, 0, 0, 1, 1, 1, 1}, 2);
        QVERIFY(clouds.ok());
        const double wide = 19 / 36.0 * 2 + 17 / 36.0 * 1.25, high = 19 / 36.0 * 0.5 + 17 / 36.0 * 1.25;
        const NearestClass nearest(*clouds);
        QVERIFY(isNear(nearest.distance(std::vector<float>{3, 2}), 9 / wide + 4 / high));
        QVERIFY(isNear(nearest.distance(std::vector<float>{9, 0}), 1 / wide));
        QVERIFY(isNear(nearest.distance(std::vector<float>{10, 0}), 0));
    }

    void distancesAreThoseOfScikitLearn() {
        const Json all = golden("clouds");
        QCOMPARE(all.size(), std::size_t{2});
        for (const Json& one : all) {
            const auto width = one["width"].get<std::size_t>();
            const auto clouds = classClouds(rows(width, one["features"].get<std::vector<float>>()),
                                            one["truth"].get<std::vector<int>>(), one["classes"].get<std::size_t>());
            QVERIFY(clouds.ok());
            const NearestClass nearest(*clouds);
            for (std::size_t i = 0; i < one["asked"].size(); ++i) {
                const double distance = nearest.distance(one["asked"][i].get<std::vector<float>>());
                QVERIFY2(isNear(distance, one["distances"][i].get<double>(), 1e-4), std::to_string(distance).c_str());
            }
        }
    }

    void beyondTheFirstDirectionsAllVaryAlike() {
        CounterRandom random(4, RandomPurpose::Test);
        std::vector<float> values;
        for (int i = 0; i < 4000; ++i)
            for (const double deviation : {3.0, 1.0, 1.0, 1.0})
                values.push_back(static_cast<float>(deviation * random.normal()));
        const auto clouds = classClouds(rows(4, values), std::vector<int>(4000, 0), 1, 1);
        QVERIFY(clouds.ok());
        QCOMPARE(clouds->variances.size(), std::size_t{2});
        QVERIFY(isNear(clouds->variances[0], 9, 0.1) && isNear(clouds->variances[1], 1, 0.1));
        QVERIFY(std::abs(clouds->directions.values[0]) > 0.99f);
        const NearestClass nearest(*clouds);
        QVERIFY(isNear(nearest.distance(std::vector<float>{6, 0, 0, 0}), 4, 0.1));
        QVERIFY(isNear(nearest.distance(std::vector<float>{0, 0, 2, 0}), 4, 0.1));
    }

    void manyFeaturesOfFewImagesAreLikeFewOfMany() {
        // More features than the subspace iteration starts with, and both ways of forming the products.
        for (const int images : {150, 600}) {
            constexpr int kWidth = 300;
            CounterRandom random(7, RandomPurpose::Test);
            std::vector<float> values;
            for (int i = 0; i < images; ++i)
                for (int k = 0; k < kWidth; ++k)
                    values.push_back(static_cast<float>(random.normal() * (k < 3 ? 20 : 1)));
            const auto clouds = classClouds(rows(kWidth, values), std::vector<int>(values.size() / kWidth, 0), 1, 3);
            QVERIFY(clouds.ok());
            QCOMPARE(clouds->directions.shape, (std::vector<std::int64_t>{3, kWidth}));
            for (int k = 0; k < 3; ++k) { // what the first three features are spans the same
                double within = 0;
                for (int j = 0; j < 3; ++j)
                    within += std::pow(
                        static_cast<double>(clouds->directions.values[static_cast<std::size_t>(k * kWidth + j)]), 2);
                QVERIFY2(within > 0.97, std::to_string(within).c_str());
            }
        }
    }

    void theLimitIsTheQuantileOfTheKnown() {
        std::vector<float> known;
        for (int i = 99; i >= 1; --i)
            known.push_back(static_cast<float>(i));
        const auto judge = UnknownJudge::by(ruleOf(known), 0.05);
        QVERIFY(judge.ok());
        QVERIFY(std::abs(scoreAt(*judge, 95)) < 1e-4); // 5 of 100, the new one counted, may lie beyond: 96 ... 99
        QVERIFY(isNear(scoreAt(*judge, 96), 1.0 / (94 - 50))); // in units of the median to the 95 % quantile
        QVERIFY(scoreAt(*judge, 94) < 0);
        const auto lenient = UnknownJudge::by(ruleOf(known), 0.01);
        QVERIFY(lenient && std::abs(scoreAt(*lenient, 99)) < 1e-4);
    }

    void limitsAreThoseOfNumPy() {
        UnknownRule rule = ruleOf({});
        for (const Json& energy : golden("known"))
            rule.known.push_back({energy.get<float>(), 0});
        const Json limits = golden("limits");
        QCOMPARE(limits.size(), std::size_t{4});
        for (const Json& one : limits)
            QCOMPARE(UnknownJudge::by(rule, one["share"].get<double>())->energyLimit(), one["limit"].get<double>());
    }

    void theChosenShareOfKnownImagesIsRefused_data() {
        QTest::addColumn<double>("share");
        for (const double share : {0.01, 0.05, 0.2})
            QTest::newRow(std::to_string(share).c_str()) << share;
    }
    void theChosenShareOfKnownImagesIsRefused() {
        QFETCH(double, share);
        const Gaussians train(1, 600, true), validation(2, 2000, true), test(3, 4000, true), alien(4, 1000, false);
        UnknownRule rule{"pool", *classClouds(train.features, train.truth, 3), {}};
        const NearestClass nearest(rule.clouds);
        for (std::size_t i = 0; i < validation.truth.size(); ++i)
            rule.known.push_back(
                {energyOf(validation.logits[i]), static_cast<float>(nearest.distance(validation.row(i)))});
        const auto judge = UnknownJudge::by(rule, share);
        QVERIFY(judge.ok());
        const double refused = shareAbove(*judge, test);
        QVERIFY2(std::abs(refused - share) < 0.02, std::to_string(refused).c_str());
        QVERIFY(shareAbove(*judge, alien) > 0.9);
    }

    void eitherSignSuffices() {
        UnknownRule rule{"pool", {rows(1, {0}), rows(1, {1}), {1, 1}}, {}};
        for (int i = 0; i < 100; ++i)
            rule.known.push_back({static_cast<float>(i) / 10 - 20, static_cast<float>(i * 37 % 100) / 100});
        const auto judge = UnknownJudge::by(rule);
        QVERIFY(judge.ok());
        const auto score = [&](float feature, float logit) {
            return judge->score(std::vector<float>{feature}, std::vector<float>{logit}).value();
        };
        QVERIFY(score(0.1f, 15) < 0);
        QVERIFY(score(0.1f, -15) > 0); // energy alone
        QVERIFY(score(9, 15) > 0);     // distance alone
        QVERIFY(score(9, 5000) > 0);   // however sure the network is
    }

    void whatCannotTellIsRefusedInOneSentence() {
        const auto words = [](const auto& result) {
            return QString::fromStdString(result ? "" : result.error().message);
        };
        std::vector<float> few(18);
        std::iota(few.begin(), few.end(), 1.0f);
        QCOMPARE(words(UnknownJudge::by(ruleOf(few))),
                 QStringLiteral("Unknown images cannot be told by 18 validation images: to refuse at most 5 % of the "
                                "known ones takes 19 or more."));
        few.push_back(19);
        QVERIFY(UnknownJudge::by(ruleOf(few)).ok());
        QVERIFY(words(UnknownJudge::by(ruleOf(few), 0.01)).contains(QStringLiteral("99 or more")));
        QVERIFY(words(UnknownJudge::by(ruleOf(std::vector<float>(40, 2)))).contains(QStringLiteral("look the same")));
        for (const double share : {0.0, 1.0, -1.0, std::nan("")})
            QVERIFY(words(UnknownJudge::by(ruleOf(few), share)).contains(QStringLiteral("between 0 and 1")));

        QVERIFY(
            words(classClouds(rows(2, {1, 2, 1, 2, 5, 6}), {0, 0, 1}, 2)).contains(QStringLiteral("look the same")));
        QVERIFY(words(classClouds(rows(1, {1, kNotANumber}), {0, 0}, 1)).contains(QStringLiteral("damaged")));
        QVERIFY(words(classClouds({{0, 1}, {}}, {}, 2)).contains(QStringLiteral("no training images")));
    }

    void whatIsNotANumberHasNoScore() {
        std::vector<float> known(40);
        std::iota(known.begin(), known.end(), 1.0f);
        const auto judge = UnknownJudge::by(ruleOf(known));
        QVERIFY(judge.ok());
        QVERIFY(!judge->score(std::vector<float>{kNotANumber}, std::vector<float>{1}));
        QVERIFY(!judge->score(std::vector<float>{1}, std::vector<float>{kNotANumber}));
        QVERIFY(!judge->score(std::vector<float>{std::numeric_limits<float>::infinity()}, std::vector<float>{1}));
    }

    void aClassWithoutImagesIsNobodysNearest() {
        const auto clouds = classClouds(rows(1, {-1, 1, 9, 11}), {0, 0, 2, 2}, 3);
        QVERIFY(clouds.ok());
        const NearestClass nearest(*clouds);
        QVERIFY(isNear(nearest.distance(std::vector<float>{12}), 4));
        QVERIFY(isNear(nearest.distance(std::vector<float>{0}), 0));
    }
};

QTEST_APPLESS_MAIN(UnknownRuleTest)
#include "tst_UnknownRule.moc"
