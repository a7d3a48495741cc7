// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include "Test.h"
#include "network/GraphSpec.h"
#include "support/Files.h"

using namespace sightline;

/// Shapes by formula, and graphs that must be refused.
class GraphSpecTest : public Test {
    Q_OBJECT

    static GraphSpec tiny(int size) {
        GraphSpec spec;
        spec.name = "tiny";
        spec.height = spec.width = size;
        spec.nodes = {
            {"input", Op::Input, Json::object(), {}},
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

    void hostileFilesAreRefusedBeforeTheyCostMuch_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("mention");
        const auto json = [](QByteArray text) { return text.replace('\'', '"'); };
        const auto file = [&](const QByteArray& nodes, const QByteArray& output = "z") {
            return json("{'name':'h','input':[8,8,3],'nodes':[{'id':'input','op':'input'}" + nodes +
                        "],'outputs':[{'name':'main','node':'" + output + "'}]}");
        };
        QTest::newRow("a cycle")
            << file(",{'id':'a','op':'add','inputs':['input','z']},{'id':'z','op':'activation','inputs':['a']}")
            << QByteArray("a (add)");
        QTest::newRow("its own input") << file(",{'id':'z','op':'activation','inputs':['z']}")
                                       << QByteArray("z (activation)");
        QTest::newRow("a missing input") << file(",{'id':'z','op':'activation','inputs':['nowhere']}")
                                         << QByteArray("nowhere");
        QTest::newRow("2^40 channels")
            << file(",{'id':'z','op':'conv2d','inputs':['input'],'attributes':{'filters':1099511627776,'kernel':1}}")
            << QByteArray("filters");
        QTest::newRow("2^40 units") << file(",{'id':'f','op':'flatten','inputs':['input']},{'id':'z','op':'dense','"
                                            "inputs':['f'],'attributes':{'units':1099511627776}}")
                                    << QByteArray("units");
        QTest::newRow("an input of 2^30 pixels a side")
            << json("{'name':'h','input':[1073741824,1073741824,3],'nodes':[{'id':'input','op':'input'}],'outputs':[{'"
                    "name':'main','node':'input'}]}")
            << QByteArray("input");
        QByteArray wide = ",{'id':'z','op':'add','inputs':['input'";
        for (int i = 0; i < 100000; ++i)
            wide += ",'input'";
        QTest::newRow("100,000 inputs") << file(wide + "]}") << QByteArray("z (add)");
        QByteArray many;
        for (int i = 0; i < 100000; ++i)
            many += ",{'id':'n" + QByteArray::number(i) + "','op':'flatten','inputs':['input']}";
        QTest::newRow("100,000 nodes") << file(many, "n1") << QByteArray("20000");
        QTest::newRow("100,000 brackets") << QByteArray(100000, '[') << QByteArray("nested too deeply");
    }

    void hostileFilesAreRefusedBeforeTheyCostMuch() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, mention);
        const QTemporaryDir folder;
        const std::string path = folder.filePath("hostile.json").toStdString();
        QVERIFY(writeFileAtomically(path, text.toStdString()).ok());
        const Result<GraphSpec> graph = readGraph(path);
        const Result<GraphCost> cost = graph ? shapes(*graph) : Result<GraphCost>(graph.error());
        QVERIFY(!cost.ok());
        QVERIFY2(QByteArray::fromStdString(cost.error().message).contains(mention), cost.error().message.c_str());
        QCOMPARE(std::count(cost.error().message.begin(), cost.error().message.end(), '\n'), 0);
        QVERIFY2(cost.error().message.size() < 1000, cost.error().message.c_str());
    }

    void everyInitializerSurvivesJson() {
        for (const Initializer initializer :
             {Initializer::GlorotUniform, Initializer::TorchDefault, Initializer::KaimingNormalFanOut,
              Initializer::TruncatedNormal002, Initializer::KaimingUniform, Initializer::KaimingNormalFanIn,
              Initializer::KaimingNormalSmallDense, Initializer::KaimingNormalUniformDense,
              Initializer::GroupNormalUniformDense}) {
            GraphSpec spec = tiny(8);
            spec.initializer = initializer;
            const Result<GraphSpec> again = graphFromJson(toJson(spec));
            QVERIFY2(again.ok(), again ? "" : again.error().message.c_str());
            QVERIFY(again->initializer == initializer);
        }
    }

    void aThousandNodesAreAccepted() {
        Json json = toJson(tiny(8));
        json["nodes"] = Json::array({{{"id", "input"}, {"op", "input"}}});
        std::string last = "input";
        for (int i = 0; i < 1000; ++i) {
            const std::string id = "features." + std::to_string(i);
            json["nodes"].push_back(
                {{"id", id},
                 {"op", i % 2 ? "batch_norm" : "conv2d"},
                 {"inputs", {last}},
                 {"attributes", i % 2 ? Json::object() : Json{{"filters", 64}, {"kernel", 3}, {"padding", 1}}}});
            last = id;
        }
        json["nodes"].push_back({{"id", "pool"}, {"op", "global_avg_pool"}, {"inputs", {last}}});
        json["outputs"] = Json::array({{{"name", "main"}, {"node", "pool"}}});
        const QTemporaryDir folder;
        const std::string path = folder.filePath("long.json").toStdString();
        QVERIFY(writeFileAtomically(path, json.dump()).ok());
        const Result<GraphSpec> graph = readGraph(path);
        QVERIFY2(graph.ok(), graph ? "" : graph.error().message.c_str());
        QVERIFY(shapes(*graph).ok());
    }
};

QTEST_APPLESS_MAIN(GraphSpecTest)
#include "tst_GraphSpec.moc"
