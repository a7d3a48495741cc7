// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "Test.h"
#include "engine/AskedModel.h"
#include "engine/explain/Door.h"
#include "store/Safetensors.h"
#include "support/Files.h"
#include "support/Json.h"

using namespace sightline;

namespace {

/// A dense layer on the pixels: what each method makes of it is known by hand.
const char* kLinearGraph = R"({"name":"linear","input":[16,12,1],"nodes":[{"id":"input","op":"input"},
  {"id":"flatten","op":"flatten","inputs":["input"]},
  {"id":"fc","op":"dense","inputs":["flatten"],"attributes":{"units":2}}],"outputs":[{"name":"main","node":"fc"}]})";
constexpr int kHeight = 16, kWidth = 12, kPlaces = kHeight * kWidth;

double correlation(const std::vector<float>& a, const std::vector<float>& b) {
    const auto mean = [](const std::vector<float>& values) {
        return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    };
    const double meanA = mean(a), meanB = mean(b);
    double both = 0, ofA = 0, ofB = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double x = static_cast<double>(a[i]) - meanA, y = static_cast<double>(b[i]) - meanB;
        both += x * y;
        ofA += x * x;
        ofB += y * y;
    }
    return both / std::sqrt(ofA * ofB);
}

} // namespace

/// The methods beyond one pass back from a layer: against Captum and pytorch-grad-cam (golden/heatmaps.json, made by
/// parity/questions_parity.py), and by hand where a network is simple.
class HeatMapMethodsTest : public Test {
    Q_OBJECT
    QTemporaryDir m_folder;
    Json m_golden;
    std::vector<float> m_weights;

    std::filesystem::path file(const std::string& name) const {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    ModelSource source(const std::string& name, int height, int width, int channels, int classes) const {
        ModelSource source;
        source.model = file(name + ".json").string();
        source.weights = file(name + ".safetensors");
        source.height = height;
        source.width = width;
        source.channels = channels;
        source.classes = classes;
        source.normalization.preset = NormalizationSettings::Preset::Rescale;
        return source;
    }
    ModelSource small() const { return source("small", 16, 16, 3, 5); }
    ModelSource linear() const { return source("linear", kHeight, kWidth, 1, 2); }

    Image smallImage() const {
        Image image(16, 16, 3);
        image.pixels = m_golden["image"].get<std::vector<std::uint8_t>>();
        return image;
    }
    static Image slope() {
        Image image(kHeight, kWidth, 1);
        for (std::size_t i = 0; i < image.pixels.size(); ++i)
            image.pixels[i] = static_cast<std::uint8_t>(10 + i);
        return image;
    }
    static float pixel(std::size_t place) { return static_cast<float>(10 + place) / 255.0f; }

    static HeatMapQuestion question(Image image, HeatMapMethod method, std::string target) {
        HeatMapQuestion question;
        question.image = std::move(image);
        question.method = method;
        question.target = std::move(target);
        return question;
    }
    HeatMapQuestion ofSmall(HeatMapMethod method) const {
        return question(smallImage(), method, std::to_string(m_golden["target"].get<int>()));
    }
    static Result<HeatMap> put(const ModelSource& to, const HeatMapQuestion& question, std::stop_token stop = {},
                               const Progress& progress = {}) {
        const auto model = engine::open(to, 1);
        return model ? (*model)->ask(question, stop, progress) : model.error();
    }
    static std::string refusal(const ModelSource& to, const HeatMapQuestion& question) {
        const auto map = put(to, question);
        return map ? std::string() : map.error().message;
    }
    /// A network like the small one with one thing in its text put another way.
    ModelSource altered(const std::string& name, const std::string& from, const std::string& to, int classes) const {
        std::string text = toText(m_golden["graph"], -1);
        for (auto place = text.find(from); place != std::string::npos; place = text.find(from, place + to.size()))
            text.replace(place, from.size(), to);
        if (!writeFileAtomically(file(name + ".json"), text))
            qFatal("cannot write");
        std::filesystem::copy_file(file("small.safetensors"), file(name + ".safetensors"),
                                   std::filesystem::copy_options::overwrite_existing);
        return source(name, 16, 16, 3, classes);
    }

    /// The golden weights, `change`d tensor by tensor.
    template <typename Change>
    bool writeSmallWeights(const std::string& name, Change change) const {
        std::vector<std::vector<float>> values;
        std::vector<TensorToWrite> tensors;
        values.reserve(m_golden["weights"].size());
        for (const auto& [key, tensor] : m_golden["weights"].items()) {
            values.push_back(tensor.at("values").template get<std::vector<float>>());
            auto shape = tensor.at("shape").template get<std::vector<std::int64_t>>();
            change(key, values.back(), shape);
            tensors.push_back({key, shape, values.back()});
        }
        return writeSafetensors(file(name), tensors).ok();
    }

private Q_SLOTS:
    void initTestCase() {
        const auto golden = readJsonFile(std::string(SIGHTLINE_GOLDEN_DIR) + "/heatmaps.json");
        QVERIFY(golden.ok());
        m_golden = *golden;
        QVERIFY(writeFileAtomically(file("small.json"), toText(m_golden["graph"], -1)).ok());
        QVERIFY(writeSmallWeights("small.safetensors", [](const std::string&, auto&, auto&) {}));
        for (int i = 0; i < 2 * kPlaces; ++i)
            m_weights.push_back(static_cast<float>((i * 37) % 23 - 11) / 10.0f);
        const std::vector<float> bias = {0.3f, -0.2f};
        QVERIFY(writeFileAtomically(file("linear.json"), kLinearGraph).ok());
        QVERIFY(writeSafetensors(file("linear.safetensors"),
                                 {{"fc.weight", {2, kPlaces}, m_weights}, {"fc.bias", {2}, bias}})
                    .ok());
    }

    void everyMethodHasANameOfItsOwn() {
        QCOMPARE(heatMapMethods().size(), std::size_t{13});
        for (const HeatMapMethod method : heatMapMethods())
            QCOMPARE(heatMapMethodFromName(nameOf(method)), std::optional(method));
        QVERIFY(!heatMapMethodFromName("").has_value());
    }

    void theLibrariesSayTheSame_data() {
        QTest::addColumn<QString>("method");
        for (const auto& [method, map] : m_golden["maps"].items())
            QTest::newRow(method.c_str()) << QString::fromStdString(method);
    }

    void theLibrariesSayTheSame() {
        QFETCH(QString, method);
        const HeatMapMethod asked = *heatMapMethodFromName(method.toStdString());
        const auto map = put(small(), ofSmall(asked));
        QVERIFY2(map.ok(), map ? "" : map.error().message.c_str());
        const auto expected = m_golden["maps"][method.toStdString()].get<std::vector<float>>();
        QCOMPARE(map->map.values.size(), expected.size());
        QCOMPARE(map->isSigned, isSigned(asked));
        const auto [lowest, highest] = std::minmax_element(map->map.values.begin(), map->map.values.end());
        QCOMPARE(std::max(-*lowest, *highest), 1.0f);
        QCOMPARE(*lowest < 0, map->isSigned);
        const bool exact = map->isSigned && asked != HeatMapMethod::SmoothGrad;
        for (std::size_t i = 0; exact && i < expected.size(); ++i)
            QVERIFY2(std::abs(map->map.values[i] - expected[i]) < 1e-4f, qPrintable(QString::number(i)));
        const double least = asked == HeatMapMethod::SmoothGrad ? 0.95 : 0.999;
        QVERIFY2(correlation(map->map.values, expected) >= least,
                 qPrintable(QString::number(correlation(map->map.values, expected))));
    }

    void integratedGradientsSumToWhatTheScoreGained() {
        const auto map = put(small(), ofSmall(HeatMapMethod::IntegratedGradients));
        QVERIFY(map.ok());
        const auto score = [&](const Image& image) {
            ForwardRequest forward{small().model, Json::object(), small().weights, {{16, 16, 3}, {}}, 5, 1};
            for (const std::uint8_t value : image.pixels)
                forward.input.values.push_back(static_cast<float>(value) / 255.0f);
            return static_cast<double>(engine::forward(forward)->values[m_golden["target"].get<std::size_t>()]);
        };
        const double gained = score(smallImage()) - score(Image(16, 16, 3));
        QVERIFY(std::abs(gained) > 0.5);
        const double sum = std::accumulate(map->rawMap.values.begin(), map->rawMap.values.end(), 0.0);
        QVERIFY2(std::abs(sum - gained) < 0.02 * std::abs(gained), qPrintable(QString::number(sum / gained)));
    }

    void ofALinearNetworkTheyAreKnownByHand() {
        const auto integrated = put(linear(), question(slope(), HeatMapMethod::IntegratedGradients, "1"));
        const auto smooth = put(linear(), question(slope(), HeatMapMethod::SmoothGrad, "1"));
        const auto difference = put(linear(), question(slope(), HeatMapMethod::IntegratedGradients, "1-0"));
        QVERIFY(integrated.ok() && smooth.ok() && difference.ok());
        for (std::size_t place = 0; place < kPlaces; ++place) {
            const float weight = m_weights[kPlaces + place];
            QVERIFY(std::abs(integrated->rawMap.values[place] - weight * pixel(place)) < 1e-5f);
            QVERIFY(std::abs(smooth->rawMap.values[place] - weight) < 1e-5f);
            QVERIFY(std::abs(difference->rawMap.values[place] - (weight - m_weights[place]) * pixel(place)) < 1e-5f);
        }
    }

    void occlusionTellsWhatEachPatchIsWorth() {
        const auto map = put(linear(), question(slope(), HeatMapMethod::Occlusion, "0"));
        QVERIFY(map.ok());
        QCOMPARE(map->rawMap.shape, (std::vector<std::int64_t>{8, 6})); // patches of 2 x 2: 12 / 8, rounded up, is 2
        QCOMPARE(map->layer, std::string("input"));
        for (std::size_t y = 0; y < kHeight; ++y)
            for (std::size_t x = 0; x < kWidth; ++x) {
                float worth = 0;
                for (std::size_t place :
                     {std::size_t{0}, std::size_t{1}, std::size_t{kWidth}, std::size_t{kWidth + 1}}) {
                    place += y / 2 * 2 * kWidth + x / 2 * 2;
                    worth += m_weights[place] * pixel(place);
                }
                QVERIFY(std::abs(map->rawMap.values[y / 2 * 6 + x / 2] - worth) < 1e-4f);
                QVERIFY(std::abs(map->map.values[y * kWidth + x] * static_cast<float>(map->maximum) - worth) < 1e-4f);
            }
    }

    void smoothGradDrawsFromItsSeed() {
        HeatMapQuestion asked = ofSmall(HeatMapMethod::SmoothGrad);
        const auto first = put(small(), asked), again = put(small(), asked);
        asked.seed = 5;
        const auto other = put(small(), asked);
        QVERIFY(first.ok() && again.ok() && other.ok());
        QCOMPARE(first->map, again->map);
        QVERIFY(first->map != other->map);
        const double alike = correlation(first->map.values, other->map.values); // 25 draws alone: .93
        QVERIFY2(alike > 0.97, qPrintable(QString::number(alike)));
    }

    void fusedLooksAtEachResolution() {
        const auto map = put(small(), ofSmall(HeatMapMethod::LayerCamFused));
        QVERIFY(map.ok());
        QCOMPARE(map->layer, std::string("relu3 + relu2 + relu1"));
    }

    void aLayerBesideAMethodWithoutOneIsRefused() {
        for (const HeatMapMethod method : heatMapMethods()) {
            HeatMapQuestion asked = ofSmall(method);
            asked.layer = "relu2";
            QCOMPARE(refusal(small(), asked).find("takes no layer") != std::string::npos, !hasLayer(method));
        }
    }

    void guidedBackpropagationNeedsRelus() {
        const auto relu6 = altered("six", "\"kind\":\"relu\"", "\"kind\":\"relu6\"", 5);
        QVERIFY(refusal(relu6, ofSmall(HeatMapMethod::GuidedBackprop)).find("relu6") != std::string::npos);
        QVERIFY(put(relu6, ofSmall(HeatMapMethod::SmoothGrad)).ok());
        QVERIFY(refusal(linear(), question(slope(), HeatMapMethod::GuidedBackprop, "0")).find("has none") !=
                std::string::npos);
    }

    void finerCamNeedsOneClassAmongSeveral() {
        HeatMapQuestion asked = ofSmall(HeatMapMethod::FinerCam);
        asked.target = "0-1";
        QVERIFY(refusal(small(), asked).find("0-1") != std::string::npos);
        const auto alone = altered("alone", "\"units\":5", "\"units\":1", 1);
        QVERIFY(writeSmallWeights("alone.safetensors", [](const std::string& key, auto& values, auto& shape) {
            if (key.rfind("fc.", 0) == 0) {
                shape[0] = 1;
                values.resize(key == "fc.bias" ? 1 : 8);
            }
        }));
        asked.target = "predicted";
        QVERIFY(refusal(alone, asked).find("only one") != std::string::npos);
        asked.method = HeatMapMethod::GradCam;
        QVERIFY(put(alone, asked).ok());
        asked.target = "0-0";
        QVERIFY(refusal(alone, asked).find("with itself") != std::string::npos);
    }

    void damagedWeightsGiveOneSentenceAndNoMap() {
        QVERIFY(writeSmallWeights("damaged.safetensors", [](const std::string& key, auto& values, auto&) {
            if (key == "fc.weight")
                values[3] = std::numeric_limits<float>::quiet_NaN();
        }));
        ModelSource damaged = small();
        damaged.weights = file("damaged.safetensors");
        for (const HeatMapMethod method : heatMapMethods()) {
            const std::string said = refusal(damaged, ofSmall(method));
            QVERIFY2(said.find("no numbers") != std::string::npos, nameOf(method));
            QVERIFY(said.find('\n') == std::string::npos);
        }
    }

    void anImageOfOneColourIsAnsweredOrSaidToBeEmpty() {
        for (const std::uint8_t grey : {std::uint8_t{0}, std::uint8_t{255}})
            for (const HeatMapMethod method : heatMapMethods()) {
                HeatMapQuestion asked = ofSmall(method);
                std::fill(asked.image.pixels.begin(), asked.image.pixels.end(), grey);
                const auto map = put(small(), asked);
                QVERIFY2(map.ok(), map ? "" : map.error().message.c_str());
                for (const float value : map->map.values)
                    QVERIFY2(std::isfinite(value), nameOf(method));
                if (grey == 0 && (method == HeatMapMethod::IntegratedGradients || method == HeatMapMethod::Occlusion))
                    QVERIFY(map->saturated); // nothing lies between the image and the zeros it is compared with
            }
    }

    void longOnesTellHowFarTheyAreAndStop_data() {
        QTest::addColumn<int>("method");
        for (const HeatMapMethod method : {HeatMapMethod::ScoreCam, HeatMapMethod::Occlusion,
                                           HeatMapMethod::IntegratedGradients, HeatMapMethod::SmoothGrad})
            QTest::newRow(nameOf(method)) << static_cast<int>(method);
    }

    void longOnesTellHowFarTheyAreAndStop() {
        QFETCH(int, method);
        const HeatMapQuestion asked = ofSmall(static_cast<HeatMapMethod>(method));
        std::size_t last = 0, total = 0;
        const auto whole = put(small(), asked, {}, [&](std::size_t done, std::size_t all) {
            QVERIFY(done > last);
            last = done;
            total = all;
        });
        QVERIFY(whole.ok());
        QVERIFY(total > 0);
        QCOMPARE(last, total);
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = put(small(), asked, stop.get_token());
        QVERIFY(!stopped.ok());
        QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
    }

    void stopIsHeardBetweenTwoPasses() {
        std::stop_source stop;
        std::size_t told = 0;
        const auto stopped = put(small(), ofSmall(HeatMapMethod::IntegratedGradients), stop.get_token(),
                                 [&](std::size_t done, std::size_t) {
                                     told = done;
                                     stop.request_stop();
                                 });
        QVERIFY(!stopped.ok());
        QCOMPARE(told, std::size_t{8}); // of 50: the first pass
    }
};

QTEST_GUILESS_MAIN(HeatMapMethodsTest)
#include "tst_HeatMapMethods.moc"
