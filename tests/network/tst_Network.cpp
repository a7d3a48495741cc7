// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "network/GraphSpec.h"

using namespace sightline;

namespace {

/// A graph of an 8 x 8 image with the given nodes after the input; its last node is the output.
Result<GraphCost> costOf(const std::string& nodes, const std::string& output)
{
    const Result<Json> json = parseJson(R"({"name":"t","input":[8,8,3],"nodes":[{"id":"input","op":"input"},)" + nodes +
                                            R"(],"outputs":[{"name":"main","node":")" + output + R"("}]})", "test");
    if (!json)
        return json.error();
    const Result<GraphSpec> spec = graphFromJson(*json);
    return spec ? shapes(*spec) : Result<GraphCost>(spec.error());
}

} // namespace

class NetworkTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void hostileGraphsAreRefusedAtTheirNode_data();
    void hostileGraphsAreRefusedAtTheirNode();
    void samePaddingPutsTheOddPixelAtTheBottomAndRight();
    void shapesOfASmallNetworkAreRight();
};

void NetworkTest::hostileGraphsAreRefusedAtTheirNode_data()
{
    QTest::addColumn<QString>("nodes");
    QTest::newRow("cycle") << R"({"id":"a","op":"add","inputs":["input","b"]},{"id":"b","op":"flatten","inputs":["a"]})";
    QTest::newRow("itself") << R"({"id":"a","op":"flatten","inputs":["a"]},{"id":"b","op":"flatten","inputs":["a"]})";
    QTest::newRow("missing input") << R"({"id":"a","op":"flatten","inputs":["nowhere"]},{"id":"b","op":"flatten","inputs":["a"]})";
    QTest::newRow("2^40 channels") << R"({"id":"a","op":"conv2d","inputs":["input"],"attributes":{"filters":1099511627776,"kernel":1}},{"id":"b","op":"flatten","inputs":["a"]})";
    QTest::newRow("dense on an image") << R"({"id":"a","op":"dense","inputs":["input"],"attributes":{"units":3}},{"id":"b","op":"flatten","inputs":["a"]})";
}

void NetworkTest::hostileGraphsAreRefusedAtTheirNode()
{
    QFETCH(QString, nodes);
    const Result<GraphCost> cost = costOf(nodes.toStdString(), "b");
    QVERIFY(!cost);
    QVERIFY2(cost.error().message.find("a (") != std::string::npos, cost.error().message.c_str());
}

void NetworkTest::samePaddingPutsTheOddPixelAtTheBottomAndRight()
{
    Node node;
    node.id = "conv";
    node.op = Op::Conv2d;
    node.attributes = {{"filters", 1}, {"kernel", 3}, {"stride", 2}, {"padding", "same"}};
    const Result<Padding> even = resolvedPadding(node, 8, 9);
    QVERIFY(even.ok());
    QVERIFY((*even == Padding{0, 1, 1, 1}));
}

void NetworkTest::shapesOfASmallNetworkAreRight()
{
    const Result<GraphCost> cost = costOf(
        R"({"id":"c","op":"conv2d","inputs":["input"],"attributes":{"filters":4,"kernel":3}},{"id":"f","op":"flatten","inputs":["c"]},{"id":"d","op":"dense","inputs":["f"],"attributes":{"units":5}})", "d");
    QVERIFY2(cost.ok(), cost ? "" : cost.error().message.c_str());
    QVERIFY((cost->nodes[1].output == Shape{4, 6, 6}));
    QVERIFY((cost->nodes[2].output == Shape{144}));
    QCOMPARE(cost->parameters, std::int64_t{4 * 27 + 4 + 144 * 5 + 5});
    QCOMPARE(cost->multiplyAdds, std::int64_t{27 * 4 * 36 + 144 * 5});
}

QTEST_APPLESS_MAIN(NetworkTest)
#include "tst_Network.moc"
