// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "network/GraphSpec.h"

using namespace sightline;

/// Shapes by formula, and graphs that must be refused.
class GraphSpecTest : public QObject {
    Q_OBJECT

    static GraphSpec tiny(int size) {
        GraphSpec spec;
        spec.name = "tiny";
        spec.height = spec.width = size;
        spec.nodes = {{"input", Op::Input, Json::object(), {}},
                      {"conv", Op::Conv2d, {{"filters", 4}, {"kernel", 3}, {"padding", "same"}, {"stride", 2}}, {"input"}},
                      {"pool", Op::GlobalAvgPool, Json::object(), {"conv"}},
                      {"fc", Op::Dense, {{"units", 2}}, {"pool"}}};
        spec.outputs = {{"main", "fc", 1.0}};
        return spec;
    }

    static void refused(const GraphSpec& spec, const char* mention) {
        const Result<GraphCost> cost = shapes(spec);
        QVERIFY(!cost.ok());
        QVERIFY2(cost.error().message.find(mention) != std::string::npos, cost.error().message.c_str());
    }

private Q_SLOTS:
    void samePaddingPutsTheOddPixelAtTheBottomAndRight_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("before");
        QTest::addColumn<int>("after");
        QTest::newRow("56 -> 28") << 56 << 0 << 1;
        QTest::newRow("7 -> 4") << 7 << 1 << 1;
    }
    void samePaddingPutsTheOddPixelAtTheBottomAndRight() {
        QFETCH(int, size);
        QFETCH(int, before);
        QFETCH(int, after);
        const GraphSpec spec = tiny(size);
        const Result<Padding> padding = resolvedPadding(spec.nodes[1], size, size);
        QCOMPARE(padding->top, before);
        QCOMPARE(padding->bottom, after);
        QCOMPARE(shapes(spec)->nodes[1].output, (Shape{4, (size + 1) / 2, (size + 1) / 2}));
    }

    void parametersAndMultiplyAddsFollowTheFormula() {
        const Result<GraphCost> cost = shapes(tiny(8));
        QCOMPARE(cost->parameters, 3 * 3 * 3 * 4 + 4 + 4 * 2 + 2);
        QCOMPARE(cost->nodes[1].multiplyAdds, 3 * 3 * 3 * 4 * 4 * 4);
        QCOMPARE(cost->nodes[1].activationBytes, 4 * 4 * 4 * 4);
    }

    void faultsNameTheNode() {
        GraphSpec spec = tiny(8);
        spec.nodes[2].inputs = {"nowhere"};
        refused(spec, "nowhere");
        spec = tiny(8);
        spec.nodes[1].inputs = {"fc"}; // a cycle
        refused(spec, "conv");
        spec = tiny(8);
        spec.nodes[3].inputs = {"conv"};
        refused(spec, "flatten");
        spec = tiny(8);
        spec.nodes[1].attributes["filters"] = std::int64_t{1} << 40;
        refused(spec, "filters");
        spec = tiny(8);
        spec.nodes[3].id = "conv";
        refused(spec, "two nodes");
        spec = tiny(8);
        spec.outputs[0].node = "conv";
        refused(spec, "vector");
    }

    void hostileFilesAreRefused() {
        Json json = toJson(tiny(8));
        json["nodes"][1]["attributes"]["filtres"] = 3;
        QVERIFY(!graphFromJson(json).ok());
        json = toJson(tiny(8));
        json["nodes"][1]["op"] = "explode";
        QVERIFY(!graphFromJson(json).ok());
        json = toJson(tiny(8));
        for (int i = 0; i < 100000; ++i)
            json["nodes"].push_back({{"id", "n"}});
        QVERIFY(!graphFromJson(json).ok());
        QVERIFY(!graphFromJson(Json::array()).ok());
    }
};

QTEST_APPLESS_MAIN(GraphSpecTest)
#include "tst_GraphSpec.moc"
