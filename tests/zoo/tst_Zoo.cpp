// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "zoo/Zoo.h"

using namespace sightline;

/// Parameter counts and shapes of SPEC section 2.
class ZooTest : public QObject {
    Q_OBJECT

    static Result<GraphCost> costOf(const std::string& name, int size, int channels, int classes, const Json& options = Json::object()) {
        const Result<GraphSpec> spec = buildFromZoo(name, {size, size, channels, classes, options});
        if (!spec)
            return spec.error();
        return shapes(*spec);
    }

private Q_SLOTS:
    void parametersEqualTheReferenceCounts_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("channels");
        QTest::addColumn<int>("classes");
        QTest::addColumn<QString>("options");
        QTest::addColumn<qlonglong>("parameters");
        QTest::newRow("toy baseline") << "toy_cnn" << 128 << 3 << 6 << "{}" << 1058950LL;
        QTest::newRow("toy baseline, 5 classes") << "toy_cnn" << 128 << 3 << 5 << "{}" << 1058917LL;
        QTest::newRow("toy experiment 5") << "toy_cnn" << 128 << 3 << 5 << "{\"filters\": [32, 32, 64]}" << 553125LL;
        QTest::newRow("toy experiment 6") << "toy_cnn" << 128 << 3 << 5 << "{\"filters\": [16, 32, 64]}" << 548069LL;
        QTest::newRow("toy experiment 7") << "toy_cnn" << 128 << 3 << 5 << "{\"filters\": [32, 64, 64], \"kernels\": [3, 3, 5]}" << 646341LL;
        QTest::newRow("toy experiment 8") << "toy_cnn" << 128 << 3 << 5 << "{\"filters\": [32, 32, 32, 64]}" << 169157LL;
        QTest::newRow("toy tuner optimum") << "toy_cnn" << 128 << 3 << 6 << "{\"filters\": [96, 64, 64], \"dense\": [160], \"dropout\": 0.5}" << 2717542LL;
        QTest::newRow("mnist") << "mnist_convnet" << 28 << 1 << 10 << "{}" << 93322LL;
        QTest::newRow("vgg16") << "vgg16" << 224 << 3 << 1000 << "{}" << 138357544LL;
        QTest::newRow("vgg16, fruit head") << "vgg16" << 224 << 3 << 6 << "{\"dense\": [128, 128], \"dropout\": 0}" << 17943366LL;
        QTest::newRow("mobilenet_v2") << "mobilenet_v2" << 224 << 3 << 1000 << "{}" << 3504872LL;
        QTest::newRow("mobilenet_v2, 5 classes") << "mobilenet_v2" << 128 << 3 << 5 << "{}" << 2230277LL;
        QTest::newRow("resnet18") << "resnet18" << 224 << 3 << 1000 << "{}" << 11689512LL;
        QTest::newRow("resnet18, 5 classes") << "resnet18" << 64 << 3 << 5 << "{}" << 11179077LL;
        QTest::newRow("resnet50") << "resnet50" << 224 << 3 << 1000 << "{}" << 25557032LL;
    }
    void parametersEqualTheReferenceCounts() {
        QFETCH(QString, name);
        QFETCH(int, size);
        QFETCH(int, channels);
        QFETCH(int, classes);
        QFETCH(QString, options);
        QFETCH(qlonglong, parameters);
        const Result<GraphCost> cost = costOf(name.toStdString(), size, channels, classes, Json::parse(options.toStdString()));
        QVERIFY2(cost.ok(), cost ? "" : cost.error().message.c_str());
        QCOMPARE(static_cast<qlonglong>(cost->parameters), parameters);
    }

    void runningStatisticsEqualTheReferenceCounts() {
        QCOMPARE(costOf("resnet18", 224, 3, 1000)->runningStats, 9600);
        QCOMPARE(costOf("resnet50", 224, 3, 1000)->runningStats, 53120);
        QCOMPARE(costOf("mobilenet_v2", 224, 3, 1000)->runningStats, 34112);
    }

    void catsAndDogsBaseHasTheBooksFlattenedSize() {
        const Result<GraphSpec> spec = buildFromZoo("cats_dogs_cnn", {150, 150, 3, 1, Json::object()});
        QVERIFY(spec.ok());
        QCOMPARE(shapes(*spec)->parameters, 3453121);
    }

    void residualBlocksHalveTheImageStageByStage() {
        const Result<GraphSpec> spec = buildFromZoo("resnet18", {224, 224, 3, 1000, Json::object()});
        QVERIFY(spec.ok());
        const Result<GraphCost> cost = shapes(*spec);
        QVERIFY(cost.ok());
        for (std::size_t i = 0; i < spec->nodes.size(); ++i) {
            if (spec->nodes[i].id == "layer4.1.relu")
                QCOMPARE(cost->nodes[i].output, (Shape{512, 7, 7}));
        }
    }

    void heatMapsAreTakenAtTheLastActivationAfterTheLastConvolution() {
        QCOMPARE(defaultHeatMapNode(*buildFromZoo("resnet18", {64, 64, 3, 5, Json::object()})), std::string("layer4.1.relu"));
        QCOMPARE(defaultHeatMapNode(*buildFromZoo("toy_cnn", {128, 128, 3, 5, Json::object()})), std::string("activation_1"));
        QCOMPARE(defaultHeatMapNode(*buildFromZoo("mobilenet_v2", {64, 64, 3, 5, Json::object()})), std::string("features.18.2"));
    }

    void aNetworkTooDeepForItsInputIsExplainedAtTheLayer() {
        const Result<GraphCost> cost = costOf("mnist_convnet", 8, 1, 10);
        QVERIFY(!cost.ok());
        QVERIFY(cost.error().message.find("max_pooling2d_1") != std::string::npos);
        QVERIFY(cost.error().message.find("1 x 1") != std::string::npos);
    }

    void unknownOptionsAndWrongValuesAreAllNamed() {
        const Result<GraphCost> cost = costOf("toy_cnn", 64, 3, 5, Json::parse("{\"filtres\": [3], \"dropout\": 2}"));
        QVERIFY(!cost.ok());
        QVERIFY(cost.error().message.find("model.options.filtres") != std::string::npos);
        QVERIFY(cost.error().message.find("model.options.dropout") != std::string::npos);
    }

    void everyNetworkSurvivesItsOwnJson() {
        for (const ZooEntry& entry : zoo()) {
            const Result<GraphSpec> spec = buildFromZoo(entry.name, {entry.defaultHeight, entry.defaultWidth, entry.defaultChannels, 7, Json::object()});
            QVERIFY2(spec.ok(), entry.name.c_str());
            const Result<GraphSpec> again = graphFromJson(toJson(*spec));
            QVERIFY2(again.ok(), again ? "" : again.error().message.c_str());
            QVERIFY(*again == *spec);
        }
    }
};

QTEST_APPLESS_MAIN(ZooTest)
#include "tst_Zoo.moc"
