// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>

#include "Test.h"
#include "augment/Color.h"
#include "data/Toys.h"
#include "engine/AskedModel.h"
#include "engine/explain/Door.h"
#include "engine/module/LoadedModel.h"
#include "support/Files.h"
#include "support/Random.h"
#include "zoo/Zoo.h"

using namespace sightline;

namespace {

constexpr int kHeight = 20, kWidth = 24, kPixels = kHeight * kWidth, kHidden = kPixels / 5;
constexpr double kWeight = 40, kBias = -10;

/// The score is the mean of the pixels, so that Grad-CAM is the image and every figure has a closed form.
const char* kMeanGraph = R"({"name":"mean","input":[20,24,1],"nodes":[{"id":"input","op":"input"},
  {"id":"conv","op":"conv2d","inputs":["input"],"attributes":{"filters":1,"kernel":1}},
  {"id":"relu","op":"activation","inputs":["conv"],"attributes":{"kind":"relu"}},
  {"id":"pool","op":"global_avg_pool","inputs":["relu"]},
  {"id":"fc","op":"dense","inputs":["pool"],"attributes":{"units":2}}],"outputs":[{"name":"main","node":"fc"}]})";

double probabilityOfMean(double sum) {
    return 1 / (1 + std::exp(-(kWeight * sum / kPixels + kBias)));
}

} // namespace

class TestTrust : public Test {
    Q_OBJECT
    QTemporaryDir m_folder;
    Image m_image{kHeight, kWidth, 1};
    std::vector<double> m_sharp, m_blurred; ///< 0...1, the hottest pixel first

    std::filesystem::path file(const char* name) const {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }
    void writeWeights(const char* name, float conv) const {
        const std::vector<float> one = {conv}, zero = {0}, dense = {static_cast<float>(kWeight), 0},
                                 bias = {static_cast<float>(kBias), 0};
        QVERIFY(writeSafetensors(file(name), {{"conv.weight", {1, 1, 1, 1}, one},
                                              {"conv.bias", {1}, zero},
                                              {"fc.weight", {2, 1}, dense},
                                              {"fc.bias", {2}, bias}})
                    .ok());
    }
    std::shared_ptr<const AskedModel> meanModel(const char* weights = "mean.safetensors") const {
        ModelSource source;
        source.model = file("mean.json").string();
        source.weights = file(weights);
        source.height = kHeight;
        source.width = kWidth;
        source.channels = 1;
        source.classes = 2;
        source.normalization.preset = NormalizationSettings::Preset::Rescale;
        return engine::open(source, 1).value();
    }
    TrustQuestion question(const char* target = "0") const {
        TrustQuestion asked;
        asked.of.image = m_image;
        asked.of.target = target;
        return asked;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(writeFileAtomically(file("mean.json"), kMeanGraph).ok());
        writeWeights("mean.safetensors", 1);
        CounterRandom random(11, RandomPurpose::Test);
        std::vector<std::uint8_t> levels(kPixels); // no two hottest alike: half the pixels have values of their own
        for (std::size_t i = 0; i < levels.size(); ++i)
            levels[i] = static_cast<std::uint8_t>(i < 250 ? 5 + i : random.below(5));
        const auto order = permutation(levels.size(), 3, RandomPurpose::Test);
        FloatImage soft(kHeight, kWidth, 1);
        for (std::size_t i = 0; i < levels.size(); ++i) {
            m_image.pixels[order[i]] = levels[i];
            soft.pixels[order[i]] = levels[i];
        }
        // Deviations differ along the two sides: once along each, on images of one line.
        FloatImage line(1, kWidth, 1), column(kHeight, 1, 1);
        for (int y = 0; y < kHeight; ++y) {
            std::copy_n(soft.row(y), kWidth, line.row(0));
            FloatImage tall(3, kWidth, 1); // rows alike, so that blurring downwards changes nothing
            for (int k = 0; k < 3; ++k)
                std::copy_n(line.row(0), kWidth, tall.row(k));
            blur(tall, kWidth / 16.0);
            std::copy_n(tall.row(1), kWidth, soft.row(y));
        }
        for (int x = 0; x < kWidth; ++x) {
            FloatImage wide(kHeight, 3, 1);
            for (int y = 0; y < kHeight; ++y)
                std::fill_n(wide.row(y), 3, soft.row(y)[x]);
            blur(wide, kHeight / 16.0);
            for (int y = 0; y < kHeight; ++y)
                soft.row(y)[x] = wide.row(y)[1];
        }
        std::vector<std::size_t> hottest(kPixels);
        for (std::size_t i = 0; i < hottest.size(); ++i)
            hottest[i] = i;
        std::stable_sort(hottest.begin(), hottest.end(),
                         [&](std::size_t a, std::size_t b) { return m_image.pixels[a] > m_image.pixels[b]; });
        for (const std::size_t pixel : hottest) {
            m_sharp.push_back(m_image.pixels[pixel] / 255.0);
            m_blurred.push_back(static_cast<double>(soft.pixels[pixel]) / 255.0);
        }
    }

    void deletionAndInsertionOfAMeanAreTheirClosedForms() {
        const auto trust = meanModel()->ask(question());
        QVERIFY2(trust.ok(), trust ? "" : trust.error().message.c_str());
        QCOMPARE(trust->deletion.size(), std::size_t{31});
        QCOMPARE(trust->insertion.size(), std::size_t{31});
        double whole = 0, areas[2] = {};
        for (const double value : m_sharp)
            whole += value;
        for (std::size_t step = 0; step <= 30; ++step) {
            double deleted = 0, inserted = 0;
            for (std::size_t i = 0; i < kPixels; ++i) {
                deleted += i < step * kPixels / 30 ? whole / kPixels : m_sharp[i];
                inserted += i < step * kPixels / 30 ? m_sharp[i] : m_blurred[i];
            }
            QVERIFY(std::abs(trust->deletion[step] - probabilityOfMean(deleted)) < 1e-5);
            QVERIFY(std::abs(trust->insertion[step] - probabilityOfMean(inserted)) < 1e-5);
            const double share = step == 0 || step == 30 ? 0.5 / 30 : 1.0 / 30;
            areas[0] += share * probabilityOfMean(deleted);
            areas[1] += share * probabilityOfMean(inserted);
        }
        QVERIFY(std::abs(trust->deletionAuc - areas[0]) < 1e-5);
        QVERIFY(std::abs(trust->insertionAuc - areas[1]) < 1e-5);
        QVERIFY(std::abs(trust->probability - probabilityOfMean(whole)) < 1e-5);
    }

    void theDropIsThatOfTheHottestFifthBlurred() {
        const auto trust = meanModel()->ask(question());
        double whole = 0, hidden = 0;
        for (std::size_t i = 0; i < kPixels; ++i) {
            whole += m_sharp[i];
            hidden += i < kHidden ? m_blurred[i] : m_sharp[i];
        }
        QVERIFY(std::abs(trust->drop - (probabilityOfMean(whole) - probabilityOfMean(hidden))) < 1e-5);
        QVERIFY(trust->drop > 0.1);
        QVERIFY(std::abs(trust->randomDrop) < trust->drop / 2); // of noise, any other fifth costs about nothing
    }

    void theSameSeedGivesTheSameFigures() {
        TrustQuestion other = question();
        other.of.seed = 5;
        const auto first = meanModel()->ask(question()), again = meanModel()->ask(question()),
                   second = meanModel()->ask(other);
        QCOMPARE(first->randomDrop, again->randomDrop);
        QCOMPARE(first->randomisedAll, again->randomisedAll);
        QVERIFY(first->randomDrop != second->randomDrop);
        QCOMPARE(first->deletion, second->deletion);
    }

    void aMapThatAsksNoClassifierStaysWhenThatIsDrawnAgain() {
        TrustQuestion asked = question();
        asked.of.method = HeatMapMethod::EigenCam;
        const auto trust = meanModel()->ask(asked);
        QVERIFY2(trust.ok(), trust ? "" : trust.error().message.c_str());
        QVERIFY(std::abs(trust->randomisedLast.value() - 1) < 1e-9);
        QVERIFY(verdictOf(*trust) == TrustVerdict::Indifferent);
    }

    void theNetworkThatIsAskedStaysAsItIs() {
        const auto model = meanModel();
        const auto before = model->ask(question().of);
        QVERIFY(model->ask(question()).ok());
        const auto after = model->ask(question().of);
        QCOMPARE(after->rawMap, before->rawMap);
        QCOMPARE(after->probabilities, before->probabilities);
    }

    void anEmptyMapIsNotApproved() {
        const auto trust = meanModel()->ask(question("1")); // nothing speaks for it
        QVERIFY2(trust.ok(), trust ? "" : trust.error().message.c_str());
        QVERIFY(trust->isEmpty);
        QVERIFY(verdictOf(*trust) == TrustVerdict::Fails);
        QVERIFY(!trust->randomisedLast && !trust->randomisedAll); // of a map of one value there is no correlation
        TrustQuestion oneColor = question();
        std::fill(oneColor.of.image.pixels.begin(), oneColor.of.image.pixels.end(), std::uint8_t{90});
        const auto flat = meanModel()->ask(oneColor);
        QVERIFY(flat.ok() && flat->isEmpty);
    }

    void weightsThatAreNoNumbersAreSaid() {
        writeWeights("nan.safetensors", std::numeric_limits<float>::quiet_NaN());
        const auto trust = meanModel("nan.safetensors")->ask(question());
        QVERIFY(!trust.ok());
        QVERIFY(!trust.error().message.empty());
    }

    void stopIsHeard() {
        std::stop_source stop;
        std::size_t told = 0;
        const auto trust = meanModel()->ask(question(), stop.get_token(),
                                            [&](std::size_t, std::size_t) { ++told, stop.request_stop(); });
        QVERIFY(!trust.ok());
        QVERIFY(trust.error().kind == ErrorKind::Cancelled);
        QCOMPARE(told, std::size_t{1});
    }

    void anUntrainedNetworksMapIsNotApproved() {
        const auto graph = buildFromZoo("toy_cnn", {64, 64, 3, 5, Json::object()});
        QVERIFY(graph.ok());
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            const auto module = engine::GraphModule::make(*graph, seed);
            const auto weights = file(("fresh" + std::to_string(seed) + ".safetensors").c_str());
            QVERIFY(module.ok() && engine::saveWeights(**module, weights).ok());
            ModelSource source;
            source.model = "toy_cnn";
            source.weights = weights;
            source.height = source.width = 64;
            source.classes = 5;
            source.normalization.preset = NormalizationSettings::Preset::Rescale;
            const auto model = engine::open(source, 1);
            QVERIFY2(model.ok(), model ? "" : model.error().message.c_str());
            for (int toy = 0; toy < 5; ++toy) {
                ToySettings toys;
                toys.size = 64;
                ToyBox box;
                TrustQuestion asked;
                asked.of.image = drawToy(toys, toy, Subset::Test, 0, box);
                const auto trust = (*model)->ask(asked);
                QVERIFY2(trust.ok(), trust ? "" : trust.error().message.c_str());
                QVERIFY2(verdictOf(*trust) != TrustVerdict::Shows, sentenceOn(*trust).c_str());
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestTrust)
#include "tst_Trust.moc"
