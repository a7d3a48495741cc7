// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

#include "Test.h"
#include "support/Files.h"
#include "zoo/Hub.h"
#include "zoo/WeightFit.h"
#include "zoo/WeightNaming.h"
#include "zoo/Zoo.h"

using namespace sightline;

namespace {

/// Parameters of a network (SPEC 2), or -1 and a warning where it cannot be built.
qint64 parameters(const std::string& name, const ZooRequest& request) {
    const Result<GraphSpec> spec = buildFromZoo(name, request);
    if (!spec) {
        qWarning("%s", spec.error().message.c_str());
        return -1;
    }
    const Result<GraphCost> cost = shapes(*spec);
    return cost ? cost->parameters : -1;
}

} // namespace

class ZooTest : public Test {
    Q_OBJECT
private Q_SLOTS:
    void parametersEqualThePublishedCounts_data();
    void parametersEqualThePublishedCounts();
    void runningStatisticsAndShapesAreThePublishedOnes_data();
    void runningStatisticsAndShapesAreThePublishedOnes();
    void auxiliaryOutputsCarryTheTextsLossWeights();
    void firstConvolutionsTakeOtherChannels();
    void everyNetworkSaysWhereAnInputIsTooSmall();
    void theBaseEndsBeforeTheClassifier_data();
    void theBaseEndsBeforeTheClassifier();
    void filesOfEachFamilyAreRecognised_data();
    void filesOfEachFamilyAreRecognised();
    void whatAFileLacksIsNamedAsTheFileNamesIt();
    void hubNamesStandForFetchedFiles();
    void anInputTooSmallForTheNetworkIsRefusedAtItsNode();
    void unknownOptionsAreNamedByTheirPath();
    void graphsSurviveJson();
};

void ZooTest::parametersEqualThePublishedCounts_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("classes");
    QTest::addColumn<QString>("options");
    QTest::addColumn<qint64>("expected");
    QTest::newRow("toy baseline, 6") << "toy_cnn" << 128 << 3 << 6 << "{}" << qint64{1058950};
    QTest::newRow("toy baseline, 5") << "toy_cnn" << 128 << 3 << 5 << "{}" << qint64{1058917};
    QTest::newRow("experiment 5") << "toy_cnn" << 128 << 3 << 5 << R"({"filters":[32,32,64]})" << qint64{553125};
    QTest::newRow("experiment 6") << "toy_cnn" << 128 << 3 << 5 << R"({"filters":[16,32,64]})" << qint64{548069};
    QTest::newRow("experiment 7") << "toy_cnn" << 128 << 3 << 5 << R"({"filters":[32,64,64],"kernels":[3,3,5]})"
                                  << qint64{646341};
    QTest::newRow("experiment 8") << "toy_cnn" << 128 << 3 << 5 << R"({"filters":[32,32,32,64]})" << qint64{169157};
    QTest::newRow("tuner optimum") << "toy_cnn" << 128 << 3 << 6
                                   << R"({"filters":[96,64,64],"dense":[160],"dropout":0.5})" << qint64{2717542};
    QTest::newRow("mnist") << "mnist_convnet" << 28 << 1 << 10 << "{}" << qint64{93322};
    QTest::newRow("cats and dogs, one output") << "cats_dogs_cnn" << 150 << 3 << 1 << "{}" << qint64{3453121};
    QTest::newRow("mnist without pools") << "mnist_convnet" << 28 << 1 << 10 << R"({"max_pool":false})"
                                         << qint64{55744 + 30976 * 64 + 64 + 650};
    QTest::newRow("inception v1, book") << "inception_v1" << 56 << 3 << 200 << "{}" << qint64{10918280};
    QTest::newRow("inception v1, book, 3") << "inception_v1" << 56 << 3 << 3 << "{}" << qint64{10312505};
    QTest::newRow("inception v1, notebook")
        << "inception_v1" << 56 << 3 << 200 << R"({"variant":"notebook"})" << qint64{6986120};
    QTest::newRow("inception v1, notebook, 3")
        << "inception_v1" << 56 << 3 << 3 << R"({"variant":"notebook"})" << qint64{6380345};
    QTest::newRow("inception v1 without side heads")
        << "inception_v1" << 56 << 3 << 200 << R"({"auxiliary":false})" << qint64{6178552};
    QTest::newRow("minception") << "minception" << 64 << 3 << 200 << "{}" << qint64{7156184};
    QTest::newRow("minception, 5") << "minception" << 64 << 3 << 5 << "{}" << qint64{6944949 - 13600};
    QTest::newRow("minception, 10") << "minception" << 56 << 3 << 10 << "{}" << qint64{6950714 - 13600};
    QTest::newRow("minception without crop")
        << "minception" << 64 << 3 << 200 << R"({"random_crop":0})" << qint64{7156184};
    QTest::newRow("inception_resnet_v2") << "inception_resnet_v2" << 299 << 3 << 1000 << "{}" << qint64{55843464};
    QTest::newRow("inception_resnet_v2, 200") << "inception_resnet_v2" << 224 << 3 << 200 << "{}" << qint64{54613864};
    QTest::newRow("inception_resnet_v2, smallest")
        << "inception_resnet_v2" << 75 << 3 << 200 << "{}" << qint64{54613864};
    QTest::newRow("efficientnet_lite0") << "efficientnet_lite0" << 224 << 3 << 1000 << "{}" << qint64{4652008};
    QTest::newRow("tf_efficientnet_lite0") << "tf_efficientnet_lite0" << 97 << 3 << 1000 << "{}" << qint64{4652008};
    QTest::newRow("efficientnet_b0") << "efficientnet_b0" << 224 << 3 << 1000 << "{}" << qint64{5288548};
    QTest::newRow("mobilenet_v3_small") << "mobilenet_v3_small" << 224 << 3 << 1000 << "{}" << qint64{2542856};
    QTest::newRow("convnext_tiny") << "convnext_tiny" << 224 << 3 << 1000 << "{}" << qint64{28589128};
    QTest::newRow("densenet121") << "densenet121" << 224 << 3 << 1000 << "{}" << qint64{7978856};
    QTest::newRow("squeezenet1_1") << "squeezenet1_1" << 224 << 3 << 1000 << "{}" << qint64{1235496};
    QTest::newRow("squeezenet1_1, 5") << "squeezenet1_1" << 97 << 3 << 5 << "{}" << qint64{1235496 - 995 * 513};
    QTest::newRow("resnet18, 5") << "resnet18" << 64 << 3 << 5 << "{}" << qint64{11179077};
    QTest::newRow("resnet50, 5") << "resnet50" << 97 << 3 << 5 << "{}" << qint64{23518277};
    QTest::newRow("vgg16, fruit head") << "vgg16" << 224 << 3 << 6 << R"({"dense":[128,128]})" << qint64{17943366};
    QTest::newRow("vgg16, fruit head, 5") << "vgg16" << 224 << 3 << 5 << R"({"dense":[128,128]})" << qint64{17943237};
    QTest::newRow("vgg16, cats and dogs head, one output")
        << "vgg16" << 150 << 3 << 1 << R"({"dense":[256]})" << qint64{16812353};
    QTest::newRow("mobilenet_v2") << "mobilenet_v2" << 224 << 3 << 1000 << "{}" << qint64{3504872};
    QTest::newRow("mobilenet_v2, 5") << "mobilenet_v2" << 224 << 3 << 5 << "{}" << qint64{2230277};
    QTest::newRow("resnet18") << "resnet18" << 224 << 3 << 1000 << "{}" << qint64{11689512};
    QTest::newRow("resnet50") << "resnet50" << 224 << 3 << 1000 << "{}" << qint64{25557032};
    QTest::newRow("vgg16") << "vgg16" << 224 << 3 << 1000 << "{}" << qint64{138357544};
}

void ZooTest::parametersEqualThePublishedCounts() {
    QFETCH(QString, name);
    QFETCH(int, size);
    QFETCH(int, channels);
    QFETCH(int, classes);
    QFETCH(QString, options);
    QFETCH(qint64, expected);
    QCOMPARE(parameters(name.toStdString(), {size, size, channels, classes, Json::parse(options.toStdString())}),
             expected);
}

void ZooTest::runningStatisticsAndShapesAreThePublishedOnes_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("size");
    QTest::addColumn<qint64>("statistics");
    QTest::addColumn<QString>("node");
    QTest::addColumn<QString>("shape");
    QTest::newRow("minception") << "minception" << 64 << qint64{13600} << "reduction"
                                << "1152 4 4";
    QTest::newRow("resnet18") << "resnet18" << 224 << qint64{9600} << "layer4.1.relu"
                              << "512 7 7";
    QTest::newRow("resnet50") << "resnet50" << 97 << qint64{53120} << "layer4.2.relu"
                              << "2048 4 4";
    QTest::newRow("mobilenet_v2") << "mobilenet_v2" << 224 << qint64{34112} << "features.18.2"
                                  << "1280 7 7";
    QTest::newRow("efficientnet_lite0") << "efficientnet_lite0" << 224 << qint64{42016} << "bn2.act"
                                        << "1280 7 7";
    QTest::newRow("inception_resnet_v2 @299") << "inception_resnet_v2" << 299 << qint64{60544} << "mixed_6a"
                                              << "1088 17 17";
    QTest::newRow("inception_resnet_v2 @224") << "inception_resnet_v2" << 224 << qint64{60544} << "block8"
                                              << "2080 5 5";
    QTest::newRow("inception_v1 @56") << "inception_v1" << 56 << qint64{0} << "inception_5b"
                                      << "1024 7 7";
    QTest::newRow("inception_v1's side head") << "inception_v1" << 56 << qint64{0} << "aux1.flatten"
                                              << "2048";
    QTest::newRow("vgg16 @150") << "vgg16" << 150 << qint64{0} << "features.30"
                                << "512 4 4";
    QTest::newRow("squeezenet1_1 @224, pools that round up") << "squeezenet1_1" << 224 << qint64{0} << "features.12"
                                                             << "512 13 13";
    QTest::newRow("densenet121") << "densenet121" << 224 << qint64{83648} << "features.relu5"
                                 << "1024 7 7";
}

void ZooTest::runningStatisticsAndShapesAreThePublishedOnes() {
    QFETCH(QString, name);
    QFETCH(int, size);
    QFETCH(qint64, statistics);
    QFETCH(QString, node);
    QFETCH(QString, shape);
    const Result<GraphSpec> spec = buildFromZoo(name.toStdString(), {size, size, 3, 200, Json::object()});
    QVERIFY2(spec.ok(), spec ? "" : spec.error().message.c_str());
    const Result<GraphCost> cost = shapes(*spec);
    QVERIFY2(cost.ok(), cost ? "" : cost.error().message.c_str());
    QCOMPARE(cost->runningStats, statistics);
    for (std::size_t i = 0; i < spec->nodes.size(); ++i) {
        if (spec->nodes[i].id != node.toStdString())
            continue;
        QStringList found;
        for (const auto extent : cost->nodes[i].output)
            found << QString::number(extent);
        QCOMPARE(found.join(' '), shape);
        return;
    }
    QFAIL("there is no such node");
}

void ZooTest::auxiliaryOutputsCarryTheTextsLossWeights() {
    const Result<GraphSpec> book = buildFromZoo("inception_v1", {56, 56, 3, 200, Json::object()});
    const Result<GraphSpec> notebook = buildFromZoo("inception_v1", {56, 56, 3, 200, {{"variant", "notebook"}}});
    QVERIFY(book.ok() && notebook.ok());
    QVERIFY(
        (book->outputs == std::vector<Output>{{"final", "final", 1.0}, {"aux1", "aux1", 1.0}, {"aux2", "aux2", 1.0}}));
    QVERIFY((notebook->outputs ==
             std::vector<Output>{{"main_out", "main_out", 1.0}, {"aux1", "aux1", 0.3}, {"aux2", "aux2", 0.3}}));
}

void ZooTest::firstConvolutionsTakeOtherChannels() {
    // Two filters of 1 x 2: timm's adapt_input_conv.
    const std::vector<float> weights{1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60};
    const Shape shape{2, 3, 1, 2};
    QCOMPARE(widened(weights, shape, 1), (std::vector<float>{9, 12, 90, 120}));
    QCOMPARE(widened(weights, shape, 2), (std::vector<float>{1.5f, 3, 4.5f, 6, 15, 30, 45, 60}));
    QCOMPARE(widened(weights, shape, 6), (std::vector<float>{.5f, 1,  1.5f, 2,  2.5f, 3, .5f, 1,  1.5f, 2,  2.5f, 3, 5,
                                                             10,  15, 20,   25, 30,   5, 10,  15, 20,   25, 30}));
    // resnet18 on five channels against a file of three: only the first layer differs.
    const auto spec = buildFromZoo("resnet18", ZooRequest{64, 64, 5, 10, Json::object()});
    const auto three = buildFromZoo("resnet18", ZooRequest{64, 64, 3, 10, Json::object()});
    QVERIFY(spec.ok() && three.ok());
    const std::vector<TensorSpec> ours = tensorsOf(*spec, *shapes(*spec));
    WeightMatch match = matchWeights(*spec, ours, tensorsOf(*three, *shapes(*three)));
    QCOMPARE(match.misfits.size(), std::size_t(1));
    const std::vector<std::size_t> adapted = adaptsChannels(*spec, ours, match);
    QCOMPARE(adapted.size(), std::size_t(1));
    QCOMPARE(ours[adapted[0]].shape[1], std::int64_t(5));
    QVERIFY(match.isComplete());
}

void ZooTest::everyNetworkSaysWhereAnInputIsTooSmall() {
    int refused = 0;
    for (const ZooEntry& entry : zoo()) {
        for (const int size : {1, 2, 3, 5, 8, 13, 21, 34, 55, 89}) {
            const Result<GraphSpec> spec = buildFromZoo(entry.name, {size, size + 3, 3, 7, Json::object()});
            const Result<GraphCost> cost = spec ? shapes(*spec) : Result<GraphCost>(spec.error());
            if (cost)
                continue;
            ++refused;
            const std::string& message = cost.error().message;
            bool named = false;
            for (const Node& node : spec->nodes)
                named = named || message.starts_with(node.id + " (");
            QVERIFY2(named, (entry.name + ": " + message).c_str());
        }
    }
    QVERIFY(refused > 0);
}

void ZooTest::theBaseEndsBeforeTheClassifier_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("options");
    QTest::addColumn<QString>("lastOfBase");
    QTest::addColumn<QString>("classifier");
    QTest::newRow("resnet18") << "resnet18"
                              << "{}"
                              << "layer4.1.bn2"
                              << "fc";
    QTest::newRow("vgg16") << "vgg16"
                           << "{}"
                           << "features.28"
                           << "classifier.6";
    QTest::newRow("vgg16 with a head") << "vgg16"
                                       << R"({"dense":[128,128]})"
                                       << "features.28"
                                       << "head.out";
    QTest::newRow("squeezenet, whose classifier is a convolution") << "squeezenet1_1"
                                                                   << "{}"
                                                                   << "features.12.expand3x3"
                                                                   << "classifier.1";
    QTest::newRow("inception v1, whose side heads come last") << "inception_v1"
                                                              << "{}"
                                                              << "inception_5b.pool_proj"
                                                              << "final aux1 aux2";
    QTest::newRow("densenet, which ends in batch-norm") << "densenet121"
                                                        << "{}"
                                                        << "features.norm5"
                                                        << "classifier";
    QTest::newRow("convnext, whose head has a norm of its own") << "convnext_tiny"
                                                                << "{}"
                                                                << "features.7.2.layer_scale"
                                                                << "classifier.2";
    QTest::newRow("toy, whose logits are dropped") << "toy_cnn"
                                                   << R"({"dropout":0.5,"dropout_place":"logits"})"
                                                   << "conv2d_1"
                                                   << "dense_1";
}

void ZooTest::theBaseEndsBeforeTheClassifier() {
    QFETCH(QString, name);
    QFETCH(QString, options);
    QFETCH(QString, lastOfBase);
    QFETCH(QString, classifier);
    const Result<GraphSpec> spec =
        buildFromZoo(name.toStdString(), {128, 128, 3, 7, Json::parse(options.toStdString())});
    QVERIFY2(spec.ok(), spec ? "" : spec.error().message.c_str());
    const std::size_t end = baseEnd(*spec);
    QVERIFY(end > 0);
    QCOMPARE(QString::fromStdString(spec->nodes[end - 1].id), lastOfBase);
    QStringList found;
    const std::vector<bool> makes = classifierNodes(*spec);
    for (std::size_t i = 0; i < makes.size(); ++i) {
        if (makes[i])
            found << QString::fromStdString(spec->nodes[i].id);
    }
    QCOMPARE(found.join(' '), classifier);
}

void ZooTest::filesOfEachFamilyAreRecognised_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("tensor");
    QTest::addColumn<QString>("shape");
    QTest::addColumn<QString>("family");
    // Names and shapes as torchvision 0.28 and timm 1.0 write them.
    QTest::newRow("vgg16") << "vgg16"
                           << "pre_logits.fc1.weight"
                           << "4096 512 7 7"
                           << "timm";
    QTest::newRow("vgg16, torchvision") << "vgg16"
                                        << "classifier.0.weight"
                                        << "4096 25088"
                                        << "node ids";
    QTest::newRow("mobilenet_v2, first block") << "mobilenet_v2"
                                               << "blocks.0.0.conv_pw.weight"
                                               << "16 32 1 1"
                                               << "timm";
    QTest::newRow("mobilenet_v2, last block") << "mobilenet_v2"
                                              << "blocks.6.0.bn3.running_var"
                                              << "320"
                                              << "timm";
    QTest::newRow("efficientnet_b0") << "efficientnet_b0"
                                     << "blocks.5.3.se.conv_expand.weight"
                                     << "1152 48 1 1"
                                     << "timm";
    QTest::newRow("mobilenet_v3_small") << "mobilenet_v3_small"
                                        << "blocks.2.0.se.conv_reduce.bias"
                                        << "24"
                                        << "timm";
    QTest::newRow("mobilenet_v3_small, head") << "mobilenet_v3_small"
                                              << "conv_head.weight"
                                              << "1024 576 1 1"
                                              << "timm";
    QTest::newRow("convnext_tiny") << "convnext_tiny"
                                   << "stages.2.blocks.8.mlp.fc1.weight"
                                   << "1536 384"
                                   << "timm";
    QTest::newRow("convnext_tiny, factors") << "convnext_tiny"
                                            << "stages.3.blocks.0.gamma"
                                            << "768"
                                            << "timm";
    QTest::newRow("convnext_tiny, torchvision") << "convnext_tiny"
                                                << "features.1.0.layer_scale"
                                                << "96 1 1"
                                                << "torchvision";
}

void ZooTest::filesOfEachFamilyAreRecognised() {
    QFETCH(QString, name);
    QFETCH(QString, tensor);
    QFETCH(QString, shape);
    QFETCH(QString, family);
    const Result<GraphSpec> spec = buildFromZoo(name.toStdString(), {224, 224, 3, 1000, Json::object()});
    QVERIFY(spec.ok());
    const std::vector<TensorSpec> ours = tensorsOf(*spec, *shapes(*spec));
    for (const WeightNaming& naming : weightNamings(*spec, ours)) {
        if (naming.family != family.toStdString())
            continue;
        const auto found = std::find_if(naming.tensors.begin(), naming.tensors.end(),
                                        [&](const TensorSpec& t) { return t.name == tensor.toStdString(); });
        QVERIFY(found != naming.tensors.end());
        QStringList extents;
        for (const auto extent : found->shape)
            extents << QString::number(extent);
        QCOMPARE(extents.join(' '), shape);
        std::vector<TensorSpec> file = naming.tensors;
        file.push_back({"bn1.num_batches_tracked", {}});
        const WeightMatch match = matchWeights(*spec, ours, file);
        QVERIFY(match.isComplete());
        QVERIFY(match.unexpected.empty());
        QCOMPARE(match.naming.family, naming.family);
        return;
    }
    QFAIL("there is no such family");
}

void ZooTest::whatAFileLacksIsNamedAsTheFileNamesIt() {
    const Result<GraphSpec> spec = buildFromZoo("mobilenet_v2", {224, 224, 3, 10, Json::object()});
    const std::vector<TensorSpec> ours = tensorsOf(*spec, *shapes(*spec));
    std::vector<TensorSpec> file = weightNamings(*spec, ours)[1].tensors;
    std::erase_if(file, [](const TensorSpec& tensor) { return tensor.name == "blocks.3.1.bn2.bias"; });
    const std::string lacking = describeFault(matchWeights(*spec, ours, file), "w", "mobilenet_v2");
    QVERIFY2(lacking.find("blocks.3.1.bn2.bias [384]") != std::string::npos, lacking.c_str());
    file = weightNamings(*spec, ours)[1].tensors;
    for (TensorSpec& tensor : file) {
        if (tensor.name == "classifier.weight")
            tensor.shape = {1000, 1280};
    }
    file.push_back({"extra.weight", {3}});
    const WeightMatch match = matchWeights(*spec, ours, file);
    const std::string misfit = describeFault(match, "w", "mobilenet_v2");
    QVERIFY2(misfit.find("classifier.weight is [1000, 1280]") != std::string::npos &&
                 misfit.find("[10, 1280]") != std::string::npos,
             misfit.c_str());
    QCOMPARE(match.unexpected, std::vector<std::string>{"extra.weight"});
}

void ZooTest::hubNamesStandForFetchedFiles() {
    const QTemporaryDir home;
    const std::filesystem::path folder = home.path().toStdString();
    const Result<std::filesystem::path> missing = weightsFile("resnet18.a1_in1k", folder);
    QVERIFY(!missing);
    QVERIFY2(missing.error().message.find("weights fetch resnet18.a1_in1k") != std::string::npos,
             missing.error().message.c_str());
    QVERIFY(makeFolder(folder / "weights") &&
            writeFileAtomically(folder / "weights" / "resnet18.a1_in1k.safetensors", "x"));
    const Result<std::filesystem::path> there = weightsFile("resnet18.a1_in1k", folder);
    QVERIFY(there.ok());
    QCOMPARE(*there, folder / "weights" / "resnet18.a1_in1k.safetensors");
    QCOMPARE(*weightsFile("some/file.safetensors", folder), std::filesystem::path("some/file.safetensors"));
    for (const HubWeights& weights : hubWeights())
        QVERIFY2(findInZoo(weights.network), weights.network.c_str());
}

void ZooTest::anInputTooSmallForTheNetworkIsRefusedAtItsNode() {
    const Result<GraphSpec> spec = buildFromZoo("toy_cnn", {2, 2, 3, 5, Json::object()});
    const Result<GraphCost> cost = spec ? shapes(*spec) : Result<GraphCost>(spec.error());
    QVERIFY(!cost);
    QVERIFY2(cost.error().message.find("max_pooling2d_1") != std::string::npos, cost.error().message.c_str());
}

void ZooTest::unknownOptionsAreNamedByTheirPath() {
    const Result<GraphSpec> spec = buildFromZoo("toy_cnn", {128, 128, 3, 5, {{"filtres", 3}}});
    QVERIFY(!spec);
    QVERIFY2(spec.error().message.find("model.options.filtres") != std::string::npos, spec.error().message.c_str());
}

void ZooTest::graphsSurviveJson() {
    for (const ZooEntry& entry : zoo()) {
        const Result<GraphSpec> spec = buildFromZoo(
            entry.name, {entry.defaultHeight, entry.defaultWidth, entry.defaultChannels, 7, Json::object()});
        QVERIFY2(spec.ok(), entry.name.c_str());
        const Result<GraphSpec> again = graphFromJson(toJson(*spec));
        QVERIFY2(again.ok(), entry.name.c_str());
        QVERIFY2(*again == *spec, entry.name.c_str());
    }
}

QTEST_APPLESS_MAIN(ZooTest)
#include "tst_Zoo.moc"
