// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "zoo/Zoo.h"

using namespace sightline;

namespace {

/// Parameters of a network (SPEC 2), or -1 and a warning where it cannot be built.
qint64 parameters(const std::string& name, const ZooRequest& request)
{
    const Result<GraphSpec> spec = buildFromZoo(name, request);
    if (!spec) {
        qWarning("%s", spec.error().message.c_str());
        return -1;
    }
    const Result<GraphCost> cost = shapes(*spec);
    return cost ? cost->parameters : -1;
}

} // namespace

class ZooTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void parametersEqualThePublishedCounts_data();
    void parametersEqualThePublishedCounts();
    void anInputTooSmallForTheNetworkIsRefusedAtItsNode();
    void unknownOptionsAreNamedByTheirPath();
    void graphsSurviveJson();
};

void ZooTest::parametersEqualThePublishedCounts_data()
{
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
    QTest::newRow("experiment 7") << "toy_cnn" << 128 << 3 << 5 << R"({"filters":[32,64,64],"kernels":[3,3,5]})" << qint64{646341};
    QTest::newRow("experiment 8") << "toy_cnn" << 128 << 3 << 5 << R"({"filters":[32,32,32,64]})" << qint64{169157};
    QTest::newRow("tuner optimum") << "toy_cnn" << 128 << 3 << 6 << R"({"filters":[96,64,64],"dense":[160],"dropout":0.5})" << qint64{2717542};
    QTest::newRow("mnist") << "mnist_convnet" << 28 << 1 << 10 << "{}" << qint64{93322};
    QTest::newRow("cats and dogs, one output") << "cats_dogs_cnn" << 150 << 3 << 1 << "{}" << qint64{3453121};
    QTest::newRow("mobilenet_v2") << "mobilenet_v2" << 224 << 3 << 1000 << "{}" << qint64{3504872};
    QTest::newRow("mobilenet_v2, 5") << "mobilenet_v2" << 224 << 3 << 5 << "{}" << qint64{2230277};
    QTest::newRow("resnet18") << "resnet18" << 224 << 3 << 1000 << "{}" << qint64{11689512};
    QTest::newRow("resnet50") << "resnet50" << 224 << 3 << 1000 << "{}" << qint64{25557032};
    QTest::newRow("vgg16") << "vgg16" << 224 << 3 << 1000 << "{}" << qint64{138357544};
}

void ZooTest::parametersEqualThePublishedCounts()
{
    QFETCH(QString, name);
    QFETCH(int, size);
    QFETCH(int, channels);
    QFETCH(int, classes);
    QFETCH(QString, options);
    QFETCH(qint64, expected);
    QCOMPARE(parameters(name.toStdString(), {size, size, channels, classes, Json::parse(options.toStdString())}), expected);
}

void ZooTest::anInputTooSmallForTheNetworkIsRefusedAtItsNode()
{
    const Result<GraphSpec> spec = buildFromZoo("toy_cnn", {2, 2, 3, 5, Json::object()});
    const Result<GraphCost> cost = spec ? shapes(*spec) : Result<GraphCost>(spec.error());
    QVERIFY(!cost);
    QVERIFY2(cost.error().message.find("max_pooling2d_1") != std::string::npos, cost.error().message.c_str());
}

void ZooTest::unknownOptionsAreNamedByTheirPath()
{
    const Result<GraphSpec> spec = buildFromZoo("toy_cnn", {128, 128, 3, 5, {{"filtres", 3}}});
    QVERIFY(!spec);
    QVERIFY2(spec.error().message.find("model.options.filtres") != std::string::npos, spec.error().message.c_str());
}

void ZooTest::graphsSurviveJson()
{
    for (const ZooEntry& entry : zoo()) {
        const Result<GraphSpec> spec = buildFromZoo(entry.name, {entry.defaultHeight, entry.defaultWidth, entry.defaultChannels, 7, Json::object()});
        QVERIFY2(spec.ok(), entry.name.c_str());
        const Result<GraphSpec> again = graphFromJson(toJson(*spec));
        QVERIFY2(again.ok(), entry.name.c_str());
        QVERIFY2(*again == *spec, entry.name.c_str());
    }
}

QTEST_APPLESS_MAIN(ZooTest)
#include "tst_Zoo.moc"
