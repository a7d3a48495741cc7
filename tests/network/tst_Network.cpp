// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

#include "Test.h"
#include "network/GraphSpec.h"
#include "support/Files.h"
#include "support/Random.h"

using namespace sightline;

namespace {

/// A graph of an 8 x 8 image with the given nodes after the input; its last node is the output.
Result<GraphCost> costOf(const std::string& nodes, const std::string& output) {
    const Result<Json> json = parseJson(R"({"name":"t","input":[8,8,3],"nodes":[{"id":"input","op":"input"},)" + nodes +
                                            R"(],"outputs":[{"name":"main","node":")" + output + R"("}]})",
                                        "test");
    if (!json)
        return json.error();
    const Result<GraphSpec> spec = graphFromJson(*json);
    return spec ? shapes(*spec) : Result<GraphCost>(spec.error());
}

} // namespace

class NetworkTest : public Test {
    Q_OBJECT
private Q_SLOTS:
    void hostileGraphsAreRefusedAtTheirNode_data();
    void hostileGraphsAreRefusedAtTheirNode();
    void samePaddingPutsTheOddPixelAtTheBottomAndRight();
    void shapesOfASmallNetworkAreRight();
    void theDocumentedNetworkHasEveryOperation();
    void ceilPaddingIsTorchsCeilMode_data();
    void ceilPaddingIsTorchsCeilMode();
    void wrongFilesAreRefusedInOneLine_data();
    void wrongFilesAreRefusedInOneLine();
    void whatIsNoFileIsRefused();
    void randomChangesNeverCrash();
};

void NetworkTest::hostileGraphsAreRefusedAtTheirNode_data() {
    QTest::addColumn<QString>("nodes");
    QTest::newRow("cycle")
        << R"({"id":"a","op":"add","inputs":["input","b"]},{"id":"b","op":"flatten","inputs":["a"]})";
    QTest::newRow("itself") << R"({"id":"a","op":"flatten","inputs":["a"]},{"id":"b","op":"flatten","inputs":["a"]})";
    QTest::newRow("missing input")
        << R"({"id":"a","op":"flatten","inputs":["nowhere"]},{"id":"b","op":"flatten","inputs":["a"]})";
    QTest::newRow("2^40 channels")
        << R"({"id":"a","op":"conv2d","inputs":["input"],"attributes":{"filters":1099511627776,"kernel":1}},{"id":"b","op":"flatten","inputs":["a"]})";
    QTest::newRow("dense on an image")
        << R"({"id":"a","op":"dense","inputs":["input"],"attributes":{"units":3}},{"id":"b","op":"flatten","inputs":["a"]})";
}

void NetworkTest::hostileGraphsAreRefusedAtTheirNode() {
    QFETCH(QString, nodes);
    const Result<GraphCost> cost = costOf(nodes.toStdString(), "b");
    QVERIFY(!cost);
    QVERIFY2(cost.error().message.find("a (") != std::string::npos, cost.error().message.c_str());
}

void NetworkTest::samePaddingPutsTheOddPixelAtTheBottomAndRight() {
    Node node;
    node.id = "conv";
    node.op = Op::Conv2d;
    node.attributes = {{"filters", 1}, {"kernel", 3}, {"stride", 2}, {"padding", "same"}};
    const Result<Padding> even = resolvedPadding(node, 8, 9);
    QVERIFY(even.ok());
    QVERIFY((*even == Padding{0, 1, 1, 1}));
}

void NetworkTest::shapesOfASmallNetworkAreRight() {
    const Result<GraphCost> cost = costOf(
        R"({"id":"c","op":"conv2d","inputs":["input"],"attributes":{"filters":4,"kernel":3}},{"id":"f","op":"flatten","inputs":["c"]},{"id":"d","op":"dense","inputs":["f"],"attributes":{"units":5}})",
        "d");
    QVERIFY2(cost.ok(), cost ? "" : cost.error().message.c_str());
    QVERIFY((cost->nodes[1].output == Shape{4, 6, 6}));
    QVERIFY((cost->nodes[2].output == Shape{144}));
    QCOMPARE(cost->parameters, std::int64_t{4 * 27 + 4 + 144 * 5 + 5});
    QCOMPARE(cost->multiplyAdds, std::int64_t{27 * 4 * 36 + 144 * 5});
}

void NetworkTest::theDocumentedNetworkHasEveryOperation() {
    const Result<std::string> text = readFile(std::filesystem::path(SIGHTLINE_SOURCE_DIR) / "core/network/README.md");
    QVERIFY(text.ok());
    const std::size_t begin = text->find("```json") + 7;
    const Result<Json> json =
        parseJson(std::string_view(*text).substr(begin, text->find("```", begin) - begin), "README.md");
    QVERIFY2(json.ok(), json ? "" : json.error().message.c_str());
    const Result<GraphSpec> spec = graphFromJson(*json);
    QVERIFY2(spec.ok(), spec ? "" : spec.error().message.c_str());
    const Result<GraphCost> cost = shapes(*spec);
    QVERIFY2(cost.ok(), cost ? "" : cost.error().message.c_str());
    for (int op = 0; op <= static_cast<int>(Op::Rescale); ++op) {
        const bool there = std::any_of(spec->nodes.begin(), spec->nodes.end(),
                                       [&](const Node& node) { return static_cast<int>(node.op) == op; });
        QVERIFY2(there, nameOf(static_cast<Op>(op)));
    }
}

void NetworkTest::ceilPaddingIsTorchsCeilMode_data() {
    QTest::addColumn<int>("extent");
    QTest::addColumn<int>("kernel");
    QTest::addColumn<int>("stride");
    QTest::addColumn<int>("expected");
    // torch.nn.MaxPool2d(kernel, stride, ceil_mode=True) on that many pixels
    QTest::newRow("111, 3/2") << 111 << 3 << 2 << 55;
    QTest::newRow("112, 3/2") << 112 << 3 << 2 << 56;
    QTest::newRow("5, 2/2") << 5 << 2 << 2 << 3;
    QTest::newRow("3, 3/2") << 3 << 3 << 2 << 1;
    QTest::newRow("4, 1/3, whose last window would begin outside") << 4 << 1 << 3 << 2;
    QTest::newRow("5, 1/3, whose last window would begin outside") << 5 << 1 << 3 << 2;
    QTest::newRow("8, 3/2") << 8 << 3 << 2 << 4;
}

void NetworkTest::ceilPaddingIsTorchsCeilMode() {
    QFETCH(int, extent);
    QFETCH(int, kernel);
    QFETCH(int, stride);
    QFETCH(int, expected);
    GraphSpec spec;
    spec.height = spec.width = extent;
    spec.nodes = {{"input", Op::Input, Json::object(), {}},
                  {"pool", Op::MaxPool, {{"kernel", kernel}, {"stride", stride}, {"padding", "ceil"}}, {"input"}},
                  {"out", Op::Flatten, Json::object(), {"pool"}}};
    spec.outputs = {{"main", "out", 1.0}};
    const Result<GraphCost> cost = shapes(spec);
    QVERIFY2(cost.ok(), cost ? "" : cost.error().message.c_str());
    QCOMPARE(cost->nodes[1].output, (Shape{3, expected, expected}));
}

void NetworkTest::wrongFilesAreRefusedInOneLine_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("mention");
    const auto with = [](const QString& node) {
        return QStringLiteral(
                   R"({"name":"t","input":[8,8,3],"nodes":[{"id":"input","op":"input"},%1],"outputs":[{"name":"main","node":"b"}]})")
            .arg(node);
    };
    QTest::newRow("a word for a flag")
        << with(R"({"id":"b","op":"conv2d","inputs":["input"],"attributes":{"filters":1,"kernel":1,"bias":"no"}})")
        << "b (conv2d): 'bias' must be true or false";
    QTest::newRow("half a filter")
        << with(R"({"id":"b","op":"conv2d","inputs":["input"],"attributes":{"filters":1.5,"kernel":1}})")
        << "b (conv2d): 'filters' must be a whole number";
    QTest::newRow("three strides")
        << with(R"({"id":"b","op":"conv2d","inputs":["input"],"attributes":{"filters":1,"kernel":1,"stride":[1,1,1]}})")
        << "b (conv2d): 'stride' must be";
    QTest::newRow("scales of words")
        << with(R"({"id":"b","op":"add","inputs":["input","input"],"attributes":{"scales":["a","b"]}})")
        << "b (add): 'scales' must be a list of numbers";
    QTest::newRow("a sum of one") << with(R"({"id":"b","op":"add","inputs":["input"]})")
                                  << "b (add): takes two or more inputs, not 1";
    QTest::newRow("an image as factor of a vector")
        << with(
               R"({"id":"f","op":"flatten","inputs":["input"]},{"id":"c","op":"conv2d","inputs":["input"],"attributes":{"filters":192,"kernel":8}},{"id":"b","op":"multiply","inputs":["f","c"]})")
        << "b (multiply): multiplies 192 by 192 x 1 x 1";
    QTest::newRow("a padding as large as the window")
        << with(
               R"({"id":"p","op":"max_pool","inputs":["input"],"attributes":{"kernel":2,"padding":2}},{"id":"b","op":"flatten","inputs":["p"]})")
        << "p (max_pool): its padding is as large";
    QTest::newRow("more filters than numbers")
        << with(R"({"id":"b","op":"conv2d","inputs":["input"],"attributes":{"filters":1e15,"kernel":1}})")
        << "b (conv2d): 'filters' must be a whole number of at most 10^12";
    QTest::newRow("a name of several lines")
        << with(R"({"id":"b","op":"flatten","inputs":["a\nb)" + QString(5000, 'c') + R"("]})") << "its input 'a?bccc";
    QTest::newRow("unknown attribute") << with(
                                              R"({"id":"b","op":"flatten","inputs":["input"],"attributes":{"axis":1}})")
                                       << "b (flatten): 'axis' is not an attribute of flatten";
    QTest::newRow("unknown operation") << with(R"({"id":"b","op":"attention","inputs":["input"]})")
                                       << "'attention' is not an operation";
    QTest::newRow("two of one id")
        << with(R"({"id":"b","op":"flatten","inputs":["input"]},{"id":"b","op":"flatten","inputs":["input"]})")
        << "b: two nodes have this id";
    QTest::newRow("two inputs") << with(R"({"id":"b","op":"input"})") << "one input";
    QTest::newRow("no such output") << with(R"({"id":"c","op":"flatten","inputs":["input"]})")
                                    << "'b', which does not exist";
    QTest::newRow("an image as output") << with(R"({"id":"b","op":"rescale","inputs":["input"]})")
                                        << "vector of class scores";
    QTest::newRow("eps of nothing")
        << with(
               R"({"id":"n","op":"batch_norm","inputs":["input"],"attributes":{"eps":0}},{"id":"b","op":"flatten","inputs":["n"]})")
        << "n (batch_norm): eps";
    QTest::newRow("a list") << QStringLiteral("[]") << "network";
    QTest::newRow("no nodes") << QStringLiteral(R"({"name":"t","input":[8,8,3],"nodes":[],"outputs":[]})") << "nodes";
    QTest::newRow("input of nothing")
        << QStringLiteral(
               R"({"name":"t","input":[0,8,3],"nodes":[{"id":"input","op":"input"}],"outputs":[{"node":"input"}]})")
        << "input";
    QString many = QStringLiteral(R"({"name":"t","input":[8,8,3],"nodes":[{"id":"input","op":"input"})");
    for (int i = 0; i < 100000; ++i)
        many += QStringLiteral(R"(,{"id":"n%1","op":"flatten","inputs":["input"]})").arg(i);
    QTest::newRow("100,000 nodes") << many + QStringLiteral(R"(],"outputs":[{"name":"main","node":"n1"}]})") << "20000";
    QTest::newRow("deep nesting") << with(R"({"id":"b","op":"flatten","inputs":["input"],"attributes":)" +
                                          QString(100000, '[') + QString(100000, ']') + "}")
                                  << "";
}

void NetworkTest::wrongFilesAreRefusedInOneLine() {
    QFETCH(QString, text);
    QFETCH(QString, mention);
    QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath(QStringLiteral("net.json")).toStdString();
    QVERIFY(writeFileAtomically(file, text.toStdString()));
    const Result<GraphSpec> spec = readGraph(file);
    const Result<GraphCost> cost = spec ? shapes(*spec) : Result<GraphCost>(spec.error());
    QVERIFY(!cost);
    QCOMPARE(cost.error().kind, ErrorKind::BadInput);
    const QString message = QString::fromStdString(cost.error().message);
    QVERIFY2(message.contains(mention), qPrintable(message));
    QVERIFY2(!message.contains('\n') && message.size() < 600, qPrintable(message));
}

void NetworkTest::whatIsNoFileIsRefused() {
    QTemporaryDir folder;
    const std::filesystem::path endless =
        folder.filePath(QStringLiteral("endless.json")).toStdString(); // would be read for ever
    std::filesystem::create_symlink("/dev/zero", endless);
    for (const std::filesystem::path& file : {endless, std::filesystem::path(folder.path().toStdString())}) {
        const Result<GraphSpec> read = readGraph(file);
        QVERIFY(!read && read.error().kind == ErrorKind::BadInput);
        QVERIFY2(read.error().message.starts_with(file.string() + " is "), read.error().message.c_str());
    }
}

void NetworkTest::randomChangesNeverCrash() {
    const Result<std::string> text = readFile(std::filesystem::path(SIGHTLINE_SOURCE_DIR) / "core/network/README.md");
    const std::size_t begin = text->find("```json") + 7;
    const std::string sound = text->substr(begin, text->find("```", begin) - begin);
    int refused = 0;
    for (std::uint64_t round = 0; round < 2000; ++round) {
        CounterRandom random(1, RandomPurpose::Test, 0, round);
        std::string bytes = sound;
        for (std::uint64_t change = random.below(3) + 1; change > 0; --change) {
            const auto place = static_cast<std::size_t>(random.below(bytes.size()));
            switch (random.below(3)) {
            case 0:
                bytes[place] = "0123456789-.e\"[]{}"[random.below(18)];
                break;
            case 1:
                bytes.erase(place, 1);
                break;
            default:
                bytes.insert(place, std::string(1 + random.below(12), "0123456789"[random.below(10)]));
                break;
            }
        }
        const Result<Json> json = parseJson(bytes, "mutated");
        const Result<GraphSpec> spec = json ? graphFromJson(*json) : Result<GraphSpec>(json.error());
        const Result<GraphCost> cost = spec ? shapes(*spec) : Result<GraphCost>(spec.error());
        refused += !cost;
        if (cost) {
            tensorsOf(*spec, *cost);
            defaultHeatMapNode(*spec);
            baseEnd(*spec);
        }
    }
    QVERIFY(refused > 500);
}

QTEST_APPLESS_MAIN(NetworkTest)
#include "tst_Network.moc"
