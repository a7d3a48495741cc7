// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "Test.h"
#include "augment/Augment.h"
#include "augment/Color.h"
#include "augment/Mixing.h"
#include "augment/Pointwise.h"
#include "augment/Policies.h"

using namespace sightline;

/// What each step does to pixels, against formulas and against values Pillow gave (tests/parity compares many more).
class StepsTest : public Test {
    Q_OBJECT

    static Image colors(int height, int width) {
        Image image(height, width, 3);
        for (std::size_t i = 0; i < image.pixels.size(); ++i)
            image.pixels[i] = static_cast<std::uint8_t>((i * 37 + i * i % 251) % 256);
        return image;
    }
    static FloatImage constant(int height, int width, int channels, float value) {
        FloatImage image(height, width, channels);
        std::fill(image.pixels.begin(), image.pixels.end(), value);
        return image;
    }
    static Image pixel(int r, int g, int b) {
        Image image(1, 1, 3);
        image.pixels = {static_cast<std::uint8_t>(r), static_cast<std::uint8_t>(g), static_cast<std::uint8_t>(b)};
        return image;
    }
    static AugmentationSettings everything() {
        AugmentationSettings s;
        s.rotationRange = 20;
        s.brightnessRange = Range{0.6, 1.4};
        s.channelShiftRange = 10;
        s.gammaRange = Range{0.93, 1.06};
        s.occlusion = OcclusionSettings{};
        s.randomCrop = std::vector<int>{24, 28};
        s.randomContrast = 0.2;
        s.randomResizedCrop = ResizedCropSettings{};
        s.policy = PolicySettings{PolicySettings::Name::RandAugment, 3, 20};
        s.saturationRange = Range{0, 2};
        s.hueRange = 40;
        s.blurSigma = Range{0.5, 2};
        s.gaussianNoise = 8;
        s.jpegQuality = Range{20, 90};
        s.cutout = CutoutSettings{4, 6, 40, 1};
        return s;
    }

private Q_SLOTS:
    void recordedParametersOfEveryStepGiveTheSameImage() {
        const AugmentationSettings settings = everything();
        const Image image = colors(32, 36);
        for (std::uint64_t index = 0; index < 40; ++index) {
            const Drawn drawn = draw(settings, 32, 36, 3, 1, index);
            const Result<Json> text = parseJson(toText(toJson(drawn)), "the draw");
            const Result<Drawn> again = drawnFromJson(*text);
            QVERIFY2(again.ok(), again.ok() ? "" : again.error().message.c_str());
            QVERIFY(*again == drawn);
            const FloatImage exact = applyExactly(settings, drawn, image);
            QVERIFY(applyExactly(settings, *again, image) == exact);
            std::vector<float> loaders(exact.pixels.size());
            applyFast(settings, drawn, image, Normalizer(image.channels), loaders.data());
            QVERIFY(loaders == exact.pixels); // such steps take the reference path
        }
    }

    void impossibleRecordsAreRefusedByName() {
        for (const char* text :
             {"{\"cutout\": [[1, 2, 3]]}", "{\"policy\": [[\"explode\", 1]]}", "{\"policy\": 3}",
              "{\"noise\": [3, -1]}", "{\"noise\": [3, 1.5]}", "{\"jpeg_quality\": 101}", "{\"blur\": -1}",
              "{\"occlusion\": [1, 2]}", "{\"occlusion\": [1e300, 2, 3]}", "{\"crop\": [0.5, 1]}",
              "{\"resized_crop\": [0, 0, 0, 4]}", "{\"saturation\": \"much\"}", "{\"tx\": 1e300}"}) {
            const Result<Drawn> drawn = drawnFromJson(*parseJson(text, "the draw"));
            QVERIFY2(!drawn.ok(), text);
            const std::string key(text + 2, static_cast<std::size_t>(std::strchr(text + 2, '"') - text - 2));
            QVERIFY2(drawn.error().message.find(key) != std::string::npos, drawn.error().message.c_str());
        }
    }

    void absurdWindowsAreCutToTheImage() {
        const Image image = colors(9, 11);
        Drawn drawn;
        drawn.cutout.push_back({{-50, 4, 60, 100000}, 9.0});
        drawn.occlusion = Drawn::Box{8, 100000, 5};
        drawn.resizedCrop = Window{7, 10, 100, 100};
        const FloatImage out = applyExactly({}, drawn, image);
        QCOMPARE(out.row(0)[4 * 3], 9.0f);
        QVERIFY(out.row(0)[3 * 3] != 9.0f || out.row(8)[3 * 3] != 9.0f);
    }

    void saturationMovesAwayFromGrey() {
        FloatImage image(1, 1, 3);
        image.pixels = {200, 100, 50};
        const float grey = (19595 * 200.0f + 38470 * 100.0f + 7471 * 50.0f) / 65536;
        FloatImage none = image, same = image, twice = image;
        changeSaturation(none, 0);
        changeSaturation(same, 1);
        changeSaturation(twice, 1.2);
        for (std::size_t c = 0; c < 3; ++c) {
            QVERIFY(std::abs(none.pixels[c] - grey) < 1e-3f);
            QVERIFY(std::abs(same.pixels[c] - image.pixels[c]) < 1e-3f);
            QVERIFY(std::abs(twice.pixels[c] - (grey + 1.2f * (image.pixels[c] - grey))) < 1e-3f);
        }
    }

    void hueTurnsRedToGreenToBlue() {
        FloatImage image(1, 2, 3);
        image.pixels = {250, 10, 10, 77, 77, 77};
        turnHue(image, 120);
        const std::vector<float> green = {10, 250, 10, 77, 77, 77};
        for (std::size_t i = 0; i < 6; ++i)
            QVERIFY(std::abs(image.pixels[i] - green[i]) < 1e-3f);
        turnHue(image, -240);
        QVERIFY(std::abs(image.pixels[2] - 250) < 1e-3f && image.pixels[3] == 77);
        turnHue(image, 60); // blue to magenta
        QVERIFY(std::abs(image.pixels[0] - 250) < 1e-3f && std::abs(image.pixels[1] - 10) < 1e-3f &&
                std::abs(image.pixels[2] - 250) < 1e-3f);
    }

    void greyImagesKeepTheirGrey() {
        FloatImage image = constant(4, 4, 1, 90);
        changeSaturation(image, 3);
        turnHue(image, 50);
        QVERIFY(image == constant(4, 4, 1, 90));
    }

    void blurSpreadsAPointAsTheGaussianDoes() {
        FloatImage image = constant(31, 31, 1, 0);
        image.row(15)[15] = 255;
        blur(image, 1.5);
        double sum = 0, variance = 0;
        for (int y = 0; y < 31; ++y) {
            for (int x = 0; x < 31; ++x) {
                sum += static_cast<double>(image.row(y)[x]);
                variance += static_cast<double>(image.row(y)[x]) * (x - 15) * (x - 15) / 255;
            }
        }
        QVERIFY(std::abs(sum - 255) < 0.01 && std::abs(variance - 1.5 * 1.5) < 0.01);
        FloatImage plain = constant(3, 2, 3, 42); // smaller than the kernel: the mirror repeats
        blur(plain, 9);
        for (const float value : plain.pixels)
            QVERIFY(std::abs(value - 42) < 1e-3f);
    }

    void noiseHasItsDeviationAndIsItsSeeds() {
        FloatImage image = constant(200, 200, 1, 128), again = image, other = image;
        addNoise(image, 10, 7);
        addNoise(again, 10, 7);
        addNoise(other, 10, 8);
        QVERIFY(image == again && !(image == other));
        double mean = 0, squares = 0;
        for (const float value : image.pixels) {
            mean += static_cast<double>(value) / 40000;
            squares += (static_cast<double>(value) - 128) * (static_cast<double>(value) - 128) / 40000;
        }
        QVERIFY(std::abs(mean - 128) < 0.3 && std::abs(std::sqrt(squares) - 10) < 0.25);
    }

    void jpegLosesMoreAtLowerQuality() {
        FloatImage image(32, 32, 3);
        for (std::size_t i = 0; i < image.pixels.size(); ++i)
            image.pixels[i] = static_cast<float>(128 + 100 * std::sin(0.01 * static_cast<double>(i)) *
                                                           std::cos(0.3 * static_cast<double>(i % 3)));
        const auto loss = [&](int quality) {
            FloatImage copy = image;
            compressAsJpeg(copy, quality);
            double sum = 0;
            for (std::size_t i = 0; i < copy.pixels.size(); ++i)
                sum += std::abs(static_cast<double>(copy.pixels[i] - image.pixels[i]));
            return sum / static_cast<double>(copy.pixels.size());
        };
        QVERIFY(loss(10) > loss(60) && loss(60) > loss(100) && loss(100) < 12);
        FloatImage red = constant(16, 16, 3, 0);
        for (std::size_t i = 0; i < red.pixels.size(); i += 3)
            red.pixels[i] = 200;
        compressAsJpeg(red, 95);
        QVERIFY(red.pixels[0] > 190 && red.pixels[2] < 10); // red stays red, not blue
        FloatImage one = constant(1, 1, 1, 99);
        compressAsJpeg(one, 90);
        QVERIFY(std::abs(one.pixels[0] - 99) < 3);
    }

    void policyOperationsAreThoseOfPillow() {
        const auto at = [](const char* name, double strength, const Image& image) {
            return applied({name, strength}, image, FillMode::Nearest, 0).pixels;
        };
        using Bytes = std::vector<std::uint8_t>;
        QCOMPARE(at("identity", 0, pixel(1, 2, 3)), (Bytes{1, 2, 3}));
        QCOMPARE(at("brightness", 1.5, pixel(200, 101, 3)), (Bytes{255, 151, 4}));
        QCOMPARE(at("color", 0, pixel(200, 100, 50)), (Bytes{124, 124, 124}));
        QCOMPARE(at("contrast", 0.5, pixel(200, 100, 50)), (Bytes{162, 112, 87}));
        QCOMPARE(at("posterize", 3, pixel(255, 100, 31)), (Bytes{224, 96, 0}));
        QCOMPARE(at("solarize", 128, pixel(127, 128, 255)), (Bytes{127, 127, 0}));
        Image ramp(1, 4, 1);
        ramp.pixels = {50, 100, 150, 200};
        QCOMPARE(at("auto-contrast", 0, ramp), (Bytes{0, 85, 170, 255}));
        QCOMPARE(at("equalize", 0, ramp), ramp.pixels); // fewer pixels than levels: as it is
        Image levels(16, 32, 1);                        // 512 pixels of two levels
        std::fill(levels.pixels.begin() + 256, levels.pixels.end(), std::uint8_t{10});
        const Bytes flat = at("equalize", 0, levels);
        QVERIFY(flat[0] == 0 && flat[300] == 255);
        Image spot(3, 3, 1);
        spot.pixels[4] = 130;
        QCOMPARE(applied({"sharpness", 0}, spot, FillMode::Nearest, 0).pixels[4], std::uint8_t(50)); // 5 / 13 of it
    }

    void policyShiftsReadBeyondTheBorderAsTheSettingsSay() {
        Image ramp(1, 4, 1);
        ramp.pixels = {50, 100, 150, 200};
        QCOMPARE(applied({"translate-x", 1}, ramp, FillMode::Nearest, 0).pixels,
                 (std::vector<std::uint8_t>{100, 150, 200, 200}));
        QCOMPARE(applied({"translate-x", -2}, ramp, FillMode::Constant, 7).pixels,
                 (std::vector<std::uint8_t>{7, 7, 50, 100}));
    }

    void mixingIsTheFormula() {
        std::vector<float> own(4 * 4 * 3, 10), other(4 * 4 * 3, 30);
        Mixture mixture;
        mixture.kind = Mixture::Kind::Mixup;
        mixture.share = 0.75;
        std::vector<float> mixed = own;
        mix(mixture, other.data(), mixed.data(), 4, 4, 3);
        for (const float value : mixed)
            QCOMPARE(value, 15.0f);
        mixture.kind = Mixture::Kind::Cutmix;
        mixture.window = {1, 2, 2, 1};
        mixed = own;
        mix(mixture, other.data(), mixed.data(), 4, 4, 3);
        for (std::size_t y = 0; y < 4; ++y)
            for (std::size_t x = 0; x < 4; ++x)
                QCOMPARE(mixed[(y * 4 + x) * 3], (y == 1 || y == 2) && x == 2 ? 30.0f : 10.0f);
    }

    void impossibleSettingsAreProblemsAtTheirPaths() {
        const std::pair<const char*, const char*> wrong[] = {
            {"{\"gaussian_noise\": -1}", "gaussian_noise"},
            {"{\"blur_sigma\": [2, 1]}", "blur_sigma"},
            {"{\"blur_sigma\": 3}", "blur_sigma"},
            {"{\"jpeg_quality\": [0, 50]}", "jpeg_quality"},
            {"{\"jpeg_quality\": [10.5, 50]}", "jpeg_quality"},
            {"{\"hue_range\": 181}", "hue_range"},
            {"{\"saturation_range\": [-1, 1]}", "saturation_range"},
            {"{\"mixup\": -0.1}", "mixup"},
            {"{\"cutmix\": 1000}", "cutmix"},
            {"{\"cutout\": {\"holes\": 0}}", "cutout.holes"},
            {"{\"cutout\": {\"size\": 0}}", "cutout.size"},
            {"{\"cutout\": {\"probability\": 2}}", "cutout.probability"},
            {"{\"random_resized_crop\": {\"scale\": [0, 1]}}", "random_resized_crop.scale"},
            {"{\"random_resized_crop\": {\"ratio\": [2, 1]}}", "random_resized_crop.ratio"},
            {"{\"random_resized_crop\": {\"scales\": [0.5, 1]}}", "random_resized_crop.scales"},
            {"{\"policy\": {\"name\": \"auto\"}}", "policy.name"},
            {"{\"policy\": {}}", "policy.name"},
            {"{\"policy\": {\"name\": \"rand-augment\", \"magnitude\": 31}}", "policy.magnitude"},
            {"{\"policy\": {\"name\": \"rand-augment\", \"operations\": 0}}", "policy.operations"},
            {"{\"gamma_range\": [0, 1]}", "gamma_range"},
            {"{\"rotation_range\": -5}", "rotation_range"},
            {"{\"zoom_range\": 1.2}", "zoom_range"},
            {"{\"shear_range\": 90}", "shear_range"},
            {"{\"brightness_range\": [1]}", "brightness_range"},
            {"{\"occlusion\": {\"size\": 0}}", "occlusion.size"},
            {"{\"random_contrast\": 2}", "random_contrast"},
            {"{\"mix\": 1}", "mix"}};
        for (const auto& [text, path] : wrong) {
            std::vector<Problem> found;
            const AugmentationSettings settings = augmentationFromJson(*parseJson(text, "it"), "augmentation", found);
            for (Problem& problem : problems(settings))
                found.push_back(std::move(problem));
            QVERIFY2(std::any_of(found.begin(), found.end(),
                                 [path = std::string("augmentation.") + path](const Problem& problem) {
                                     return problem.path == path;
                                 }),
                     text);
        }
    }

    void settingsSurviveTheirJson() {
        AugmentationSettings settings = everything();
        settings.mixup = 0.2;
        settings.cutmix = 1;
        std::vector<Problem> found;
        QVERIFY(augmentationFromJson(*parseJson(toText(toJson(settings)), "it"), "", found) == settings);
        QVERIFY(found.empty() && problems(settings).empty());
    }
};

QTEST_APPLESS_MAIN(StepsTest)
#include "tst_Steps.moc"
