// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "Test.h"
#include "engine/AskedModel.h"
#include "engine/explain/Door.h"
#include "store/Safetensors.h"
#include "support/Files.h"
#include "support/Json.h"
#include "support/Random.h"

using namespace sightline;

namespace {

/// Convolution 1 x 1, an activation, global average pooling, a classifier: everything can be worked out by hand.
const char* kPooledGraph = R"({"name":"tiny","input":[4,4,1],"nodes":[{"id":"input","op":"input"},
  {"id":"conv","op":"conv2d","inputs":["input"],"attributes":{"filters":3,"kernel":1}},
  {"id":"relu","op":"activation","inputs":["conv"],"attributes":{"kind":"relu"}},
  {"id":"pool","op":"global_avg_pool","inputs":["relu"]},
  {"id":"fc","op":"dense","inputs":["pool"],"attributes":{"units":2}}],"outputs":[{"name":"main","node":"fc"}]})";

const char* kColorGraph = R"({"name":"color","input":[6,6,3],"nodes":[{"id":"input","op":"input"},
  {"id":"conv","op":"conv2d","inputs":["input"],"attributes":{"filters":2,"kernel":2}},
  {"id":"tanh","op":"activation","inputs":["conv"],"attributes":{"kind":"tanh"}},
  {"id":"next","op":"conv2d","inputs":["tanh"],"attributes":{"filters":2,"kernel":1,"bias":false}},
  {"id":"pool","op":"global_avg_pool","inputs":["next"]},
  {"id":"fc","op":"dense","inputs":["pool"],"attributes":{"units":2}}],"outputs":[{"name":"main","node":"fc"}]})";

/// No convolution at all.
const char* kFlatGraph = R"({"name":"flat","input":[4,4,1],"nodes":[{"id":"input","op":"input"},
  {"id":"pool","op":"global_avg_pool","inputs":["input"]},
  {"id":"fc","op":"dense","inputs":["pool"],"attributes":{"units":2}}],"outputs":[{"name":"main","node":"fc"}]})";

const std::vector<float> kConv = {1, -1, -2}, kConvBias = {0, 0.5f, 0.25f};
const std::vector<float> kDense = {0.5f, 1, -2, -1, -0.5f, -0.25f}, kDenseBias = {0.1f, -0.1f};
const std::vector<float> kColorConv = {0.1f,  -0.2f, 0.3f,  -0.4f, 0.5f,   -0.65f, 0.7f,  -0.8f,
                                       0.9f,  -1.0f, 1.1f,  -1.2f, -0.6f,  0.5f,   -0.4f, 0.35f,
                                       -0.2f, 0.1f,  -0.1f, 0.2f,  -0.35f, 0.4f,   -0.5f, 0.6f};

Image someImage(int side, int channels = 1) {
    Image image(side, side, channels);
    CounterRandom random(7, RandomPurpose::Test);
    for (auto& pixel : image.pixels)
        pixel = static_cast<std::uint8_t>(random.below(256));
    return image;
}

double meanOf(const FloatArray& values, int channel) {
    const std::size_t places = values.values.size() / static_cast<std::size_t>(values.shape[0]);
    const auto first = values.values.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(channel) * places);
    return std::accumulate(first, first + static_cast<std::ptrdiff_t>(places), 0.0) / static_cast<double>(places);
}

double roughness(const Image& image) {
    double sum = 0;
    for (int y = 0; y < image.height; ++y)
        for (int x = 1; x < image.width; ++x)
            for (int c = 0; c < image.channels; ++c)
                sum += std::abs(image.row(y)[x * image.channels + c] - image.row(y)[(x - 1) * image.channels + c]);
    return sum;
}

} // namespace

/// Looking inside a network: what its layers make of an image, and which images they ask for.
class InsideTest : public FolderTest {
    Q_OBJECT
    using Preset = NormalizationSettings::Preset;

    std::filesystem::path file(const char* name) const { return path(QString::fromUtf8(name)).toStdString(); }

    ModelSource sourceOf(const char* name) const {
        ModelSource source;
        source.model = file((std::string(name) + ".json").c_str()).string();
        source.weights = file((std::string(name) + ".safetensors").c_str());
        const bool isColor = std::string(name) == "color";
        source.height = source.width = isColor ? 6 : 4;
        source.channels = isColor ? 3 : 1;
        source.classes = 2;
        return source;
    }
    std::shared_ptr<const AskedModel> opened(const char* name, NormalizationSettings normalization = {}) const {
        ModelSource source = sourceOf(name);
        source.normalization = normalization;
        const auto model = engine::open(source, 1);
        return model ? *model : nullptr;
    }
    /// The pictures of a layer, by default of all its channels.
    static Result<FilterPictures> pictures(const AskedModel& model, const char* layer, std::vector<int> channels = {}) {
        FilterPicturesQuestion question;
        question.layer = layer;
        question.channels = std::move(channels);
        return model.ask(question);
    }
    void writeColor(const char* name, const std::vector<float>& conv) const {
        const std::vector<float> next = {1, -1, 0.5f, 2}, dense = {1, 0, 0, 1}, zero = {0, 0};
        QVERIFY(writeSafetensors(file(name), {{"conv.weight", {2, 3, 2, 2}, conv},
                                              {"conv.bias", {2}, zero},
                                              {"next.weight", {2, 2, 1, 1}, next},
                                              {"fc.weight", {2, 2}, dense},
                                              {"fc.bias", {2}, zero}})
                    .ok());
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(writeFileAtomically(file("pooled.json"), kPooledGraph).ok());
        QVERIFY(writeFileAtomically(file("color.json"), kColorGraph).ok());
        QVERIFY(writeSafetensors(file("pooled.safetensors"), {{"conv.weight", {3, 1, 1, 1}, kConv},
                                                              {"conv.bias", {3}, kConvBias},
                                                              {"fc.weight", {2, 3}, kDense},
                                                              {"fc.bias", {2}, kDenseBias}})
                    .ok());
        writeColor("color.safetensors", kColorConv);
    }

    void aLayerGivesItsOwnOutput_data() {
        QTest::addColumn<QString>("layer");
        QTest::addColumn<int>("dimensions");
        QTest::newRow("the normalised image") << "input" << 3;
        QTest::newRow("before the activation that follows") << "conv" << 3;
        QTest::newRow("after it") << "relu" << 3;
        QTest::newRow("without places") << "pool" << 1;
        QTest::newRow("the scores") << "fc" << 1;
    }

    void aLayerGivesItsOwnOutput() {
        QFETCH(QString, layer);
        QFETCH(int, dimensions);
        const Image image = someImage(4);
        const auto activations = opened("pooled")->ask(ActivationsQuestion{image, layer.toStdString()});
        QVERIFY2(activations.ok(), activations ? "" : activations.error().message.c_str());
        QCOMPARE(activations->layer, layer.toStdString());
        QCOMPARE(activations->input, image);
        QCOMPARE(int(activations->values.shape.size()), dimensions);
        QCOMPARE(activations->hasPlaces(), dimensions == 3);
        const std::size_t places = image.pixels.size();
        std::vector<float> pooled(3, 0);
        for (std::size_t k = 0; k < 3; ++k) {
            for (std::size_t place = 0; place < places; ++place) {
                const float pixel = static_cast<float>(image.pixels[place]) / 255.0f;
                const float conv = kConv[k] * pixel + kConvBias[k], relu = std::max(0.0f, conv);
                pooled[k] += relu / 16;
                if (layer == u"input" && k == 0)
                    QVERIFY(std::abs(activations->values.values[place] - pixel) < 1e-6f);
                if (layer == u"conv")
                    QVERIFY(std::abs(activations->values.values[k * places + place] - conv) < 1e-6f);
                if (layer == u"relu")
                    QVERIFY(std::abs(activations->values.values[k * places + place] - relu) < 1e-6f);
            }
            if (layer == u"pool")
                QVERIFY(std::abs(activations->values.values[k] - pooled[k]) < 1e-6f);
        }
        for (std::size_t unit = 0; layer == u"fc" && unit < 2; ++unit) {
            const float score = std::inner_product(
                pooled.begin(), pooled.end(), kDense.begin() + static_cast<std::ptrdiff_t>(3 * unit), kDenseBias[unit]);
            QVERIFY(std::abs(activations->values.values[unit] - score) < 1e-6f);
        }
        if (layer == u"conv") // or the rectification would not be seen
            QVERIFY(*std::min_element(activations->values.values.begin(), activations->values.values.end()) < -0.1f);
    }

    void everyLayerGivesWhatPyTorchSees() {
        const auto golden = readJsonFile(std::string(SIGHTLINE_GOLDEN_DIR) + "/activations.json");
        QVERIFY2(golden.ok(), golden ? "" : golden.error().message.c_str());
        QVERIFY(writeFileAtomically(file("golden.json"), toText((*golden)["graph"])).ok());
        std::map<std::string, std::vector<float>> values;
        std::vector<TensorToWrite> tensors;
        for (const auto& [name, tensor] : (*golden)["weights"].items()) {
            values[name] = tensor["values"].get<std::vector<float>>();
            tensors.push_back({name, tensor["shape"].get<std::vector<std::int64_t>>(), values[name]});
        }
        QVERIFY(writeSafetensors(file("golden.safetensors"), tensors).ok());
        ModelSource source;
        source.model = file("golden.json").string();
        source.weights = file("golden.safetensors");
        source.height = 8;
        source.width = 6;
        source.classes = 3;
        const auto model = engine::open(source, 1);
        QVERIFY2(model.ok(), model ? "" : model.error().message.c_str());
        Image image(8, 6, 3);
        image.pixels = (*golden)["image"].get<std::vector<std::uint8_t>>();
        QCOMPARE((*golden)["layers"].size(), std::size_t(9));
        for (const auto& [layer, expected] : (*golden)["layers"].items()) {
            const auto activations = (*model)->ask(ActivationsQuestion{image, layer});
            QVERIFY2(activations.ok(), activations ? "" : activations.error().message.c_str());
            QCOMPARE(activations->values.shape, expected["shape"].get<std::vector<std::int64_t>>());
            const auto theirs = expected["values"].get<std::vector<float>>();
            for (std::size_t i = 0; i < theirs.size(); ++i)
                QVERIFY2(std::abs(activations->values.values[i] - theirs[i]) < 1e-5f, layer.c_str());
        }
    }

    void theClimbEndsWhereTheChannelIsLargest() {
        // 1 x 1: every pixel moves by the same step until it is black or white.
        const auto found = pictures(*opened("pooled"), "conv");
        QVERIFY2(found.ok(), found ? "" : found.error().message.c_str());
        QCOMPARE(found->pictures.size(), std::size_t(3));
        for (int k = 0; k < 3; ++k) {
            const FilterPicture& picture = found->pictures[static_cast<std::size_t>(k)];
            const auto channel = static_cast<std::size_t>(k);
            const std::uint8_t best = kConv[channel] > 0 ? 255 : 0;
            QCOMPARE(picture.channel, k);
            QCOMPARE(picture.picture.pixels, std::vector<std::uint8_t>(16, best));
            QVERIFY(std::abs(picture.end - static_cast<double>(kConv[channel] * best / 255 + kConvBias[channel])) <
                    1e-6);
            const double gray =
                static_cast<double>(kConv[channel]) * 128 / 255 + static_cast<double>(kConvBias[channel]);
            QVERIFY(std::abs(picture.start - gray) < 10.0 / 255 * 2);
        }
    }

    void aSilentChannelIsClimbedByWhatItRectifies() {
        const auto found = pictures(*opened("pooled"), "relu", {2}); // relu(0.25 - 2 x): nothing at gray
        QVERIFY(found.ok());
        QCOMPARE(found->pictures[0].start, 0.0);
        QCOMPARE(found->pictures[0].end, 0.25);
        QCOMPARE(pictures(*opened("pooled"), "pool", {2})->pictures[0].end, 0.25);
    }

    void theFiguresAreThoseOfThePictureItself_data() {
        QTest::addColumn<int>("preset");
        for (const auto& [name, preset] : {std::pair("rescale", Preset::Rescale),
                                           {"imagenet", Preset::Imagenet},
                                           {"caffe", Preset::Caffe},
                                           {"half", Preset::Half},
                                           {"of each image", Preset::Keras}})
            QTest::newRow(name) << static_cast<int>(preset);
    }

    void theFiguresAreThoseOfThePictureItself() {
        QFETCH(int, preset);
        NormalizationSettings normalization;
        normalization.preset = static_cast<Preset>(preset);
        normalization.samplewiseCenter = normalization.samplewiseStd = normalization.preset == Preset::Keras;
        const auto model = opened("color", normalization);
        const auto found = pictures(*model, "next");
        QVERIFY2(found.ok(), found ? "" : found.error().message.c_str());
        for (const FilterPicture& picture : found->pictures) {
            QCOMPARE(picture.picture.channels, 3);
            QVERIFY(picture.end > picture.start);
            const auto seen = model->ask(ActivationsQuestion{picture.picture, "next"});
            const double mean = meanOf(seen->values, picture.channel);
            QVERIFY2(std::abs(mean - picture.end) < 1e-5 * std::max(1.0, std::abs(mean)),
                     qPrintable(QStringLiteral("%1, %2").arg(mean).arg(picture.end)));
        }
    }

    void aPictureDependsOnItsOwnChannelAndTheSeed() {
        const auto model = opened("color");
        FilterPicturesQuestion question{"next", {1}};
        question.steps = 3;
        const auto alone = model->ask(question);
        question.channels = {0, 1};
        const auto together = model->ask(question);
        QCOMPARE(alone->pictures[0].picture, together->pictures[1].picture);
        question.seed = 1;
        QVERIFY(model->ask(question)->pictures[1].picture != together->pictures[1].picture);
    }

    void jitterAndBlurChangeTheWay() {
        const auto model = opened("color");
        FilterPicturesQuestion question{"next", {0}};
        question.steps = 7;
        const Image plain = model->ask(question)->pictures[0].picture;
        question.jitter = 2;
        QVERIFY(model->ask(question)->pictures[0].picture != plain);
        question.jitter = 0;
        question.blur = 2;
        QVERIFY(roughness(model->ask(question)->pictures[0].picture) < roughness(plain));
    }

    void everyPictureIsToldAsItIsDone() {
        FilterPicturesQuestion question{"conv"};
        std::vector<int> told;
        question.each = [&](const FilterPicture& picture) { told.push_back(picture.channel); };
        std::size_t last = 0;
        const auto progress = [&](std::size_t done, std::size_t total) {
            QCOMPARE(total, std::size_t(3 * 40));
            QVERIFY(done > last);
            last = done;
        };
        QVERIFY(opened("pooled")->ask(question, {}, progress).ok());
        QCOMPARE(told, (std::vector<int>{0, 1, 2}));
        QCOMPARE(last, std::size_t(3 * 40));
    }

    void theClimbStopsAtTheNextStep() {
        std::stop_source stop;
        int steps = 0;
        const auto found =
            opened("pooled")->ask(FilterPicturesQuestion{"conv"}, stop.get_token(), [&](std::size_t, std::size_t) {
                ++steps;
                stop.request_stop();
            });
        QVERIFY(!found.ok());
        QCOMPARE(found.error().kind, ErrorKind::Cancelled);
        QCOMPARE(steps, 1);
    }

    void kernelsArePicturesAroundGray() {
        const auto kernels = opened("color")->ask(KernelsQuestion{});
        QVERIFY2(kernels.ok(), kernels ? "" : kernels.error().message.c_str());
        QCOMPARE(kernels->layer, std::string("conv"));
        QCOMPARE(kernels->pictures.size(), std::size_t(2));
        NormalizationSettings caffe;
        caffe.preset = Preset::Caffe;
        const auto blueFirst = opened("color", caffe)->ask(KernelsQuestion{"conv"});
        const float largest[] = {1.2f, 0.6f};
        for (std::size_t k = 0; k < 2; ++k)
            for (std::size_t c = 0; c < 3; ++c)
                for (std::size_t place = 0; place < 4; ++place) {
                    const float weight = kColorConv[12 * k + 4 * c + place];
                    const auto level = static_cast<std::uint8_t>(std::lround(128 + 127 * weight / largest[k]));
                    QCOMPARE(kernels->pictures[k].pixels[3 * place + c], level);
                    QCOMPARE(blueFirst->pictures[k].pixels[3 * place + 2 - c], level);
                }
        QCOMPARE(opened("pooled")->ask(KernelsQuestion{})->pictures[1].pixels,
                 std::vector<std::uint8_t>{1}); // gray: -1
    }

    void aNetworkWithoutConvolutionHasNoKernels() {
        const std::vector<float> weight = {1, -1}, bias = {0, 0};
        QVERIFY(writeFileAtomically(file("flat.json"), kFlatGraph).ok());
        QVERIFY(
            writeSafetensors(file("flat.safetensors"), {{"fc.weight", {2, 1}, weight}, {"fc.bias", {2}, bias}}).ok());
        const auto kernels = opened("flat")->ask(KernelsQuestion{});
        QVERIFY(!kernels.ok());
        QCOMPARE(kernels.error().kind, ErrorKind::BadInput);
        QCOMPARE(kernels.error().message,
                 std::string("The network flat has no convolution of the image itself, so no kernels to show."));
    }

    void weightsThatCannotBeReadAreNamed() {
        const std::string intact = *readFile(file("color.safetensors"));
        QVERIFY(writeFileAtomically(file("color.safetensors"), intact.substr(0, intact.size() / 2)).ok());
        const auto model = engine::open(sourceOf("color"), 1);
        QVERIFY(writeFileAtomically(file("color.safetensors"), intact).ok());
        QVERIFY(!model.ok());
        QVERIFY2(model.error().message.find("color.safetensors") != std::string::npos, model.error().message.c_str());
    }

    void whatIsNotThereIsRefusedByName() {
        const auto model = opened("pooled");
        const auto refusal = [](const auto& answer) {
            return answer || answer.error().kind != ErrorKind::BadInput ? std::string() : answer.error().message;
        };
        const auto has = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
        QVERIFY(has(refusal(model->ask(ActivationsQuestion{someImage(4), "nowhere"})), "'nowhere'"));
        QVERIFY(has(refusal(model->ask(ActivationsQuestion{someImage(4), ""})), "no layer"));
        QVERIFY(has(refusal(model->ask(ActivationsQuestion{someImage(4), "main"})), "'fc'")); // an output's name
        QVERIFY(has(refusal(model->ask(ActivationsQuestion{{}, "conv"})), "no image"));
        QVERIFY(has(refusal(pictures(*model, "nowhere")), "'nowhere'"));
        QVERIFY(has(refusal(pictures(*model, "input")), "image itself"));
        QVERIFY(has(refusal(pictures(*model, "conv", {3})), "channels 0 to 2"));
        QVERIFY(has(refusal(pictures(*model, "conv", {0, -1})), "no channel -1"));
        FilterPicturesQuestion question{"conv"};
        question.steps = 0;
        QVERIFY(has(refusal(model->ask(question)), "steps"));
        question.steps = 1;
        question.blur = -1;
        QVERIFY(has(refusal(model->ask(question)), "blur"));
        QVERIFY(has(refusal(opened("color")->ask(KernelsQuestion{"next"})), "'next'"));
        QVERIFY(has(refusal(model->ask(ExamplesQuestion{"conv"})), "run"));
    }

    void weightsReplacedWithinATickOfTheClockAreOthers() {
        const auto weights = file("color.safetensors");
        const std::string intact = *readFile(weights);
        const auto start = [&] { return pictures(*opened("color"), "next")->pictures[0].start; };
        const double before = start();
        std::vector<float> other = kColorConv;
        other[3] = -other[3];
        const auto time = std::filesystem::last_write_time(weights);
        writeColor("color.safetensors", other); // as many bytes
        std::filesystem::last_write_time(weights, time);
        QVERIFY(start() != before);
        QVERIFY(writeFileAtomically(weights, intact).ok());
        QCOMPARE(start(), before);
    }

    void weightsThatAreNoNumbersAreSaid() {
        std::vector<float> broken = kColorConv;
        broken[3] = std::numeric_limits<float>::quiet_NaN();
        const std::string intact = *readFile(file("color.safetensors"));
        writeColor("color.safetensors", broken);
        const auto model = opened("color");
        for (const std::string& message :
             {pictures(*model, "next").error().message, model->ask(KernelsQuestion{}).error().message})
            QVERIFY2(message.find("not numbers") != std::string::npos, message.c_str());
        const auto seen = model->ask(ActivationsQuestion{someImage(6, 3), "conv"}); // where it begins can be looked at
        QVERIFY(std::isnan(seen->values.values[0]) && std::isfinite(seen->values.values[25]));
        QVERIFY(writeFileAtomically(file("color.safetensors"), intact).ok());
    }
};

QTEST_GUILESS_MAIN(InsideTest)
#include "tst_Inside.moc"
