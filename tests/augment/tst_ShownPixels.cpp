// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "Test.h"
#include "augment/ShownPixels.h"

using namespace sightline;

/// What a network is given can be looked at again.
class ShownPixelsTest : public Test {
    Q_OBJECT

    using Preset = NormalizationSettings::Preset;

    /// Every byte, in another order in each channel.
    static std::vector<float> image(int channels) {
        std::vector<float> values;
        for (int i = 0; i < 256; ++i)
            for (int c = 0; c < channels; ++c)
                values.push_back(static_cast<float>((i * (2 * c + 1) + 31 * c) % 256));
        return values;
    }

private Q_SLOTS:
    void everyPresetIsUndone() {
        for (const Preset preset : {Preset::None, Preset::Rescale, Preset::Imagenet, Preset::Half, Preset::Caffe}) {
            std::vector<float> values = image(3);
            const std::vector<std::uint8_t> before(values.begin(), values.end());
            const Normalizer normalizer(NormalizationSettings{preset}, 3);
            normalizer.apply(values.data(), 256, 3);
            QCOMPARE(shownPixels(values, 3, normalizer), before);
        }
    }

    void aFittedMeanIsUndone() {
        NormalizationSettings settings{Preset::Keras};
        settings.featurewiseCenter = settings.featurewiseStd = true;
        auto fitted = std::make_shared<FittedNormalization>();
        fitted->mean = {120, 100, 80};
        fitted->deviation = {50, 60, 70};
        std::vector<float> values = image(3);
        const std::vector<std::uint8_t> before(values.begin(), values.end());
        const Normalizer normalizer(settings, 3, fitted);
        normalizer.apply(values.data(), 256, 3);
        QCOMPARE(shownPixels(values, 3, normalizer), before);
    }

    void whatCannotBeUndoneIsSpread() {
        NormalizationSettings settings{Preset::Keras};
        settings.samplewiseCenter = settings.samplewiseStd = true;
        std::vector<float> values = {10, 20, 30, 110, 60, 40};
        const Normalizer normalizer(settings, 3);
        normalizer.apply(values.data(), 2, 3);
        QCOMPARE(shownPixels(values, 3, normalizer), (std::vector<std::uint8_t>{0, 26, 51, 255, 128, 77}));
    }

    void oneChannelIsGrayAndMoreAreCut() {
        QCOMPARE(shownPixels(std::vector<float>{7, 200}, 1, Normalizer(1)),
                 (std::vector<std::uint8_t>{7, 7, 7, 200, 200, 200}));
        QCOMPARE(shownPixels(std::vector<float>{1, 2, 3, 4, 5}, 5, Normalizer(5)),
                 (std::vector<std::uint8_t>{1, 2, 3}));
        QVERIFY(shownPixels({}, 3, Normalizer(3)).empty());
    }
};

QTEST_APPLESS_MAIN(ShownPixelsTest)
#include "tst_ShownPixels.moc"
