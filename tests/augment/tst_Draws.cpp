// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <set>

#include "Test.h"
#include "augment/Augment.h"
#include "augment/Mixing.h"

using namespace sightline;

/// Every draw follows its distribution, stays within its bounds and depends on (seed, epoch, index) only. Statistics
/// are taken for several seeds; each bound is five standard deviations or more, so that a right draw passes for any
/// seed.
class DrawsTest : public Test {
    Q_OBJECT

    static constexpr int kDraws = 4000;
    static constexpr std::uint64_t kSeeds[] = {1, 42, 987654321};
    static constexpr int kHeight = 40, kWidth = 60;

    static std::vector<double> collect(const AugmentationSettings& settings, std::uint64_t seed,
                                       const std::function<double(const Drawn&)>& value) {
        std::vector<double> values;
        for (int i = 0; i < kDraws; ++i)
            values.push_back(value(draw(settings, kHeight, kWidth, seed, static_cast<std::uint64_t>(i % 7),
                                        static_cast<std::uint64_t>(i))));
        return values;
    }

    /// The largest gap between the values' distribution and the uniform one is below 5 sigma-like (Kolmogorov and
    /// Smirnov, p < 1e-9).
    static bool isUniform(std::vector<double> values, double low, double high) {
        std::sort(values.begin(), values.end());
        if (values.front() < low || values.back() >= high)
            return false;
        const auto count = static_cast<double>(values.size());
        double gap = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double share = (values[i] - low) / (high - low);
            gap = std::max({gap, std::abs(share - static_cast<double>(i) / count),
                            std::abs(share - static_cast<double>(i + 1) / count)});
        }
        return gap * std::sqrt(count) < 3.3;
    }

    /// Each value comes as often as the others.
    static bool isEven(const std::vector<double>& values, const std::vector<double>& expected) {
        std::map<double, int> counts;
        for (const double value : values)
            ++counts[value];
        if (counts.size() != expected.size())
            return false;
        const double share = 1.0 / static_cast<double>(expected.size()), mean = kDraws * share;
        return std::all_of(expected.begin(), expected.end(), [&](double value) {
            return std::abs(counts[value] - mean) < 6 * std::sqrt(mean * (1 - share)) + 1;
        });
    }

    static std::vector<double> wholes(int low, int high) {
        std::vector<double> values(static_cast<std::size_t>(high - low + 1));
        std::iota(values.begin(), values.end(), low);
        return values;
    }

private Q_SLOTS:
    void continuousDrawsAreUniform_data() {
        QTest::addColumn<int>("which");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        const std::tuple<const char*, double, double> rows[] = {{"theta", -30, 30},
                                                                {"tx by documentation", -0.2 * kWidth, 0.2 * kWidth},
                                                                {"ty by documentation", -3, 3},
                                                                {"shear", -8, 8},
                                                                {"zx", 0.7, 1.1},
                                                                {"zy", 0.7, 1.1},
                                                                {"channel shift", -20, 20},
                                                                {"brightness", 0.5, 1.5},
                                                                {"gamma", 0.9, 1.08},
                                                                {"contrast", 0.7, 1.3},
                                                                {"saturation", 0.2, 1.8},
                                                                {"hue", -25, 25},
                                                                {"blur", 0.1, 2}};
        int which = 0;
        for (const auto& [name, low, high] : rows)
            QTest::newRow(name) << which++ << low << high;
    }

    void continuousDrawsAreUniform() {
        QFETCH(int, which);
        QFETCH(double, low);
        QFETCH(double, high);
        AugmentationSettings settings;
        settings.rotationRange = 30;
        settings.widthShiftRange.values = {0.2};
        settings.heightShiftRange = {ShiftRange::Form::Float, {3.0}}; // 1 or more: pixels
        settings.shearRange = 8;
        settings.zoomRange = {0.7, 1.1};
        settings.channelShiftRange = 20;
        settings.brightnessRange = Range{0.5, 1.5};
        settings.gammaRange = Range{0.9, 1.08};
        settings.randomContrast = 0.3;
        settings.saturationRange = Range{0.2, 1.8};
        settings.hueRange = 25;
        settings.blurSigma = Range{0.1, 2};
        for (const std::uint64_t seed : kSeeds) {
            QVERIFY(isUniform(collect(settings, seed,
                                      [which](const Drawn& d) {
                                          const double values[] = {d.theta,         d.tx,          d.ty,
                                                                   d.shear,         d.zx,          d.zy,
                                                                   *d.channelShift, *d.brightness, *d.gamma,
                                                                   *d.contrast,     *d.saturation, *d.hue,
                                                                   *d.blur};
                                          return values[which];
                                      }),
                              low, high));
        }
    }

    void theReleasesOfKerasShiftAlongTheOtherAxis() {
        AugmentationSettings settings;
        settings.widthShiftRange.values = {0.2};
        for (const Semantics semantics : {Semantics::Keras28, Semantics::Keras29}) {
            settings.semantics = semantics;
            QVERIFY(isUniform(collect(settings, 1, [](const Drawn& d) { return d.ty; }), -0.2 * kWidth, 0.2 * kWidth));
            QCOMPARE(draw(settings, kHeight, kWidth, 1, 0, 0).tx, 0.0);
        }
    }

    void wholeShiftsAreEvenWithAZeroOfOneInN() {
        AugmentationSettings settings;
        settings.widthShiftRange = {ShiftRange::Form::Int, {4.0}};
        for (const std::uint64_t seed : kSeeds) {
            std::vector<double> sizes = collect(settings, seed, [](const Drawn& d) { return std::abs(d.tx); });
            QVERIFY(isEven(sizes, {0, 1, 2, 3}));
            const auto values = collect(settings, seed, [](const Drawn& d) { return d.tx; });
            const auto negative = std::count_if(values.begin(), values.end(), [](double v) { return v < 0; }),
                       positive = std::count_if(values.begin(), values.end(), [](double v) { return v > 0; });
            QVERIFY(std::abs(static_cast<double>(negative - positive)) < 6 * std::sqrt(kDraws));
        }
    }

    void aListOfShiftsIsNoRange() {
        AugmentationSettings settings;
        settings.widthShiftRange = {ShiftRange::Form::List, {-0.1, 0.3}};
        QVERIFY(isEven(collect(settings, 5, [](const Drawn& d) { return std::round(d.tx); }), {-18, -6, 6, 18}));
        settings.widthShiftRange = {ShiftRange::Form::List, {2, 5}}; // 1 or more: pixels
        QVERIFY(isEven(collect(settings, 5, [](const Drawn& d) { return d.tx; }), {-5, -2, 2, 5}));
    }

    void flipsComeHalfTheTimeAndIndependently() {
        AugmentationSettings settings;
        settings.horizontalFlip = settings.verticalFlip = true;
        for (const std::uint64_t seed : kSeeds)
            QVERIFY(
                isEven(collect(settings, seed, [](const Drawn& d) { return 2.0 * d.flipHorizontal + d.flipVertical; }),
                       {0, 1, 2, 3}));
    }

    void theBoxLiesWhereNumpysRandintPutsItAndComesAsOftenAsAsked() {
        AugmentationSettings settings;
        settings.occlusion = OcclusionSettings{10, {0, 128, 255}, 1.0};
        QVERIFY(isEven(collect(settings, 3, [](const Drawn& d) { return d.occlusion->top; }),
                       wholes(0, kHeight - 11))); // the last place is never used
        QVERIFY(isEven(collect(settings, 3, [](const Drawn& d) { return d.occlusion->left; }), wholes(0, kWidth - 11)));
        QVERIFY(isEven(collect(settings, 3, [](const Drawn& d) { return d.occlusion->value; }), {0, 128, 255}));
        settings.occlusion->probability = 0.25;
        const auto drawn = collect(settings, 3, [](const Drawn& d) { return d.occlusion ? 1.0 : 0.0; });
        QVERIFY(std::abs(std::accumulate(drawn.begin(), drawn.end(), 0.0) - 0.25 * kDraws) <
                6 * std::sqrt(kDraws * 0.25 * 0.75));
    }

    void aCropMayLieAnywhere() {
        AugmentationSettings settings;
        settings.randomCrop = std::vector<int>{30, 52};
        QVERIFY(isEven(collect(settings, 4, [](const Drawn& d) { return (*d.crop)[0]; }), wholes(0, 10)));
        QVERIFY(isEven(collect(settings, 4, [](const Drawn& d) { return (*d.crop)[1]; }), wholes(0, 8)));
    }

    void aResizedCropHasTheAreaAndAspectAskedFor() {
        AugmentationSettings settings;
        settings.randomResizedCrop = ResizedCropSettings{{0.2, 0.6}, {0.8, 1.25}};
        double area = 0, logRatio = 0;
        for (int i = 0; i < kDraws; ++i) {
            const Window w = *draw(settings, 200, 200, 8, 0, static_cast<std::uint64_t>(i)).resizedCrop;
            QVERIFY(w.top >= 0 && w.left >= 0 && w.height >= 1 && w.width >= 1 && w.top + w.height <= 200 &&
                    w.left + w.width <= 200);
            const double share = w.height * w.width / 40000.0, ratio = static_cast<double>(w.width) / w.height;
            QVERIFY(share > 0.19 && share < 0.61 && ratio > 0.78 && ratio < 1.28); // rounded to pixels
            area += share;
            logRatio += std::log(ratio);
        }
        QVERIFY(std::abs(area / kDraws - 0.4) < 6 * 0.4 / std::sqrt(12.0 * kDraws));
        QVERIFY(std::abs(logRatio / kDraws) < 6 * 0.45 / std::sqrt(12.0 * kDraws));
        settings.randomResizedCrop = ResizedCropSettings{{1, 1}, {3, 3}}; // fits never: the largest part in the middle
        QVERIFY((*draw(settings, 90, 90, 8, 0, 0).resizedCrop == Window{30, 0, 30, 90}));
    }

    void jpegQualitiesAreEvenWithBothEnds() {
        AugmentationSettings settings;
        settings.jpegQuality = Range{30, 39};
        QVERIFY(isEven(collect(settings, 6, [](const Drawn& d) { return *d.jpegQuality; }), wholes(30, 39)));
    }

    void holesHaveTheirCentresAnywhereAndStayWithinTheImage() {
        AugmentationSettings settings;
        settings.cutout = CutoutSettings{3, 8, 77, 1.0};
        double area = 0;
        for (int i = 0; i < kDraws; ++i) {
            const Drawn d = draw(settings, kHeight, kWidth, 2, 1, static_cast<std::uint64_t>(i));
            QCOMPARE(d.cutout.size(), std::size_t(3));
            for (const Drawn::Hole& hole : d.cutout) {
                const Window& w = hole.window;
                QVERIFY(w.top >= 0 && w.left >= 0 && w.height >= 4 && w.height <= 8 && w.width >= 4 && w.width <= 8 &&
                        w.top + w.height <= kHeight && w.left + w.width <= kWidth);
                QCOMPARE(hole.value, 77.0);
                area += w.height * w.width;
            }
        }
        // Mean side of a hole of 8 along an axis of n: 8 - (1+2+3+4 + 1+2+3) / n.
        const double expected = (8 - 16.0 / kHeight) * (8 - 16.0 / kWidth);
        QVERIFY(std::abs(area / (3 * kDraws) - expected) < 0.02 * expected);
    }

    void noiseHasTheSeedOfItsSampleOnly() {
        AugmentationSettings settings;
        settings.gaussianNoise = 12;
        std::set<std::uint32_t> seeds;
        for (int i = 0; i < 500; ++i)
            seeds.insert(draw(settings, 8, 8, 1, 0, static_cast<std::uint64_t>(i)).noise->seed);
        QVERIFY(seeds.size() > 490);
    }

    void policiesTakeEveryOperationEvenlyWithThePapersStrengths() {
        AugmentationSettings settings;
        settings.policy = PolicySettings{};
        std::map<std::string, int> counts;
        std::map<std::string, double> least, most;
        for (int i = 0; i < 14000; ++i) {
            const Drawn d = draw(settings, 32, 32, 11, 0, static_cast<std::uint64_t>(i));
            QCOMPARE(d.policy.size(), std::size_t(1));
            const auto& [name, strength] = d.policy[0];
            ++counts[name];
            least[name] = std::min(least.contains(name) ? least[name] : strength, strength);
            most[name] = std::max(most.contains(name) ? most[name] : strength, strength);
        }
        QCOMPARE(counts.size(), std::size_t(14));
        for (const auto& [name, count] : counts)
            QVERIFY(std::abs(count - 1000) < 200);
        const std::tuple<const char*, double, double> ends[] = {
            {"shear-x", -0.99, 0.99},  {"translate-y", -32, 32}, {"rotate", -135, 135}, {"brightness", 0.01, 1.99},
            {"sharpness", 0.01, 1.99}, {"posterize", 2, 8},      {"solarize", 0, 255},  {"equalize", 0, 0}};
        for (const auto& [name, low, high] : ends)
            QVERIFY(std::abs(least[name] - low) < 1e-9 && std::abs(most[name] - high) < 1e-9);
    }

    void randAugmentTakesNOperationsOfOneStrength() {
        AugmentationSettings settings;
        settings.policy = PolicySettings{PolicySettings::Name::RandAugment, 3, 15};
        int negative = 0, turns = 0;
        for (int i = 0; i < kDraws; ++i) {
            const Drawn d = draw(settings, 331, 331, 12, 0, static_cast<std::uint64_t>(i));
            QCOMPARE(d.policy.size(), std::size_t(3));
            for (const PolicyStep& step : d.policy) {
                if (step.operation == "rotate") {
                    QCOMPARE(std::abs(step.strength), 15.0);
                    negative += step.strength < 0;
                    ++turns;
                }
                if (step.operation == "translate-x")
                    QVERIFY(std::abs(std::abs(step.strength) - 75) < 1e-9);
                if (step.operation == "posterize")
                    QCOMPARE(step.strength, 6.0);
                if (step.operation == "solarize")
                    QCOMPARE(step.strength, 127.5);
            }
        }
        QVERIFY(turns > 500 && std::abs(2 * negative - turns) < 6 * std::sqrt(turns));
    }

    void mixturesHaveBetaSharesAndEvenPartners() {
        AugmentationSettings settings;
        for (const double alpha : {0.2, 1.0, 4.0}) {
            settings.mixup = alpha;
            std::vector<double> shares, partners;
            for (int i = 0; i < kDraws; ++i) {
                const Mixture mixture = drawMixture(settings, 32, 32, 10, 21, 3, static_cast<std::uint64_t>(i));
                QVERIFY(mixture.kind == Mixture::Kind::Mixup && mixture.share >= 0 && mixture.share <= 1);
                shares.push_back(mixture.share);
                partners.push_back(static_cast<double>(mixture.partner));
            }
            const double mean = std::accumulate(shares.begin(), shares.end(), 0.0) / kDraws;
            double variance = 0;
            for (const double share : shares)
                variance += (share - 0.5) * (share - 0.5) / kDraws;
            const double expected = 1 / (4 * (2 * alpha + 1)); // of Beta(a, a)
            QVERIFY(std::abs(mean - 0.5) < 6 * std::sqrt(expected / kDraws));
            QVERIFY(std::abs(variance - expected) < 0.1 * expected);
            QVERIFY(isEven(partners, wholes(0, 9)));
            if (alpha == 1.0)
                QVERIFY(isUniform(shares, 0, 1));
        }
    }

    void aPastedWindowsAreaIsTheSharesRest() {
        AugmentationSettings settings;
        settings.cutmix = 1;
        double share = 0;
        for (int i = 0; i < kDraws; ++i) {
            const Mixture m = drawMixture(settings, kHeight, kWidth, 5, 22, 0, static_cast<std::uint64_t>(i));
            QVERIFY(m.kind == Mixture::Kind::Cutmix && m.window.top >= 0 && m.window.left >= 0 &&
                    m.window.top + m.window.height <= kHeight && m.window.left + m.window.width <= kWidth);
            QCOMPARE(m.share, 1 - static_cast<double>(m.window.height * m.window.width) / (kHeight * kWidth));
            share += m.share / kDraws;
        }
        QVERIFY(share > 0.55 && share < 0.75); // 1/2 before the border cuts windows
        settings.mixup = 1;
        int pasted = 0;
        for (int i = 0; i < kDraws; ++i)
            pasted += drawMixture(settings, kHeight, kWidth, 5, 22, 0, static_cast<std::uint64_t>(i)).kind ==
                      Mixture::Kind::Cutmix;
        QVERIFY(std::abs(pasted - kDraws / 2) < 3 * std::sqrt(kDraws));
    }

    void aDrawDependsOnSeedEpochAndIndexOnly() {
        AugmentationSettings settings;
        settings.rotationRange = 30;
        settings.policy = PolicySettings{};
        settings.gaussianNoise = 3;
        settings.mixup = 0.4;
        const Drawn one = draw(settings, 32, 32, 7, 2, 9);
        const Mixture mixture = drawMixture(settings, 32, 32, 100, 7, 2, 9);
        static_cast<void>(draw(settings, 32, 32, 7, 2, 10));
        QVERIFY(draw(settings, 32, 32, 7, 2, 9) == one);
        QVERIFY(drawMixture(settings, 32, 32, 100, 7, 2, 9) == mixture);
        QVERIFY(!(draw(settings, 32, 32, 8, 2, 9) == one) && !(draw(settings, 32, 32, 7, 3, 9) == one) &&
                !(draw(settings, 32, 32, 7, 2, 8) == one));
    }

    void newStepsLeaveTheDrawsOfTheOldOnesAlone() {
        AugmentationSettings settings;
        settings.rotationRange = 30;
        settings.brightnessRange = Range{0.5, 1.5};
        settings.randomContrast = 0.2;
        const Drawn before = draw(settings, 32, 32, 1, 1, 1);
        settings.policy = PolicySettings{};
        settings.cutout = CutoutSettings{};
        settings.randomResizedCrop = ResizedCropSettings{};
        const Drawn after = draw(settings, 32, 32, 1, 1, 1);
        QVERIFY(after.theta == before.theta && after.brightness == before.brightness &&
                after.contrast == before.contrast);
    }
};

QTEST_APPLESS_MAIN(DrawsTest)
#include "tst_Draws.moc"
