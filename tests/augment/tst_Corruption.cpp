// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "Test.h"
#include "augment/Corruption.h"
#include "engine/questions/Occlusion.h"
#include "engine/questions/Robustness.h"
#include "support/Random.h"

using namespace sightline;

class TestCorruption : public Test {
    Q_OBJECT

    static Image noisy(int height, int width, int channels = 3) {
        Image image(height, width, channels);
        CounterRandom random(5, RandomPurpose::Test);
        for (auto& value : image.pixels)
            value = static_cast<std::uint8_t>(random.below(256));
        return image;
    }
    static Image even(int height, int width, std::uint8_t value, int channels = 1) {
        Image image(height, width, channels);
        std::fill(image.pixels.begin(), image.pixels.end(), value);
        return image;
    }
    static double meanOf(const Image& image) {
        return std::accumulate(image.pixels.begin(), image.pixels.end(), 0.0) /
               static_cast<double>(image.pixels.size());
    }
    static double distance(const Image& a, const Image& b) {
        double sum = 0;
        for (std::size_t i = 0; i < a.pixels.size(); ++i)
            sum += std::abs(a.pixels[i] - b.pixels[i]);
        return sum / static_cast<double>(a.pixels.size());
    }
    static void kinds() {
        QTest::addColumn<int>("kind");
        for (const Corruption kind : corruptions())
            QTest::newRow(nameOf(kind)) << static_cast<int>(kind);
    }

private Q_SLOTS:
    void everyKindHasItsName_data() { kinds(); }
    void everyKindHasItsName() {
        QFETCH(int, kind);
        QVERIFY(corruptionFromName(nameOf(static_cast<Corruption>(kind))) == static_cast<Corruption>(kind));
        QVERIFY(!corruptionFromName("fog"));
    }

    void withoutStrengthTheImageStays_data() { kinds(); }
    void withoutStrengthTheImageStays() {
        QFETCH(int, kind);
        const Image image = noisy(20, 30);
        QCOMPARE(corrupted(image, static_cast<Corruption>(kind), 0, 3), image);
        QVERIFY(corrupted(Image(), static_cast<Corruption>(kind), 5).empty());
    }

    void aCurveRisesFromTheImageAsItIs_data() { kinds(); }
    void aCurveRisesFromTheImageAsItIs() {
        QFETCH(int, kind);
        const CorruptionScale scale = scaleOf(static_cast<Corruption>(kind));
        QCOMPARE(scale.points.front(), 0.0);
        QVERIFY(std::is_sorted(scale.points.begin(), scale.points.end()));
        QVERIFY(scale.points.back() <= scale.most);
        QVERIFY(!scale.hasDirections() || -scale.points.back() >= scale.least);
    }

    void strongerIsFartherFromTheImage_data() { kinds(); }
    void strongerIsFartherFromTheImage() {
        QFETCH(int, kind);
        const auto what = static_cast<Corruption>(kind);
        Image image(48, 48, 3); // a slope: nearer values at nearer places
        for (int y = 0; y < 48; ++y)
            for (int x = 0; x < 48; ++x)
                for (int c = 0; c < 3; ++c)
                    image.row(y)[x * 3 + c] = static_cast<std::uint8_t>(x < 24 ? 30 + y : 120 + 2 * y);
        double before = 0;
        for (const double strength : scaleOf(what).points) {
            const double after = distance(image, corrupted(image, what, strength, 4));
            QVERIFY2(strength == 0 || after > before, qPrintable(QString::number(strength)));
            before = after;
        }
    }

    void theSameSeedGivesTheSameImage_data() { kinds(); }
    void theSameSeedGivesTheSameImage() {
        QFETCH(int, kind);
        const auto what = static_cast<Corruption>(kind);
        const Image image = noisy(24, 16);
        const double strength = scaleOf(what).points.back();
        QCOMPARE(corrupted(image, what, strength, 8), corrupted(image, what, strength, 8));
        const bool isDrawn = what == Corruption::Noise || what == Corruption::Occlusion || what == Corruption::Shift;
        QCOMPARE(corrupted(image, what, strength, 8) != corrupted(image, what, strength, 9), isDrawn);
    }

    void anyNumberOfChannelsIsWorsened_data() { kinds(); }
    void anyNumberOfChannelsIsWorsened() {
        QFETCH(int, kind);
        const auto what = static_cast<Corruption>(kind);
        for (const int channels : {1, 2, 5}) {
            const Image image = noisy(12, 18, channels);
            const Image worse = corrupted(image, what, scaleOf(what).points.back(), 1);
            QCOMPARE(worse.channels, channels);
            QVERIFY(worse != image);
        }
    }

    void aQuarterTurnIsCounterClockwise() {
        Image image = noisy(9, 9, 1);
        const Image turned = corrupted(image, Corruption::Rotation, 90);
        for (int y = 0; y < 9; ++y)
            for (int x = 0; x < 9; ++x)
                QCOMPARE(int(turned.row(8 - x)[y]), int(image.row(y)[x]));
        QCOMPARE(corrupted(turned, Corruption::Rotation, -90), image);
    }

    void aShiftMovesAndMirrors() {
        const Image image = noisy(10, 20, 1);
        const Image right = corrupted(image, Corruption::Shift, 10, 2),
                    down = corrupted(image, Corruption::Shift, 10, 1);
        for (int y = 0; y < 10; ++y)
            for (int x = 0; x < 20; ++x) {
                QCOMPARE(int(right.row(y)[x]), int(image.row(y)[x >= 2 ? x - 2 : 1 - x]));
                QCOMPARE(int(down.row(y)[x]), int(image.row(y >= 1 ? y - 1 : 0)[x]));
            }
    }

    void nearerShowsTheMiddleTwiceAsLarge() {
        Image image = even(9, 9, 0);
        image.row(4)[4] = image.row(4)[5] = 200;
        const Image nearer = corrupted(image, Corruption::Zoom, 100);
        QCOMPARE(int(nearer.row(4)[6]), 200);
        QCOMPARE(int(nearer.row(4)[5]), 200);
        QCOMPARE(int(nearer.row(4)[8]), 0);
    }

    void brightnessAndContrastAreShares() {
        QCOMPARE(int(corrupted(even(4, 4, 100), Corruption::Brightness, 20).pixels[0]), 120);
        QCOMPARE(int(corrupted(even(4, 4, 100), Corruption::Brightness, -20).pixels[0]), 80);
        Image halves = even(2, 2, 50);
        halves.pixels[0] = halves.pixels[1] = 150;
        const Image flat = corrupted(halves, Corruption::Contrast, 60);
        QCOMPARE(int(flat.pixels[0]), 120);
        QCOMPARE(int(flat.pixels[3]), 80);
        QCOMPARE(int(corrupted(halves, Corruption::Contrast, 100).pixels[0]), 100);
    }

    void noiseHasItsDeviation() {
        const Image grain = corrupted(even(100, 100, 128), Corruption::Noise, 20, 6);
        double square = 0;
        for (const std::uint8_t value : grain.pixels)
            square += (value - 128.0) * (value - 128.0) / 10'000;
        QVERIFY(std::abs(std::sqrt(square) - 20) < 1);
        QVERIFY(std::abs(meanOf(grain) - 128) < 1);
    }

    void aSquareOfItsShareIsHidden() {
        const Image hidden = corrupted(even(20, 20, 7), Corruption::Occlusion, 25, 3);
        QCOMPARE(std::count(hidden.pixels.begin(), hidden.pixels.end(), std::uint8_t{128}), std::ptrdiff_t{100});
    }

    void strengthsBeyondTheScaleAreItsEnds() {
        const Image image = noisy(16, 16);
        QCOMPARE(corrupted(image, Corruption::Jpeg, 1000), corrupted(image, Corruption::Jpeg, 99));
        QCOMPARE(corrupted(image, Corruption::Blur, -3), image);
    }

    void whatAnswersAFallIsAValidAugmentation_data() { kinds(); }
    void whatAnswersAFallIsAValidAugmentation() {
        QFETCH(int, kind);
        const auto what = static_cast<Corruption>(kind);
        for (const double strength : scaleOf(what).points) {
            if (strength == 0)
                continue;
            const auto settings = augmentationAgainst(what, strength, 64, 64);
            QVERIFY(!settings.empty());
            const auto changed = edited(Experiment(), settings);
            QVERIFY2(changed.ok(), changed ? "" : changed.error().message.c_str());
            QCOMPARE(changed->changes.size(), settings.size());
        }
    }

    void aCurveFallsWhereFivePointsAreLost() {
        Robustness::Curve curve{Corruption::Blur, {{0, 0.9, {}}, {1, 0.86, {}}, {2, 0.85, {}}, {3, 0.4, {}}}};
        QCOMPARE(fallsAt(curve).value_or(-1), 2.0);
        curve.points.resize(2);
        QVERIFY(!fallsAt(curve));
    }

    void paintCoversTheMaskOnly() {
        const Image image = noisy(8, 12);
        Image mask(4, 6, 1); // half the size: a pixel covers two by two
        mask.row(1)[2] = 255;
        for (const Paint paint : {Paint::Gray, Paint::Blur, Paint::Noise, Paint::Mean}) {
            const Image covered = painted(image, mask, paint, 3);
            QVERIFY(covered != image);
            for (int y = 0; y < 8; ++y)
                for (int x = 0; x < 12; ++x)
                    if (y / 2 != 1 || x / 2 != 2)
                        QVERIFY(std::equal(image.row(y) + x * 3, image.row(y) + x * 3 + 3, covered.row(y) + x * 3));
        }
        QCOMPARE(int(painted(image, mask, Paint::Gray).row(2)[4 * 3]), 128);
        QCOMPARE(painted(image, Image(), Paint::Gray), image);
        QCOMPARE(painted(image, mask, Paint::Noise, 3), painted(image, mask, Paint::Noise, 3));
    }

    void paintOfTheMeanIsTheMean() {
        Image image = even(2, 2, 10);
        image.pixels[0] = 50;
        Image mask(2, 2, 1);
        mask.pixels[3] = 1;
        QCOMPARE(int(painted(image, mask, Paint::Mean).pixels[3]), 20);
        QCOMPARE(int(painted(image, mask, Paint::Mean).pixels[1]), 10);
    }
};

QTEST_APPLESS_MAIN(TestCorruption)
#include "tst_Corruption.moc"
