// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>
#include <limits>

#include "Test.h"
#include "engine/Engine.h"

using namespace sightline;

/// The heat map over an image: the same bytes whether it is made at once or its colours are kept for the next opacity.
class HeatMapTest : public Test {
    Q_OBJECT

    /// Every byte meets every other one somewhere.
    static Image ramp(int channels) {
        Image image(256, 256, channels);
        for (int y = 0; y < 256; ++y)
            for (int x = 0; x < 256; ++x)
                for (int c = 0; c < channels; ++c)
                    image.row(y)[x * channels + c] = static_cast<std::uint8_t>((y + 85 * c) % 256);
        return image;
    }
    static FloatArray slope(float factor = 1) {
        FloatArray map{{256, 256}, std::vector<float>(256 * 256)};
        for (std::size_t i = 0; i < map.values.size(); ++i)
            map.values[i] = factor * static_cast<float>(i % 256) / 255.0f;
        return map;
    }

private Q_SLOTS:
    void everyPixelIsTheWeightedMeanOfImageAndColor_data() {
        QTest::addColumn<double>("opacity");
        for (const double opacity : {0.0, 0.01, 0.35, 0.5, 0.77, 1.0})
            QTest::addRow("%g", opacity) << opacity;
    }

    void everyPixelIsTheWeightedMeanOfImageAndColor() {
        QFETCH(double, opacity);
        const Image image = ramp(3);
        const Image laid = overlay(image, slope(), opacity, ColorMap::Grey);
        for (int y = 0; y < 256; ++y)
            for (int x = 0; x < 256; ++x)
                for (int c = 0; c < 3; ++c) {
                    const double mean = (1 - opacity) * image.row(y)[x * 3 + c] + opacity * x; // grey: the level itself
                    QCOMPARE(int(laid.row(y)[x * 3 + c]), int(std::lround(mean)));
                }
    }

    void keptColorsGiveTheSamePicture() {
        const Image image = ramp(3), colors = colored(slope(), 256, 256, ColorMap::Turbo);
        for (const double opacity : {0.1, 0.5, 0.9})
            QCOMPARE(blended(image, colors, opacity), overlay(image, slope(), opacity, ColorMap::Turbo));
    }

    void aGreyImageBecomesRgb() {
        const Image laid = overlay(ramp(1), slope(), 0);
        QCOMPARE(laid.channels, 3);
        for (int c = 0; c < 3; ++c)
            QCOMPARE(int(laid.row(40)[7 * 3 + c]), 40);
    }

    void valuesBeyondTheScaleTakeItsEnds() {
        const Image colors = colored(slope(3), 256, 256, ColorMap::Grey);
        QCOMPARE(int(colors.row(0)[255 * 3]), 255);
        QCOMPARE(int(colored(slope(-1), 256, 256, ColorMap::Grey).row(0)[255 * 3]), 0);
        FloatArray broken = slope();
        broken.values.assign(broken.values.size(), std::numeric_limits<float>::quiet_NaN());
        QCOMPARE(int(colored(broken, 256, 256, ColorMap::Grey).row(9)[9]), 0);
    }

    void bothSignsMeetInANeutralMiddle() {
        FloatArray map{{1, 257}, std::vector<float>(257)};
        for (std::size_t i = 0; i < map.values.size(); ++i)
            map.values[i] = (static_cast<float>(i) - 128) / 128;
        const Image colors = colored(map, 1, 257, ColorMap::Diverging);
        const auto channel = [&](int x, int c) { return int(colors.row(0)[x * 3 + c]); };
        const auto light = [&](int x) { return 0.299 * channel(x, 0) + 0.587 * channel(x, 1) + 0.114 * channel(x, 2); };
        for (int c = 0; c < 3; ++c)
            QVERIFY(channel(128, c) > 240);
        QVERIFY(channel(0, 2) > channel(0, 0) + 80);     // against: blue
        QVERIFY(channel(256, 0) > channel(256, 2) + 80); // for: red
        for (int x = 0; x < 128; ++x) {                  // stronger is darker, on both sides alike
            QVERIFY(light(x) <= light(x + 1));
            QVERIFY(light(256 - x) <= light(255 - x));
            QVERIFY(std::abs(light(x) - light(256 - x)) < 25);
        }
    }

    void whereThereIsNoMapTheImageStays() {
        const Image image = ramp(3);
        QCOMPARE(overlay(image, FloatArray{{3, 3}, {1.0f}}, 0.8), image);
        QVERIFY(overlay(Image(), slope()).empty());
    }
};

QTEST_APPLESS_MAIN(HeatMapTest)
#include "tst_HeatMap.moc"
