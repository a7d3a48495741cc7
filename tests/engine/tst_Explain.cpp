// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

#include "Test.h"
#include "engine/AskedModel.h"
#include "engine/explain/Door.h"
#include "engine/explain/HeatMapTarget.h"
#include "engine/questions/TargetClasses.h"
#include "store/Safetensors.h"
#include "support/Files.h"
#include "support/Random.h"

using namespace sightline;

namespace {

constexpr int kSide = 4, kFilters = 3, kClasses = 2;

/// Convolution 1 x 1, an activation, global average pooling, a classifier: its Grad-CAM is CAM (Zhou et al. 2016).
const char* kPooledGraph = R"({"name":"tiny","input":[4,4,1],"nodes":[{"id":"input","op":"input"},
  {"id":"conv","op":"conv2d","inputs":["input"],"attributes":{"filters":3,"kernel":1}},
  {"id":"relu","op":"activation","inputs":["conv"],"attributes":{"kind":"relu"}},
  {"id":"pool","op":"global_avg_pool","inputs":["relu"]},
  {"id":"fc","op":"dense","inputs":["pool"],"attributes":{"units":2}}],"outputs":[{"name":"main","node":"fc"}]})";

/// A head that is not linear in the activations, smooth for finite differences.
const char* kSmoothGraph = R"({"name":"smooth","input":[3,3,1],"nodes":[{"id":"input","op":"input"},
  {"id":"conv","op":"conv2d","inputs":["input"],"attributes":{"filters":2,"kernel":3,"padding":1}},
  {"id":"tanh","op":"activation","inputs":["conv"],"attributes":{"kind":"tanh"}},
  {"id":"flatten","op":"flatten","inputs":["tanh"]},
  {"id":"fc","op":"dense","inputs":["flatten"],"attributes":{"units":2}}],"outputs":[{"name":"main","node":"fc"}]})";

const std::vector<float> kConv = {1, -1, 2}, kConvBias = {0, 0.5f, -0.25f};
const std::vector<float> kDense = {0.5f, 1, -2, -1, -0.5f, -0.25f}, kDenseBias = {0.1f, -0.1f};

Image someImage(int side) {
    Image image(side, side, 1);
    CounterRandom random(7, RandomPurpose::Test);
    for (auto& pixel : image.pixels)
        pixel = static_cast<std::uint8_t>(random.below(256));
    return image;
}

/// relu(w x + b) of the pooled graph, filter by filter.
float activation(const Image& image, int filter, int place) {
    const auto k = static_cast<std::size_t>(filter);
    return std::max(0.0f, kConv[k] * static_cast<float>(image.pixels[static_cast<std::size_t>(place)]) / 255.0f +
                              kConvBias[k]);
}

} // namespace

class TestExplain : public Test {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::filesystem::path file(const char* name) const {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    /// What is asked, and of whom.
    struct Put : HeatMapQuestion {
        ModelSource source;
    };
    static Result<HeatMap> explained(const Put& asked) {
        const auto model = engine::open(asked.source, 1);
        return model ? (*model)->ask(HeatMapQuestion(asked)) : model.error();
    }

    Put request(const char* graph, const char* weights, int side) const {
        Put asked;
        asked.source.model = file(graph).string();
        asked.source.weights = file(weights);
        asked.source.height = asked.source.width = side;
        asked.source.channels = 1;
        asked.source.classes = kClasses;
        asked.source.normalization.preset = NormalizationSettings::Preset::Rescale;
        asked.image = someImage(side);
        return asked;
    }
    Put pooled(HeatMapMethod method, const char* target = "0") const {
        Put asked = request("pooled.json", "pooled.safetensors", kSide);
        asked.method = method;
        asked.target = target;
        return asked;
    }
    static std::string refusal(const Put& asked) {
        const auto explanation = explained(asked);
        return explanation ? std::string() : explanation.error().message;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(writeFileAtomically(file("pooled.json"), kPooledGraph).ok());
        QVERIFY(writeFileAtomically(file("smooth.json"), kSmoothGraph).ok());
        QVERIFY(writeSafetensors(file("pooled.safetensors"), {{"conv.weight", {3, 1, 1, 1}, kConv},
                                                              {"conv.bias", {3}, kConvBias},
                                                              {"fc.weight", {2, 3}, kDense},
                                                              {"fc.bias", {2}, kDenseBias}})
                    .ok());
        CounterRandom random(3, RandomPurpose::Test);
        std::vector<float> conv(18), dense(36), zero(2, 0.0f);
        for (auto* values : {&conv, &dense})
            for (float& value : *values)
                value = static_cast<float>(random.uniform(-1, 1));
        QVERIFY(writeSafetensors(file("smooth.safetensors"), {{"conv.weight", {2, 1, 3, 3}, conv},
                                                              {"conv.bias", {2}, zero},
                                                              {"fc.weight", {2, 18}, dense},
                                                              {"fc.bias", {2}, zero}})
                    .ok());
    }

    void gradCamOfAPooledHeadIsTheClassActivationMap_data() {
        QTest::addColumn<int>("method");
        QTest::newRow("gradcam") << static_cast<int>(HeatMapMethod::GradCam);
        QTest::newRow("hirescam equals it") << static_cast<int>(HeatMapMethod::HiResCam);
        QTest::newRow("xgradcam equals it") << static_cast<int>(HeatMapMethod::XGradCam);
    }

    void gradCamOfAPooledHeadIsTheClassActivationMap() {
        QFETCH(int, method);
        const auto explanation = explained(pooled(static_cast<HeatMapMethod>(method)));
        QVERIFY2(explanation.ok(), explanation ? "" : explanation.error().message.c_str());
        QCOMPARE(explanation->layer, std::string("relu"));
        const Image image = someImage(kSide);
        for (int place = 0; place < kSide * kSide; ++place) {
            float cam = 0;
            for (int k = 0; k < kFilters; ++k)
                cam += kDense[static_cast<std::size_t>(k)] / (kSide * kSide) * activation(image, k, place);
            QVERIFY(std::abs(explanation->rawMap.values[static_cast<std::size_t>(place)] - std::max(0.0f, cam)) <
                    1e-5f);
        }
        QCOMPARE(*std::max_element(explanation->map.values.begin(), explanation->map.values.end()), 1.0f);
    }

    void layerCamKeepsWhatSpeaksForTheClassOnly() {
        const auto explanation = explained(pooled(HeatMapMethod::LayerCam));
        QVERIFY(explanation.ok());
        const Image image = someImage(kSide);
        for (int place = 0; place < kSide * kSide; ++place) {
            float map = 0;
            for (int k = 0; k < kFilters; ++k)
                map +=
                    std::max(0.0f, kDense[static_cast<std::size_t>(k)]) / (kSide * kSide) * activation(image, k, place);
            QVERIFY(std::abs(explanation->rawMap.values[static_cast<std::size_t>(place)] - map) < 1e-5f);
        }
    }

    void theGradientEqualsFiniteDifferences() {
        Put asked = request("smooth.json", "smooth.safetensors", 3);
        asked.method = HeatMapMethod::HiResCam; // at the input: gradient times pixel
        asked.layer = "input";
        asked.target = "1";
        const auto explanation = explained(asked);
        QVERIFY2(explanation.ok(), explanation ? "" : explanation.error().message.c_str());
        ForwardRequest forward{asked.source.model, Json::object(), asked.source.weights, {{3, 3, 1}, {}}, kClasses, 1};
        for (const std::uint8_t pixel : asked.image.pixels)
            forward.input.values.push_back(static_cast<float>(pixel) / 255.0f);
        double largest = 0;
        for (std::size_t place = 0; place < 9; ++place) {
            constexpr float kStep = 0.01f;
            const float pixel = forward.input.values[place];
            forward.input.values[place] = pixel + kStep;
            const double above = static_cast<double>(engine::forward(forward)->values[1]);
            forward.input.values[place] = pixel - kStep;
            const double below = static_cast<double>(engine::forward(forward)->values[1]);
            forward.input.values[place] = pixel;
            const double expected =
                std::max(0.0, (above - below) / (2 * static_cast<double>(kStep)) * static_cast<double>(pixel));
            largest = std::max(largest, expected);
            QVERIFY(std::abs(static_cast<double>(explanation->rawMap.values[place]) - expected) < 1e-3);
        }
        QVERIFY(largest > 0.01);
    }

    void theSameImageGivesTheSameMap() {
        const auto first = explained(pooled(HeatMapMethod::GradCam)),
                   second = explained(pooled(HeatMapMethod::GradCam));
        QCOMPARE(first->map, second->map);
    }

    void newWeightsInTheSameFileAreSeen() {
        const auto copy = file("changing.safetensors");
        std::filesystem::copy_file(file("pooled.safetensors"), copy);
        Put asked = pooled(HeatMapMethod::GradCam);
        asked.source.weights = copy;
        const auto before = explained(asked);
        const std::vector<float> dense = {9, 9, 9, -9, -9, -9}, longer = {1, 2, 3};
        QVERIFY(writeSafetensors(copy, {{"conv.weight", {3, 1, 1, 1}, kConv},
                                        {"conv.bias", {3}, kConvBias},
                                        {"fc.weight", {2, 3}, dense},
                                        {"fc.bias", {2}, kDenseBias},
                                        {"unused", {3}, longer}})
                    .ok());
        const auto after = explained(asked);
        QVERIFY(before.ok() && after.ok());
        QVERIFY(before->rawMap != after->rawMap);
    }

    void nothingThatSpeaksForTheTargetIsSaturated() {
        const auto explanation = explained(pooled(HeatMapMethod::GradCam, "1")); // all its weights are negative
        QVERIFY(explanation.ok());
        QVERIFY(explanation->saturated);
        QCOMPARE(explanation->maximum, 0.0);
        QCOMPARE(explanation->map.size(), std::int64_t(kSide * kSide));
    }

    void whatCannotBeExplainedIsRefusedByName() {
        Put asked = pooled(HeatMapMethod::GradCam);
        asked.layer = "nowhere";
        QVERIFY(refusal(asked).find("nowhere") != std::string::npos);
        asked.layer = "fc";
        QVERIFY(refusal(asked).find("height and width") != std::string::npos);
        asked.layer = "conv";
        for (const HeatMapMethod method : {HeatMapMethod::GradCamPlusPlus, HeatMapMethod::XGradCam}) {
            asked.method = method;
            QVERIFY(refusal(asked).find("activation") != std::string::npos);
        }
        asked = pooled(HeatMapMethod::GradCam, "7");
        QVERIFY(refusal(asked).find("7") != std::string::npos);
        asked = pooled(HeatMapMethod::GradCam);
        asked.source.weights = file("smooth.safetensors");
        QVERIFY(refusal(asked).find("conv.weight") != std::string::npos);
        asked = pooled(HeatMapMethod::GradCam);
        asked.image = {};
        QVERIFY(!refusal(asked).empty());
    }

    void eigenCamOfParallelChannelsIsTheirCentredPattern() {
        // One positive filter thrice: the first component is the pattern less its mean.
        const std::vector<float> conv = {1, 2, 3}, bias = {0, 0, 0};
        QVERIFY(writeSafetensors(file("parallel.safetensors"), {{"conv.weight", {3, 1, 1, 1}, conv},
                                                                {"conv.bias", {3}, bias},
                                                                {"fc.weight", {2, 3}, kDense},
                                                                {"fc.bias", {2}, kDenseBias}})
                    .ok());
        Put asked = pooled(HeatMapMethod::EigenCam);
        asked.source.weights = file("parallel.safetensors");
        const auto explanation = explained(asked);
        QVERIFY2(explanation.ok(), explanation ? "" : explanation.error().message.c_str());
        const Image image = someImage(kSide);
        double mean = 0, low = 0, high = 0;
        for (const std::uint8_t pixel : image.pixels)
            mean += pixel / 255.0 / (kSide * kSide);
        for (const std::uint8_t pixel : image.pixels) {
            low = std::min(low, pixel / 255.0 - mean);
            high = std::max(high, pixel / 255.0 - mean);
        }
        const double sign = -low > high ? -1 : 1;
        for (std::size_t place = 0; place < image.pixels.size(); ++place) {
            const double expected = std::max(0.0, sign * (image.pixels[place] / 255.0 - mean)) * std::sqrt(14.0);
            QVERIFY(std::abs(static_cast<double>(explanation->rawMap.values[place]) - expected) < 1e-4);
        }
    }

    void theDifferenceOfTwoClassesIsTheMapOfTheirWeights() {
        const auto explanation = explained(pooled(HeatMapMethod::GradCam, "0-1"));
        QVERIFY(explanation.ok());
        QCOMPARE(explanation->target, std::string("0-1"));
        const Image image = someImage(kSide);
        for (int place = 0; place < kSide * kSide; ++place) {
            float cam = 0;
            for (int k = 0; k < kFilters; ++k)
                cam += (kDense[static_cast<std::size_t>(k)] - kDense[static_cast<std::size_t>(k + kFilters)]) /
                       (kSide * kSide) * activation(image, k, place);
            QVERIFY(std::abs(explanation->rawMap.values[static_cast<std::size_t>(place)] - std::max(0.0f, cam)) <
                    1e-5f);
        }
    }

    void targetsAreReadWithDashesInNames() {
        const std::vector<std::string> classes = {"a-b", "b", "c", "a"};
        const auto read = [&](const char* text) { return parseHeatMapTarget(text, classes, 4, 2, 1); };
        QCOMPARE(read("a-b")->positive, 0);
        QCOMPARE(read("a-b")->negative, -1);
        QCOMPARE(read("a-b-c")->negative, 2);
        QCOMPARE(read("c-a-b")->negative, 0);
        QCOMPARE(read("predicted")->positive, 2);
        QCOMPARE(read("true")->name, std::string("b"));
        QCOMPARE(read("3")->name, std::string("a"));
        QCOMPARE(read("predicted-true")->name, std::string("c-b"));
        for (const char* wrong : {"", "-", "d", "4", "c-c", "c-", "-c", "99999999999999"})
            QVERIFY(!read(wrong).ok());
        QVERIFY(!parseHeatMapTarget("true", classes, 4, 2, -1).ok());
    }

    void wordsMeanWhatTheySayWhereClassesAreNamedSo() {
        const std::vector<std::string> classes = {"predicted", "cat", "true", "1"};
        const auto read = [&](const char* text) { return parseHeatMapTarget(text, classes, 4, 3, 1); };
        QCOMPARE(read("true")->positive, 1);
        QCOMPARE(read("predicted")->positive, 3);
        QCOMPARE(read("2")->name, std::string("true"));
        QCOMPARE(read("true-2")->negative, 2);
        QCOMPARE(targetText(classes, 2), std::string("2"));
        QCOMPARE(targetText(classes, 0), std::string("0"));
        QCOMPARE(targetText(classes, 3), std::string("1"));
        QCOMPARE(targetText(classes, 1, 3), std::string("cat-1"));
        const std::string refused = parseHeatMapTarget("true", classes, 4, 3, -1).error().message;
        QVERIFY2(refused.ends_with("not known; the class named true is number 2."), refused.c_str());
        QCOMPARE(targetText({"a-b", "b", "a", "b-b"}, 0, 1), std::string("0-1")); // not a rather than b-b
    }

    /// Two scores that differ by less than a probability's digits: what is predicted is what is explained.
    void whatIsPredictedIsWhatIsExplained() {
        const std::vector<float> none(6, 0.0f), alike = {1e-9f, 2e-9f};
        QVERIFY(writeSafetensors(file("alike.safetensors"), {{"conv.weight", {3, 1, 1, 1}, kConv},
                                                             {"conv.bias", {3}, kConvBias},
                                                             {"fc.weight", {2, 3}, none},
                                                             {"fc.bias", {2}, alike}})
                    .ok());
        const auto map = explained(request("pooled.json", "alike.safetensors", kSide));
        QVERIFY(map.ok());
        QCOMPARE(map->probabilities[0], map->probabilities[1]);
        QCOMPARE(map->predicted, 1);
        QCOMPARE(map->target, std::to_string(map->predicted));
    }

    void finerCamTakesNoLogSoftmax() {
        Put asked = pooled(HeatMapMethod::FinerCam);
        asked.logSoftmax = true;
        QVERIFY2(refusal(asked).find("log-softmax") != std::string::npos, refusal(asked).c_str());
    }
};

QTEST_GUILESS_MAIN(TestExplain)
#include "tst_Explain.moc"
