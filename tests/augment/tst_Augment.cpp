// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>

#include "Golden.h"
#include "Test.h"
#include "augment/Augment.h"
#include "augment/Geometry.h"
#include "augment/Pointwise.h"
#include "support/Random.h"

using namespace sightline;

/// Keras' geometry, brightness and distributions (SPEC 1.3 to 1.6), and the fast path against the reference.
class AugmentTest : public Test {
    Q_OBJECT

    static FillMode fillMode(const std::string& name) {
        return name == "nearest"   ? FillMode::Nearest
               : name == "reflect" ? FillMode::Reflect
               : name == "wrap"    ? FillMode::Wrap
                                   : FillMode::Constant;
    }

    /// A smooth image: neighbours differ little, so that rounding of coordinates shows as rounding of values.
    static Image smooth(int height, int width) {
        Image image(height, width, 3);
        for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x) {
                for (int c = 0; c < 3; ++c)
                    image.row(y)[3 * x + c] =
                        static_cast<std::uint8_t>(127 + 100 * std::sin(0.11 * x + 0.3 * c) * std::cos(0.07 * y));
            }
        }
        return image;
    }

    static AugmentationSettings recipe() {
        AugmentationSettings settings;
        settings.rotationRange = 30;
        settings.widthShiftRange.values = settings.heightShiftRange.values = {0.2};
        settings.shearRange = 5;
        settings.zoomRange = {0.8, 1.2};
        settings.horizontalFlip = true;
        settings.fillMode = FillMode::Reflect;
        return settings;
    }

private Q_SLOTS:
    void geometryAndFillModesEqualScipysInBothReleasesOfKeras() {
        const Json golden = goldenVectors("affine");
        const Json& image = golden["image"];
        const auto height = static_cast<int>(image.size()), width = static_cast<int>(image[0].size());
        Drawn drawn;
        drawn.theta = golden["params"]["theta"].get<double>();
        drawn.tx = golden["params"]["tx"].get<double>();
        drawn.ty = golden["params"]["ty"].get<double>();
        drawn.shear = golden["params"]["shear"].get<double>();
        drawn.zx = golden["params"]["zx"].get<double>();
        drawn.zy = golden["params"]["zy"].get<double>();
        QCOMPARE(golden["cases"].size(), std::size_t(8));
        for (const Json& item : golden["cases"]) {
            const AffineMap map =
                affineMap(drawn, height, width, item["regime"] == "A" ? Semantics::Keras28 : Semantics::Keras29);
            for (int y = 0; y < height; ++y) {
                for (int x = 0; x < width; ++x) {
                    double sx = map.xx * x + map.xy * y + map.x0, sy = map.yx * x + map.yy * y + map.y0;
                    double value = item["cval"].get<double>();
                    const FillMode mode = fillMode(item["fill_mode"].get<std::string>());
                    if (foldCoordinate(sx, width, mode) && foldCoordinate(sy, height, mode)) {
                        const auto left = static_cast<std::size_t>(sx), top = static_cast<std::size_t>(sy);
                        const std::size_t right = std::min(left + 1, static_cast<std::size_t>(width - 1)),
                                          bottom = std::min(top + 1, static_cast<std::size_t>(height - 1));
                        const double fx = sx - static_cast<double>(left), fy = sy - static_cast<double>(top);
                        const auto at = [&](std::size_t row, std::size_t column) {
                            return image[row][column].get<double>();
                        };
                        value = (at(top, left) * (1 - fx) + at(top, right) * fx) * (1 - fy) +
                                (at(bottom, left) * (1 - fx) + at(bottom, right) * fx) * fy;
                    }
                    QVERIFY(std::abs(value - item["out"][static_cast<std::size_t>(y)][static_cast<std::size_t>(x)]
                                                 .get<double>()) < 1e-3);
                }
            }
        }
    }

    void brightnessEqualsKerasInBothReleases() {
        const Json golden = goldenVectors("brightness");
        QVERIFY(!golden["cases"].empty());
        for (const Json& item : golden["cases"]) {
            FloatImage image(static_cast<int>(golden["image"].size()), static_cast<int>(golden["image"][0].size()), 3);
            std::size_t i = 0;
            for (const Json& row : golden["image"])
                for (const Json& pixel : row)
                    for (const Json& value : pixel)
                        image.pixels[i++] = value.get<float>();
            changeBrightness(image, item["factor"].get<double>(),
                             item["regime"] == "A" ? Semantics::Keras28 : Semantics::Keras29);
            i = 0;
            for (const Json& row : item["out"])
                for (const Json& pixel : row)
                    for (const Json& value : pixel)
                        QCOMPARE(image.pixels[i++], value.get<float>());
        }
    }

    void documentedShiftsMoveContentLeftAndUp() {
        Image image(9, 9, 1);
        image.row(4)[4] = 200;
        Drawn drawn;
        drawn.tx = 2;
        drawn.ty = 1;
        AugmentationSettings settings;
        const FloatImage moved = applyExactly(settings, drawn, image);
        QCOMPARE(moved.row(3)[2], 200.0f);
    }

    void documentedRotationTurnsCounterClockwiseAboutTheTrueCentre() {
        Image image(5, 9, 1);  // not square: Keras 2.9 would miss the centre
        image.row(2)[6] = 200; // two to the right of the centre (4, 2)
        Drawn drawn;
        drawn.theta = 90;
        const FloatImage turned = applyExactly(AugmentationSettings{}, drawn, image);
        QVERIFY(std::abs(turned.row(0)[4] - 200.0f) < 1e-3f); // two above it
    }

    void drawsHaveKerassDistributions() {
        AugmentationSettings settings = recipe();
        settings.brightnessRange = Range{0.5, 1.5};
        double theta = 0, thetaSquares = 0, shift = 0, brightness = 0, low = 1e9, high = -1e9;
        int flips = 0;
        constexpr int kDraws = 20000;
        for (int i = 0; i < kDraws; ++i) {
            const Drawn drawn = draw(settings, 64, 64, 1, 0, static_cast<std::uint64_t>(i));
            theta += drawn.theta;
            thetaSquares += drawn.theta * drawn.theta;
            shift += drawn.tx;
            brightness += *drawn.brightness;
            flips += drawn.flipHorizontal;
            low = std::min(low, drawn.zx);
            high = std::max(high, drawn.zx);
            QVERIFY(std::abs(drawn.theta) <= 30 && std::abs(drawn.tx) <= 12.8 && !drawn.flipVertical);
        }
        QVERIFY(std::abs(theta / kDraws) < 0.6);             // 5 deviations of the mean
        QVERIFY(std::abs(thetaSquares / kDraws - 300) < 10); // (2 * 30)^2 / 12
        QVERIFY(std::abs(shift / kDraws) < 0.27);
        QVERIFY(std::abs(brightness / kDraws - 1) < 0.011);
        QVERIFY(std::abs(flips - kDraws / 2) < 360);
        QVERIFY(low >= 0.8 && low < 0.801 && high < 1.2 && high > 1.199);
    }

    void theFastPathStaysWithinItsBufferAndNearTheReference() {
        constexpr std::size_t kGuard = 64;
        const Image image = smooth(40, 56);
        for (const FillMode mode : {FillMode::Nearest, FillMode::Reflect, FillMode::Wrap, FillMode::Constant}) {
            AugmentationSettings settings = recipe();
            settings.fillMode = mode;
            settings.widthShiftRange.values = {0.9}; // rows whose source lies wholly outside
            std::vector<float> out(image.pixels.size() + 2 * kGuard);
            for (std::uint64_t index = 0; index < 200; ++index) {
                const Drawn drawn = draw(settings, image.height, image.width, 3, 0, index);
                std::fill(out.begin(), out.end(), -777.0f);
                applyFast(settings, drawn, image, Normalizer(image.channels), out.data() + kGuard);
                const FloatImage exact = applyExactly(settings, drawn, image);
                for (std::size_t i = 0; i < kGuard; ++i)
                    QVERIFY(out[i] == -777.0f && out[out.size() - 1 - i] == -777.0f);
                for (std::size_t i = 0; i < exact.pixels.size(); ++i)
                    QVERIFY(std::abs(out[kGuard + i] - exact.pixels[i]) < 0.01f);
            }
        }
    }

    void recordedParametersSurviveTheirJson() {
        AugmentationSettings settings = recipe();
        settings.occlusion = OcclusionSettings{};
        settings.gammaRange = Range{0.9, 1.08};
        const Drawn drawn = draw(settings, 64, 64, 9, 2, 5);
        const Result<Drawn> again = drawnFromJson(toJson(drawn));
        QVERIFY(again.ok());
        QVERIFY(*again == drawn);
        QVERIFY(!drawnFromJson(Json::parse("{\"thetta\": 1}")).ok());
    }
};

QTEST_APPLESS_MAIN(AugmentTest)
#include "tst_Augment.moc"
