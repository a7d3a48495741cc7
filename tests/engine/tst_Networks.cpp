// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/script.h>
#include <torch/torch.h>

#include <QTemporaryDir>
#include <QTest>

#include "Test.h"
#include "engine/module/LoadedModel.h"
#include "engine/module/SmoothActivations.h"
#include "engine/module/TorchScript.h"
#include "engine/train/Compute.h"
#include "network/Freezing.h"
#include "network/Head.h"
#include "store/Safetensors.h"
#include "support/Files.h"
#include "zoo/WeightNaming.h"
#include "zoo/Zoo.h"

using namespace sightline;
using engine::GraphModule;

namespace {

constexpr int kHeight = 5, kWidth = 7, kChannels = 4;

/// A small image, the given nodes after it, and their last value as a vector.
std::shared_ptr<GraphModule> moduleOf(const QString& nodes, const QString& last) {
    const QString text =
        QStringLiteral(
            R"({"name":"t","input":[%1,%2,%3],"nodes":[{"id":"input","op":"input"},%4,{"id":"out","op":"flatten","inputs":["%5"]}],"outputs":[{"name":"main","node":"out"}]})")
            .arg(kHeight)
            .arg(kWidth)
            .arg(kChannels)
            .arg(nodes, last);
    const Result<Json> json = parseJson(text.toStdString(), "test");
    const Result<GraphSpec> spec = json ? graphFromJson(*json) : Result<GraphSpec>(json.error());
    auto module = spec ? GraphModule::make(*spec, 3) : Result<std::shared_ptr<GraphModule>>(spec.error());
    if (!module)
        qWarning("%s", module.error().message.c_str());
    return module ? *module : nullptr;
}

/// Weights of a network under the names and shapes of one family.
std::vector<TensorToWrite> namedLike(const GraphModule& module, const WeightNaming& naming,
                                     std::vector<torch::Tensor>& kept) {
    std::vector<TensorToWrite> tensors;
    for (std::size_t i = 0; i < module.entries().size(); ++i) {
        kept.push_back(module.entries()[i].view.detach().contiguous());
        tensors.push_back({naming.tensors[i].name,
                           naming.tensors[i].shape,
                           {kept.back().data_ptr<float>(), static_cast<std::size_t>(kept.back().numel())}});
    }
    return tensors;
}

std::vector<TensorSpec> specsOf(const GraphModule& module) {
    std::vector<TensorSpec> specs;
    for (const GraphModule::Entry& entry : module.entries())
        specs.push_back(entry.spec);
    return specs;
}

} // namespace

class NetworksTest : public Test {
    Q_OBJECT

    std::filesystem::path file() const { return m_folder.filePath(QStringLiteral("w.safetensors")).toStdString(); }
    QTemporaryDir m_folder;

private Q_SLOTS:
    void gradientsOfInputsEqualDifferences_data() {
        QTest::addColumn<QString>("nodes");
        QTest::newRow("average pool, same")
            << R"({"id":"a","op":"avg_pool","inputs":["input"],"attributes":{"kernel":4,"stride":3,"padding":"same"}})";
        QTest::newRow("max pool, same")
            << R"({"id":"a","op":"max_pool","inputs":["input"],"attributes":{"kernel":2,"stride":2,"padding":"same"}})";
        QTest::newRow("max pool, ceil")
            << R"({"id":"a","op":"max_pool","inputs":["input"],"attributes":{"kernel":2,"stride":2,"padding":"ceil"}})";
        QTest::newRow("local response norm")
            << R"({"id":"a","op":"local_response_norm","inputs":["input"],"attributes":{"size":3,"alpha":1.5,"beta":0.5,"k":1}})";
        QTest::newRow("sum with scales")
            << R"({"id":"b","op":"activation","inputs":["input"],"attributes":{"kind":"silu"}},{"id":"a","op":"add","inputs":["input","b"],"attributes":{"scales":[0.1,2]}})";
        QTest::newRow("squeeze and multiply")
            << R"({"id":"g","op":"global_avg_pool","inputs":["input"]},{"id":"s","op":"activation","inputs":["g"],"attributes":{"kind":"sigmoid"}},{"id":"a","op":"multiply","inputs":["input","s"]})";
        QTest::newRow("concat")
            << R"({"id":"b","op":"activation","inputs":["input"],"attributes":{"kind":"tanh"}},{"id":"a","op":"concat","inputs":["b","input"]})";
        QTest::newRow("rescale")
            << R"({"id":"a","op":"rescale","inputs":["input"],"attributes":{"scale":3,"offset":-1}})";
        QTest::newRow("crop at inference")
            << R"({"id":"a","op":"random_crop","inputs":["input"],"attributes":{"size":[3,4]}})";
    }

    void gradientsOfInputsEqualDifferences() {
        QFETCH(QString, nodes);
        const auto module = moduleOf(nodes, QStringLiteral("a"));
        QVERIFY(module);
        torch::manual_seed(4);
        torch::Tensor x = torch::randn({2, kHeight, kWidth, kChannels}, torch::kDouble).permute({0, 3, 1, 2});
        const torch::Tensor weight = torch::randn_like(module->forward(x, false)[0]);
        const auto score = [&](const torch::Tensor& at) { return (module->forward(at, false)[0] * weight).sum(); };
        const torch::Tensor leaf = x.detach().clone().requires_grad_(true);
        const torch::Tensor gradient = torch::autograd::grad({score(leaf)}, {leaf})[0].contiguous();
        torch::NoGradGuard noGrad;
        const double step = 1e-5;
        for (std::int64_t i = 0; i < x.numel(); ++i) {
            torch::Tensor there = torch::zeros({x.numel()}, torch::kDouble);
            there[i] = step;
            there = there.view(x.sizes());
            const double difference = (score(x + there) - score(x - there)).item<double>() / (2 * step);
            QVERIFY2(std::abs(difference - gradient.view({-1})[i].item<double>()) < 1e-6,
                     qPrintable(QStringLiteral("value %1").arg(i)));
        }
    }

    void gradientsOfWeightsEqualDifferences_data() {
        QTest::addColumn<QString>("nodes");
        QTest::newRow("convolution, same, stride 2")
            << R"({"id":"a","op":"conv2d","inputs":["input"],"attributes":{"filters":3,"kernel":[3,2],"stride":2,"padding":"same"}})";
        QTest::newRow("depthwise convolution")
            << R"({"id":"a","op":"conv2d","inputs":["input"],"attributes":{"filters":8,"kernel":3,"groups":4,"padding":[2,0,1,3]}})";
        QTest::newRow("layer norm over channels") << R"({"id":"a","op":"layer_norm","inputs":["input"]})";
        QTest::newRow("channel scale")
            << R"({"id":"a","op":"channel_scale","inputs":["input"],"attributes":{"initial":0.5}})";
        QTest::newRow("batch norm") << R"({"id":"a","op":"batch_norm","inputs":["input"]})";
    }

    void gradientsOfWeightsEqualDifferences() {
        QFETCH(QString, nodes);
        const auto module = moduleOf(nodes, QStringLiteral("a"));
        QVERIFY(module);
        module->enableTraining();
        torch::manual_seed(5);
        const torch::Tensor x = torch::randn({2, kHeight, kWidth, kChannels}).permute({0, 3, 1, 2});
        const torch::Tensor weight = torch::randn_like(module->forward(x, true)[0]);
        const auto score = [&] { return (module->forward(x, true)[0] * weight).sum(); };
        module->zeroGradients();
        score().backward();
        torch::Tensor gradient = torch::zeros_like(module->parameters());
        for (const GraphModule::Stretch& stretch : module->trainableStretches())
            gradient.narrow(0, stretch.offset, stretch.count)
                .copy_(torch::from_blob(stretch.gradients, {stretch.count}));
        QVERIFY(gradient.abs().max().item<double>() > 0.1);
        torch::NoGradGuard noGrad;
        for (std::int64_t i = 0; i < gradient.numel(); ++i) {
            const float step = 1e-2f; // the scores are linear in these weights
            torch::Tensor value = module->parameters()[i];
            value += step;
            const double above = score().item<double>();
            value -= 2 * step;
            const double below = score().item<double>();
            value += step;
            QVERIFY2(std::abs((above - below) / (2 * step) - gradient[i].item<double>()) <
                         5e-3 * (1 + gradient.abs().max().item<double>()),
                     qPrintable(QStringLiteral("weight %1").arg(i)));
        }
    }

    void everyFamilyOfNamesGivesTheSameNetwork_data() {
        QTest::addColumn<QString>("network");
        for (const char* network :
             {"mobilenet_v2", "efficientnet_b0", "mobilenet_v3_small", "convnext_tiny", "resnet18"})
            QTest::newRow(network) << QString::fromLatin1(network);
    }

    void everyFamilyOfNamesGivesTheSameNetwork() {
        QFETCH(QString, network);
        const Result<GraphSpec> spec = buildFromZoo(network.toStdString(), {64, 64, 3, 7, Json::object()});
        QVERIFY(spec.ok());
        const auto source = *GraphModule::make(*spec, 1);
        for (const WeightNaming& naming : weightNamings(*spec, specsOf(*source))) {
            std::vector<torch::Tensor> kept;
            QVERIFY(writeSafetensors(file(), namedLike(*source, naming, kept)));
            const auto module = *GraphModule::make(*spec, 2);
            engine::LoadedWeights loaded;
            const Result<void> read = loadWeights(*module, file(), false, &loaded);
            QVERIFY2(read.ok(), read ? "" : read.error().message.c_str());
            QCOMPARE(loaded.family, naming.family);
            QVERIFY(torch::equal(module->parameters(), source->parameters()));
            QVERIFY(torch::equal(module->statistics(), source->statistics()));
        }
    }

    void onlyTrainingStartsANewClassifier() {
        const Result<GraphSpec> ten = buildFromZoo("squeezenet1_1", {64, 64, 3, 10, Json::object()}),
                                seven = buildFromZoo("squeezenet1_1", {64, 64, 3, 7, Json::object()});
        const auto source = *GraphModule::make(*ten, 1);
        QVERIFY(saveWeights(*source, file()));
        const auto module = *GraphModule::make(*seven, 2);
        const Result<void> refused = loadWeights(*module, file());
        QVERIFY(!refused);
        const std::string& message = refused.error().message;
        QVERIFY2(message.find("classifier.1") != std::string::npos &&
                     message.find("[10, 512, 1, 1]") != std::string::npos &&
                     message.find("[7, 512, 1, 1]") != std::string::npos,
                 message.c_str());
        engine::LoadedWeights loaded;
        QVERIFY(loadWeights(*module, file(), true, &loaded));
        QCOMPARE(loaded.fresh, (std::vector<std::string>{"classifier.1.weight", "classifier.1.bias"}));
        QVERIFY(torch::equal(module->entries()[0].view, source->entries()[0].view));
    }

    void readingWeightsCanBeStopped() {
        const GraphSpec spec = *buildFromZoo("squeezenet1_1", {64, 64, 3, 10, Json::object()});
        QVERIFY(saveWeights(**GraphModule::make(spec, 1), file()));
        std::stop_source stop;
        stop.request_stop();
        const Result<void> read = loadWeights(**GraphModule::make(spec, 2), file(), true, nullptr, stop.get_token());
        QVERIFY(!read && read.error().kind == ErrorKind::Cancelled);
    }

    void aHeadTheFileDoesNotKnowStartsAnewInTraining() {
        const auto source = *GraphModule::make(*buildFromZoo("mobilenet_v2", {64, 64, 3, 10, Json::object()}), 1);
        std::vector<torch::Tensor> kept;
        std::vector<TensorToWrite> tensors =
            namedLike(*source, weightNamings(source->spec(), specsOf(*source))[0], kept);
        const auto without = [&](const std::string& start) {
            std::vector<TensorToWrite> left = tensors;
            std::erase_if(left, [&](const TensorToWrite& tensor) { return tensor.name.starts_with(start); });
            return left;
        };
        const auto module = *GraphModule::make(source->spec(), 2);
        QVERIFY(writeSafetensors(file(), without("classifier.")));
        engine::LoadedWeights loaded;
        QVERIFY(loadWeights(*module, file(), true, &loaded));
        QCOMPARE(loaded.fresh.size(), std::size_t{2});
        QVERIFY(!loadWeights(*module, file()));
        QVERIFY(writeSafetensors(file(), without("features.18.1.bias")));
        const Result<void> refused = loadWeights(*module, file(), true, &loaded);
        QVERIFY(!refused);
        QVERIFY2(refused.error().message.find("features.18.1.bias [1280]") != std::string::npos,
                 refused.error().message.c_str());
    }

    void aNewHeadStartsAnewOnABaseOfEitherFamily() {
        const GraphSpec whole = *buildFromZoo("mobilenet_v2", {64, 64, 3, 10, Json::object()});
        const Result<GraphSpec> headed = withHead(whole, HeadSettings{HeadSettings::Pooling::Avg, {16}, 0.2}, 4);
        QVERIFY2(headed.ok(), headed ? "" : headed.error().message.c_str());
        const auto source = *GraphModule::make(whole, 1);
        const auto namings = weightNamings(whole, specsOf(*source));
        QCOMPARE(namings.size(), std::size_t{2});
        for (const WeightNaming& naming : namings) {
            std::vector<torch::Tensor> kept;
            QVERIFY(writeSafetensors(file(), namedLike(*source, naming, kept)));
            const auto module = *GraphModule::make(*headed, 2);
            engine::LoadedWeights loaded;
            const Result<void> read = loadWeights(*module, file(), true, &loaded);
            QVERIFY2(read.ok(), read ? "" : read.error().message.c_str());
            QCOMPARE(loaded.fresh,
                     (std::vector<std::string>{"head.0.weight", "head.0.bias", "head.out.weight", "head.out.bias"}));
            QCOMPARE(loaded.unexpected.size(), std::size_t{2}); // the old classifier
            for (const GraphModule::Entry& entry : module->entries()) {
                const auto same =
                    std::find_if(source->entries().begin(), source->entries().end(),
                                 [&](const GraphModule::Entry& theirs) { return theirs.spec.name == entry.spec.name; });
                QVERIFY2(entry.spec.name.starts_with("head.") || torch::equal(entry.view, same->view),
                         entry.spec.name.c_str());
            }
            QVERIFY(!loadWeights(*module, file())); // everywhere but in training every tensor must be there
        }
    }

    void aFrozenBaseKeepsItsWeightsInEveryNetwork() {
        for (const char* network : {"squeezenet1_1", "inception_v1", "mobilenet_v3_small", "vgg16"}) {
            const auto module = *GraphModule::make(
                *buildFromZoo(network,
                              {64, 64, 3, 3, network == std::string("vgg16") ? Json{{"dense", {8}}} : Json::object()}),
                1);
            const Result<std::size_t> base = frozenNodes(module->spec(), "base");
            QVERIFY2(base, network);
            module->enableTraining(*base);
            std::vector<torch::Tensor> before;
            for (const GraphModule::Entry& entry : module->entries())
                before.push_back(entry.view.detach().clone());
            torch::manual_seed(1);
            engine::Moments moments = engine::Moments::zeros(module->parameters());
            trainStep(*module, moments, {}, {torch::rand({4, 64, 64, 3})}, {torch::tensor({0, 1, 2, 0}, torch::kLong)},
                      1e-2, 1);
            int kept = 0, moved = 0;
            for (std::size_t i = 0; i < before.size(); ++i) {
                const GraphModule::Entry& entry = module->entries()[i];
                const bool same = torch::equal(entry.view, before[i]);
                QVERIFY2(same || !entry.frozen, entry.spec.name.c_str());
                kept += entry.frozen;
                moved += !same;
            }
            QVERIFY2(kept > 0 && moved > 0, network);
        }
    }

    void gradientsAreClippedByTheirCommonNorm() {
        const auto moved = [](double clipNorm) {
            const auto module = *GraphModule::make(*buildFromZoo("toy_cnn", {32, 32, 3, 3, Json::object()}),
                                                   1); // tensors with gradients of their own and others
            module->enableTraining();
            const torch::Tensor before = module->parameters().detach().clone();
            engine::Moments moments = engine::Moments::zeros(module->parameters());
            engine::StepSettings settings;
            settings.optimizer.name = OptimizerSettings::Name::Sgd; // moves by the rate times the gradient
            settings.optimizer.clipNorm = clipNorm;
            torch::manual_seed(3);
            trainStep(*module, moments, settings, {torch::rand({8, 32, 32, 3}) * 255},
                      {torch::tensor({0, 1, 2, 0, 1, 2, 0, 1}, torch::kLong)}, 1e-2, 1);
            return (module->parameters().detach() - before).norm().item<double>() / 1e-2;
        };
        const double whole = moved(0);
        QVERIFY(whole > 1);
        QVERIFY(std::abs(moved(whole / 4) / (whole / 4) - 1) < 1e-3);
        QVERIFY(std::abs(moved(whole * 4) / whole - 1) < 1e-5);
    }

    void batchNormOverASingleValueKeepsItsStatistics() {
        const auto module = moduleOf(
            QStringLiteral(
                R"({"id":"p","op":"adaptive_avg_pool","inputs":["input"],"attributes":{"size":1}},{"id":"a","op":"batch_norm","inputs":["p"]})"),
            QStringLiteral("a"));
        QVERIFY(module);
        const torch::Tensor before = module->statistics().clone();
        module->forward(torch::randn({1, kChannels, kHeight, kWidth}), true);
        QVERIFY(module->isFinite());
        QVERIFY(torch::equal(module->statistics(), before));
        module->forward(torch::randn({2, kChannels, kHeight, kWidth}), true);
        QVERIFY(module->isFinite());
        QVERIFY(!torch::equal(module->statistics(), before));
        module->statistics()[0] = std::nan("");
        QVERIFY(!module->isFinite());
    }

    void anotherFamilysEpsilonGoesWithTheWeights() {
        const GraphSpec spec = *buildFromZoo("mobilenet_v3_small", {64, 64, 3, 7, Json::object()});
        const auto trained = *GraphModule::make(spec, 1), loaded = *GraphModule::make(spec, 2);
        QCOMPARE(loaded->batchNormEpsilon().value(), 1e-3);
        trained->setBatchNormEpsilon(1e-5); // as timm's weights do
        QVERIFY(saveWeights(*trained, file()));
        QVERIFY(loadWeights(*loaded, file()));
        QCOMPARE(loaded->batchNormEpsilon().value(), 1e-5);
        torch::NoGradGuard noGrad;
        const torch::Tensor x = torch::rand({2, 3, 64, 64});
        QVERIFY(torch::equal(trained->forward(x, false)[0], loaded->forward(x, false)[0]));
    }

    void smoothActivationsAreExactOnEveryProcessor_data() {
        QTest::addColumn<int>("activation");
        QTest::newRow("gelu") << static_cast<int>(engine::SmoothActivation::Gelu);
        QTest::newRow("silu") << static_cast<int>(engine::SmoothActivation::Silu);
    }

    void smoothActivationsAreExactOnEveryProcessor() {
        QFETCH(int, activation);
        const auto kind = static_cast<engine::SmoothActivation>(activation);
        const bool gelu = kind == engine::SmoothActivation::Gelu;
        const torch::Tensor x = torch::linspace(-30, 30, 60007), weight = torch::linspace(-1, 2, 60007);
        const torch::Tensor exact = x.to(torch::kDouble).requires_grad_(true);
        const torch::Tensor y = gelu ? torch::gelu(exact) : torch::silu(exact);
        const torch::Tensor slope = torch::autograd::grad({(y * weight).sum()}, {exact})[0];
        const auto near = [](const torch::Tensor& ours, const torch::Tensor& theirs, double bound) {
            return ((ours.to(torch::kDouble) - theirs).abs() / (1 + theirs.abs())).max().item<double>() < bound;
        };
        for (const InstructionSet set : instructionSets()) {
            const engine::ActivationLoops& loops = engine::activationLoops(set, kind);
            torch::Tensor out = torch::empty_like(x), back = torch::empty_like(x);
            loops.forward(x.data_ptr<float>(), out.data_ptr<float>(), x.numel());
            loops.backward(x.data_ptr<float>(), weight.data_ptr<float>(), back.data_ptr<float>(), x.numel());
            QVERIFY2(near(out, y.detach(), 1e-6) && near(back, slope, 2e-6), nameOf(set));
        }
        // By autograd, in both types, also where the gradient lies otherwise than x, and what is not a number stays so.
        for (const auto type : {torch::kFloat, torch::kBFloat16}) {
            const torch::Tensor map = (torch::randn({2, 3, 4, 5}) * 4)
                                          .to(type)
                                          .contiguous(at::MemoryFormat::ChannelsLast)
                                          .requires_grad_(true);
            const torch::Tensor factor = torch::randn({2, 3, 4, 5}).to(type);
            const torch::Tensor ours =
                torch::autograd::grad({(engine::smoothActivation(kind, map) * factor).sum()}, {map})[0];
            const torch::Tensor wide = map.detach().to(torch::kDouble).requires_grad_(true);
            const torch::Tensor theirs = torch::autograd::grad(
                {((gelu ? torch::gelu(wide) : torch::silu(wide)) * factor.to(torch::kDouble)).sum()}, {wide})[0];
            QVERIFY(near(ours, theirs, type == torch::kFloat ? 2e-6 : 8e-3));
            QVERIFY(engine::smoothActivation(kind, torch::full({3}, std::nan("")).to(type)).isnan().all().item<bool>());
        }
    }

    void layerNormComputesUnderBf16() {
        const auto module = *GraphModule::make(*buildFromZoo("convnext_tiny", {32, 32, 3, 3, Json::object()}), 1);
        module->enableTraining();
        torch::manual_seed(2);
        engine::Moments moments = engine::Moments::zeros(module->parameters());
        engine::StepSettings settings;
        settings.bf16 = true;
        const torch::Tensor images = torch::rand({2, 32, 32, 3}), labels = torch::tensor({0, 1}, torch::kLong);
        const double first = trainStep(*module, moments, settings, {images}, {labels}, 1e-3, 1).loss;
        QVERIFY(std::isfinite(first));
        QVERIFY(trainStep(*module, moments, settings, {images}, {labels}, 1e-3, 2).loss < first);
    }

    void torchScriptComputesTheSame_data() {
        QTest::addColumn<QString>("network");
        QTest::addColumn<int>("channels");
        QTest::addColumn<bool>("headed");
        QTest::newRow("minception, its crop and contrast") << "minception" << 3 << false;
        QTest::newRow("helping outputs") << "inception_v1" << 3 << false;
        QTest::newRow("another head") << "squeezenet1_1" << 3 << true;
        QTest::newRow("grey") << "mnist_convnet" << 1 << false;
    }

    void torchScriptComputesTheSame() {
        QFETCH(QString, network);
        QFETCH(int, channels);
        QFETCH(bool, headed);
        const ZooEntry& entry = *findInZoo(network.toStdString());
        GraphSpec spec =
            *buildFromZoo(entry.name, {entry.defaultHeight, entry.defaultWidth, channels, 5, Json::object()});
        if (headed)
            spec = *withHead(spec, HeadSettings{HeadSettings::Pooling::Max, {8}, 0.2}, 5);
        const auto module = *GraphModule::make(spec, 1);
        TorchScriptRequest request;
        request.source.model = m_folder.filePath(QStringLiteral("net.json")).toStdString();
        request.source.weights = file();
        request.file = m_folder.filePath(QStringLiteral("net.pt")).toStdString();
        QVERIFY(writeFileAtomically(request.source.model, toText(toJson(spec))));
        QVERIFY(saveWeights(*module, file()));
        const Result<void> written = engine::exportTorchScript(request);
        QVERIFY2(written.ok(), written ? "" : written.error().message.c_str());
        torch::jit::Module script = torch::jit::load(request.file.string());
        torch::NoGradGuard noGrad;
        for (const int batch : {1, 3}) { // not only the one that it was traced with
            const torch::Tensor x = torch::rand({batch, channels, entry.defaultHeight, entry.defaultWidth});
            const torch::Tensor ours = module->forward(x, false)[0], theirs = script.forward({x}).toTensor();
            QCOMPARE(theirs.sizes().vec(), (std::vector<std::int64_t>{batch, 5}));
            QVERIFY((ours - theirs).abs().max().item<double>() < 1e-4 * ours.abs().max().item<double>());
        }
    }
};

QTEST_APPLESS_MAIN(NetworksTest)
#include "tst_Networks.moc"
