// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>

#include "Test.h"
#include "augment/Fitting.h"
#include "store/FittedNormalizationFile.h"

using namespace sightline;

namespace {

/// Images in memory, as a data set.
class Pictures : public ImageSource {
public:
    std::vector<Image> images;

    Result<std::vector<std::uint8_t>> bytes(const Sample&) const override {
        return Error{"These pictures have no files."};
    }
    Result<Image> decoded(const Sample& sample, const PixelSettings&) const override {
        return images[static_cast<std::size_t>(std::stoi(sample.path))];
    }
    std::filesystem::path file(const Sample&) const override { return {}; }
};

} // namespace

/// Keras' standardize (SPEC 1.7) on values of the real releases (tests/golden/standardize.json).
class NormalizationTest : public Test {
    Q_OBJECT

    Json m_golden;
    Dataset m_dataset;
    std::vector<std::uint32_t> m_all;

    static NormalizationSettings settingsFrom(const Json& json, std::vector<Problem>& found) {
        return experimentFromJson({{"normalization", json}}, found).normalization;
    }

    LoaderSettings loader(const NormalizationSettings& normalization, Semantics semantics) const {
        LoaderSettings settings;
        settings.data.imageHeight = 3;
        settings.data.imageWidth = 2;
        settings.normalization = normalization;
        settings.augmentation.semantics = semantics;
        settings.batchSize = 7;
        return settings;
    }

private Q_SLOTS:
    void initTestCase() {
        m_golden = *readJsonFile(std::string(SIGHTLINE_GOLDEN_DIR) + "/standardize.json");
        auto pictures = std::make_shared<Pictures>();
        for (const Json& rows : m_golden["images"]) {
            Image image(3, 2, 3);
            std::size_t i = 0;
            for (const Json& row : rows)
                for (const Json& pixel : row)
                    for (const Json& value : pixel)
                        image.pixels[i++] = value.get<std::uint8_t>();
            Sample sample;
            sample.path = std::to_string(pictures->images.size());
            sample.label = 0;
            m_all.push_back(static_cast<std::uint32_t>(pictures->images.size()));
            m_dataset.samples.push_back(sample);
            pictures->images.push_back(image);
        }
        m_dataset.classes = {"any"};
        m_dataset.source = pictures;
        QCOMPARE(m_all.size(), std::size_t(30));
    }

    void featurewiseSamplewiseAndZcaEqualBothReleasesOfKeras() {
        QCOMPARE(m_golden["cases"].size(), std::size_t(12));
        for (const Json& item : m_golden["cases"]) {
            std::vector<Problem> found;
            const NormalizationSettings settings = settingsFrom(item["settings"], found);
            const LoaderSettings asked =
                loader(settings, item["regime"] == "A" ? Semantics::Keras28 : Semantics::Keras29);
            const auto fitted = fitNormalization(m_dataset, m_all, asked);
            QVERIFY(fitted.ok());
            QCOMPARE(*fitted != nullptr, settings.needsFit());
            const Normalizer normalizer(settings, 3, *fitted);
            const Json& out = item["out"];
            for (std::size_t k = 0; k < 2; ++k) {
                const Image image = *m_dataset.source->decoded(m_dataset.samples[k == 0 ? 0 : 5], PixelSettings());
                std::vector<float> pixels(image.pixels.begin(), image.pixels.end());
                normalizer.apply(pixels.data(), 6, 3);
                for (std::size_t i = 0; i < pixels.size(); ++i) {
                    const double expected = out[k][i / 6][i / 3 % 2][i % 3].get<double>();
                    QVERIFY2(std::abs(static_cast<double>(pixels[i]) - expected) < 2e-3 * (1 + std::abs(expected)),
                             qPrintable(QStringLiteral("%1: %2, not %3")
                                            .arg(QString::fromStdString(item.dump().substr(0, 120)))
                                            .arg(static_cast<double>(pixels[i]))
                                            .arg(expected)));
                }
            }
        }
    }

    void preprocessModesAreKerass() {
        const std::tuple<const char*, std::array<double, 3>> modes[] = {
            {"tf", {200 / 127.5 - 1, 100 / 127.5 - 1, 50 / 127.5 - 1}},
            {"caffe", {50 - 103.939, 100 - 116.779, 200 - 123.68}},
            {"torch", {(200 / 255.0 - 0.485) / 0.229, (100 / 255.0 - 0.456) / 0.224, (50 / 255.0 - 0.406) / 0.225}}};
        for (const auto& [name, expected] : modes) {
            std::vector<Problem> found;
            const NormalizationSettings settings =
                settingsFrom({{"preprocessing_function", name}, {"rescale", 0.5}}, found);
            QVERIFY(settings.preset == NormalizationSettings::Preset::Keras);
            std::array<float, 3> pixel = {200, 100, 50};
            Normalizer(settings, 3).apply(pixel.data(), 1, 3);
            for (std::size_t c = 0; c < 3; ++c)
                QVERIFY(std::abs(static_cast<double>(pixel[c]) - 0.5 * expected[c]) < 1e-4); // rescale comes after it
        }
    }

    void whitenedImagesHaveNoCorrelationLeft() {
        std::vector<Problem> found;
        const NormalizationSettings settings = settingsFrom({{"zca_whitening", true}}, found);
        const auto fitted = fitNormalization(m_dataset, m_all, loader(settings, Semantics::Documented));
        QVERIFY(fitted.ok() && (*fitted)->whitening.size() == 18 * 18);
        const Normalizer normalizer(settings, 3, *fitted);
        QVERIFY(!normalizer.isAffine());
        std::vector<std::vector<float>> rows;
        for (const Sample& sample : m_dataset.samples) {
            const Image image = *m_dataset.source->decoded(sample, PixelSettings());
            rows.emplace_back(image.pixels.begin(), image.pixels.end());
            normalizer.apply(rows.back().data(), 6, 3);
        }
        for (std::size_t i = 0; i < 18; ++i) {
            for (std::size_t j = 0; j < 18; ++j) {
                double sum = 0;
                for (const auto& row : rows)
                    sum += static_cast<double>(row[i]) * static_cast<double>(row[j]) / 30;
                QVERIFY(std::abs(sum - (i == j ? 1 : 0)) < 1e-3);
            }
        }
    }

    void fittedValuesSurviveTheirFile() {
        std::vector<Problem> found;
        const NormalizationSettings settings = settingsFrom({{"zca_whitening", true}}, found);
        const auto fitted = fitNormalization(m_dataset, m_all, loader(settings, Semantics::Documented));
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        QVERIFY(!readFittedNormalization(path, settings, 3).ok());
        QVERIFY(writeFittedNormalization(path, **fitted).ok());
        const auto again = readFittedNormalization(path, settings, 3);
        QVERIFY(again.ok() && **again == **fitted);
        QVERIFY(!readFittedNormalization(path, settings, 1).ok()); // of other images
        QVERIFY(readFittedNormalization(path, {}, 1).ok());        // nothing needed, nothing read
    }

    void theFitIgnoresAugmentationAndPreprocessing() {
        std::vector<Problem> found;
        const NormalizationSettings plain = settingsFrom({{"featurewise_center", true}}, found),
                                    mode = settingsFrom(
                                        {{"featurewise_center", true}, {"preprocessing_function", "tf"}}, found);
        LoaderSettings augmented = loader(mode, Semantics::Documented);
        augmented.augmentation.brightnessRange = Range{0, 0.1};
        QVERIFY(**fitNormalization(m_dataset, m_all, loader(plain, Semantics::Documented)) ==
                **fitNormalization(m_dataset, m_all, augmented));
    }

    void tooLargeImagesForWhiteningAreAProblem() {
        std::vector<Problem> found;
        experimentFromJson({{"data", {{"image_size", {64, 64}}}}, {"normalization", {{"zca_whitening", true}}}}, found);
        QVERIFY(std::any_of(found.begin(), found.end(),
                            [](const Problem& problem) { return problem.path == "normalization.zca_whitening"; }));
        found.clear();
        experimentFromJson({{"data", {{"image_size", {64, 64}}, {"color_mode", "grayscale"}}},
                            {"normalization", {{"zca_whitening", true}, {"zca_epsilon", 0}}}},
                           found);
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].path, std::string("normalization.zca_epsilon"));
    }

    void aStoppedFitSaysSo() {
        std::vector<Problem> found;
        std::stop_source stop;
        stop.request_stop();
        const auto fitted = fitNormalization(
            m_dataset, m_all, loader(settingsFrom({{"featurewise_center", true}}, found), Semantics::Documented),
            stop.get_token());
        QVERIFY(!fitted.ok() && fitted.error().kind == ErrorKind::Cancelled);
    }
};

QTEST_APPLESS_MAIN(NormalizationTest)
#include "tst_Normalization.moc"
