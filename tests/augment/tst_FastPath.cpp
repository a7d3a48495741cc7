// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>
#include <cstring>

#include "Test.h"
#include "augment/FastPath.h"
#include "support/Random.h"

using namespace sightline;

/// The fast path's bound, and that every processor gives the same bits.
class FastPathTest : public Test {
    Q_OBJECT

    /// White noise with white and black areas: the hardest image for interpolation and the one most likely to sit on
    /// whole numbers.
    static Image hard(int height, int width, int channels, std::uint64_t seed = 5) {
        Image image(height, width, channels);
        CounterRandom random(seed, RandomPurpose::Augmentation, 0, 0);
        for (std::uint8_t& value : image.pixels)
            value = static_cast<std::uint8_t>(random.below(256));
        for (int y = 0; y < height / 3; ++y)
            std::fill_n(image.row(y), image.rowBytes() / 2, static_cast<std::uint8_t>(y < height / 6 ? 255 : 0));
        return image;
    }

    static AugmentationSettings recipe(FillMode fill, Semantics semantics) {
        AugmentationSettings settings;
        settings.rotationRange = 30;
        settings.widthShiftRange.values = settings.heightShiftRange.values = {0.4};
        settings.shearRange = 5;
        settings.zoomRange = {0.6, 1.6};
        settings.horizontalFlip = settings.verticalFlip = true;
        settings.fillMode = fill;
        settings.cval = 31;
        settings.semantics = semantics;
        return settings;
    }

    static std::vector<float> fast(InstructionSet set, const AugmentationSettings& settings, const Drawn& drawn,
                                   const Image& image, const Normalizer& normalizer) {
        const auto size = outputSize(settings, image.height, image.width);
        std::vector<float> out(static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) *
                               static_cast<std::size_t>(image.channels));
        applyFastWith(set, settings, drawn, image, normalizer, out.data());
        return out;
    }

    /// The largest difference from the reference, after normalisation.
    static double difference(InstructionSet set, const AugmentationSettings& settings, const Drawn& drawn,
                             const Image& image) {
        return difference(set, settings, drawn, image, Normalizer(image.channels));
    }
    static double difference(InstructionSet set, const AugmentationSettings& settings, const Drawn& drawn,
                             const Image& image, const Normalizer& normalizer) {
        const std::vector<float> out = fast(set, settings, drawn, image, normalizer);
        FloatImage exact = applyExactly(settings, drawn, image);
        normalizer.apply(exact.pixels.data(), exact.pixels.size() / static_cast<std::size_t>(exact.channels),
                         exact.channels);
        if (out.size() != exact.pixels.size())
            return 1e9;
        double most = 0;
        for (std::size_t i = 0; i < out.size(); ++i) {
            const auto gap = static_cast<double>(std::abs(out[i] - exact.pixels[i]));
            most = std::isfinite(gap) ? std::max(most, gap) : 1e9; // std::max would pass over what is no number
        }
        return most;
    }

    static bool sameBits(const std::vector<float>& a, const std::vector<float>& b) {
        return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
    }

    static constexpr FillMode kModes[] = {FillMode::Nearest, FillMode::Reflect, FillMode::Wrap, FillMode::Constant};
    static constexpr Semantics kSemantics[] = {Semantics::Documented, Semantics::Keras28, Semantics::Keras29};

private Q_SLOTS:
    void everyFillModeAndSemanticsStaysWithinAHundredthOfTheReference() {
        for (const int channels : {3, 1, 2, 5}) {
            for (const auto& [height, width] :
                 {std::pair{40, 56}, std::pair{2, 3}, std::pair{17, 9}, std::pair{110, 101}}) {
                const Image image = hard(height, width, channels);
                for (const FillMode mode : kModes) {
                    for (const Semantics semantics : kSemantics) {
                        const AugmentationSettings settings = recipe(mode, semantics);
                        for (std::uint64_t index = 0; index < 25; ++index) {
                            const Drawn drawn = draw(settings, height, width, 3, 0, index);
                            QVERIFY(difference(instructionSets().back(), settings, drawn, image) < 0.01);
                        }
                    }
                }
            }
        }
    }

    void withBrightnessItIsTheReferenceBitForBit() {
        const Image four = hard(48, 64, 4);
        AugmentationSettings every = recipe(FillMode::Reflect, Semantics::Documented);
        every.brightnessRange = Range{0.5, 3.0};
        every.channelShiftRange = 40;
        NormalizationSettings imagenet;
        imagenet.preset = NormalizationSettings::Preset::Imagenet;
        for (std::uint64_t index = 0; index < 25; ++index)
            QCOMPARE(difference(instructionSets().back(), every, draw(every, 48, 64, 7, 0, index), four,
                                Normalizer(imagenet, 4)),
                     0.0);
        const Image image = hard(48, 64, 3);
        for (const FillMode mode : kModes) {
            AugmentationSettings settings = recipe(mode, Semantics::Documented);
            settings.brightnessRange = Range{0.5, 3.0};
            for (std::uint64_t index = 0; index < 100; ++index) {
                const Drawn drawn = draw(settings, 48, 64, 7, 0, index);
                QCOMPARE(difference(instructionSets().back(), settings, drawn, image), 0.0);
            }
            settings.gammaRange = Range{0.9, 1.08};
            settings.occlusion = OcclusionSettings{};
            settings.randomCrop = std::vector<int>{31, 45};
            NormalizationSettings caffe;
            caffe.preset = NormalizationSettings::Preset::Caffe;
            for (std::uint64_t index = 0; index < 25; ++index) {
                const Drawn drawn = draw(settings, 48, 64, 8, 0, index);
                QCOMPARE(difference(instructionSets().back(), settings, drawn, image, Normalizer(caffe, 3)), 0.0);
            }
        }
    }

    void wholePixelShiftsAndFlipsAreExact() {
        const Image image = hard(20, 33, 3);
        for (const FillMode mode : kModes) {
            AugmentationSettings settings;
            settings.fillMode = mode;
            for (const double shift : {0.0, 1.0, -4.0, 19.0, 40.0}) {
                Drawn drawn;
                drawn.tx = shift;
                drawn.ty = -shift / 2;
                drawn.ty = std::trunc(drawn.ty);
                drawn.flipHorizontal = shift > 0;
                drawn.flipVertical = shift < 0;
                for (const std::optional<double> brightness : {std::optional<double>(), std::optional<double>(1.3)}) {
                    drawn.brightness = brightness;
                    QCOMPARE(difference(instructionSets().back(), settings, drawn, image), 0.0);
                }
            }
        }
    }

    void stepsAfterTheWarpAndStatisticsStayNearTheReference() {
        const Image image = hard(48, 48, 3);
        AugmentationSettings settings = recipe(FillMode::Reflect, Semantics::Documented);
        settings.channelShiftRange = 40;
        settings.randomContrast = 0.4;
        settings.gammaRange = Range{0.9, 1.08};
        settings.randomCrop = std::vector<int>{40, 33};
        NormalizationSettings samplewise;
        samplewise.preset = NormalizationSettings::Preset::Keras;
        samplewise.rescale = 1 / 255.0;
        samplewise.samplewiseCenter = samplewise.samplewiseStd = true;
        for (std::uint64_t index = 0; index < 40; ++index) {
            const Drawn drawn = draw(settings, 48, 48, 9, 0, index);
            QVERIFY(difference(instructionSets().back(), settings, drawn, image) < 0.02);
            QVERIFY(difference(instructionSets().back(), settings, drawn, image, Normalizer(samplewise, 3)) < 1e-3);
        }
    }

    void channelShiftBeforeBrightnessIsTheReference() {
        Image pale = hard(40, 31, 3, 6); // neither 0 nor 255: the least and the most are between pixels
        for (std::uint8_t& value : pale.pixels)
            value = static_cast<std::uint8_t>(90 + value / 4);
        Image one(24, 24, 1); // a slope: many values near the extremes
        for (int y = 0; y < 24; ++y)
            for (int x = 0; x < 24; ++x)
                one.row(y)[x] = static_cast<std::uint8_t>(100 + (x + y) / 8);
        for (const Image& image : {hard(32, 32, 3), hard(110, 101, 3), pale, one}) {
            for (const FillMode mode : kModes) {
                AugmentationSettings settings = recipe(mode, Semantics::Documented);
                settings.channelShiftRange = 60;
                settings.brightnessRange = Range{0.5, 2.0};
                settings.gammaRange = Range{0.9, 1.08};
                settings.randomCrop = std::vector<int>{20, 21};
                for (std::uint64_t index = 0; index < 60; ++index) {
                    Drawn drawn = draw(settings, image.height, image.width, 4, 0, index);
                    if (index % 3 == 0)
                        drawn.channelShift = std::trunc(*drawn.channelShift); // every flat place is a whole number then
                    for (const InstructionSet set : {InstructionSet::Portable, instructionSets().back()})
                        QCOMPARE(difference(set, settings, drawn, image), 0.0);
                }
            }
        }
    }

    void wildGeometryAndTinyImagesTakeTheReference() {
        AugmentationSettings settings;
        for (const double shift : {1e7, -1e12, 1e300}) {
            Drawn drawn;
            drawn.tx = shift;
            QCOMPARE(difference(instructionSets().back(), settings, drawn, hard(8, 8, 3)), 0.0);
        }
        Drawn zoomed;
        zoomed.zx = 5000;
        zoomed.theta = 10;
        QCOMPARE(difference(instructionSets().back(), settings, zoomed, hard(64, 64, 3)), 0.0);
        Drawn turned;
        turned.theta = 20;
        QCOMPARE(difference(instructionSets().back(), settings, turned, hard(1, 5, 3)), 0.0);
        QCOMPARE(difference(instructionSets().back(), settings, turned, hard(5, 1, 1)), 0.0);
    }

    void exactForcesTheReference() {
        AugmentationSettings settings = recipe(FillMode::Reflect, Semantics::Documented);
        const Image image = hard(40, 40, 3);
        const Drawn drawn = draw(settings, 40, 40, 3, 0, 1);
        QVERIFY(difference(instructionSets().back(), settings, drawn, image) > 0); // else nothing would be forced
        settings.exact = true;
        QCOMPARE(difference(instructionSets().back(), settings, drawn, image), 0.0);
    }

    void allInstructionSetsGiveTheSameBits() {
        const std::vector<InstructionSet> sets = instructionSets();
        for (const int channels : {3, 1}) {
            for (const auto& [height, width] :
                 {std::pair{64, 64}, std::pair{29, 53}, std::pair{2, 2}, std::pair{5, 16}}) {
                const Image image = hard(height, width, channels);
                for (const FillMode mode : kModes) {
                    AugmentationSettings settings = recipe(mode, Semantics::Documented);
                    for (std::uint64_t index = 0; index < 40; ++index) {
                        settings.brightnessRange.reset();
                        settings.gammaRange.reset();
                        if (index % 3 != 0)
                            settings.brightnessRange = Range{0.5, 1.5};
                        if (index % 3 == 2)
                            settings.gammaRange = Range{0.9, 1.08};
                        const Drawn drawn = draw(settings, height, width, 11, 0, index);
                        const Normalizer normalizer(NormalizationSettings{}, channels);
                        const std::vector<float> expected =
                            fast(InstructionSet::Portable, settings, drawn, image, normalizer);
                        for (const InstructionSet set : sets)
                            QVERIFY2(sameBits(fast(set, settings, drawn, image, normalizer), expected), nameOf(set));
                    }
                }
            }
        }
    }

    void nothingBeyondTheResultIsWritten() {
        constexpr std::size_t kGuard = 64;
        const Image image = hard(19, 21, 3);
        const AugmentationSettings settings = recipe(FillMode::Reflect, Semantics::Documented);
        for (const InstructionSet set : instructionSets()) {
            std::vector<float> out(image.pixels.size() + 2 * kGuard, -777.0f);
            for (std::uint64_t index = 0; index < 50; ++index)
                applyFastWith(set, settings, draw(settings, 19, 21, 3, 0, index), image, Normalizer(image.channels),
                              out.data() + kGuard);
            for (std::size_t i = 0; i < kGuard; ++i)
                QVERIFY(out[i] == -777.0f && out[out.size() - 1 - i] == -777.0f);
        }
    }
};

QTEST_APPLESS_MAIN(FastPathTest)
#include "tst_FastPath.moc"
