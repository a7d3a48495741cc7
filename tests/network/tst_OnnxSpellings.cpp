// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ParsedOnnx.h"
#include "Test.h"
#include "network/ExpectedPixels.h"
#include "network/OnnxReader.h"

using namespace sightline;

namespace {

/// An ONNX graph written node by node; its input is x.
class Written {
public:
    explicit Written(const Shape& input) {
        onnx::ValueInfoProto& x = *graph().add_input();
        x.set_name("x");
        for (const std::int64_t extent : input)
            x.mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(extent);
    }

    onnx::NodeProto& add(const char* op, const std::vector<std::string>& inputs, const std::string& output) {
        onnx::NodeProto& node = *graph().add_node();
        node.set_op_type(op);
        node.set_name(output);
        for (const std::string& input : inputs)
            node.add_input(input);
        node.add_output(output);
        return node;
    }
    void add(const char* op, const std::vector<std::string>& inputs, const std::string& output, const char* attribute,
             const std::vector<std::int64_t>& values) {
        onnx::AttributeProto& list = *add(op, inputs, output).add_attribute();
        list.set_name(attribute);
        for (const std::int64_t value : values)
            list.add_ints(value);
    }
    void wholes(const char* name, const std::vector<std::int64_t>& values) {
        onnx::TensorProto& tensor = constant(name, {static_cast<std::int64_t>(values.size())});
        tensor.set_data_type(onnx::TensorProto::INT64);
        for (const std::int64_t value : values)
            tensor.add_int64_data(value);
    }
    void reals(const char* name, const Shape& dims, const std::vector<float>& values) {
        onnx::TensorProto& tensor = constant(name, dims);
        tensor.set_data_type(onnx::TensorProto::FLOAT);
        for (const float value : values)
            tensor.add_float_data(value);
    }
    /// All alike.
    void weights(const char* name, const Shape& dims) {
        std::size_t count = 1;
        for (const std::int64_t extent : dims)
            count *= static_cast<std::size_t>(extent);
        reals(name, dims, std::vector<float>(count, 0.5f));
    }
    void output(const char* name) { graph().add_output()->set_name(name); }

    Result<OnnxNetwork> read() const { return onnxNetwork(m_model.SerializeAsString()); }

private:
    onnx::GraphProto& graph() { return *m_model.mutable_graph(); }
    onnx::TensorProto& constant(const char* name, const Shape& dims) {
        onnx::TensorProto& tensor = *graph().add_initializer();
        tensor.set_name(name);
        for (const std::int64_t extent : dims)
            tensor.add_dims(extent);
        return tensor;
    }

    onnx::ModelProto m_model;
};

std::vector<Op> operations(const GraphSpec& graph) {
    std::vector<Op> all;
    for (const Node& node : graph.nodes)
        all.push_back(node.op);
    return all;
}

bool mentions(const Result<OnnxNetwork>& network, const char* words) {
    return !network && network.error().message.find(words) != std::string::npos;
}

} // namespace

/// What tf2onnx and PyTorch's exporters write where other programs write less.
class OnnxSpellingsTest : public Test {
    Q_OBJECT

private Q_SLOTS:
    /// Squeeze and excitation as tf2onnx spells it: the pixel is taken from the means and put back.
    void meansBecomeAnImageAgain_data() {
        QTest::addColumn<bool>("isFlattened");
        QTest::addColumn<bool>("isLast");
        QTest::newRow("squeezed") << false << false;
        QTest::newRow("flattened") << true << false;
        QTest::newRow("channels last") << false << true;
    }
    void meansBecomeAnImageAgain() {
        QFETCH(bool, isFlattened);
        QFETCH(bool, isLast);
        Written file({1, 3, 8, 8});
        file.weights("stem", {4, 3, 1, 1});
        file.weights("reduce", {4, 4, 1, 1});
        file.weights("classifier", {4, 2});
        file.wholes("one pixel",
                    isLast ? std::vector<std::int64_t>{-1, 1, 1, 4} : std::vector<std::int64_t>{-1, 4, 1, 1});
        file.add("Conv", {"x", "stem"}, "image");
        file.add("GlobalAveragePool", {"image"}, "means");
        if (isFlattened)
            file.add("Flatten", {"means"}, "vector");
        else
            file.add("Squeeze", {"means"}, "vector", "axes", {2, 3});
        file.add("Reshape", {"vector", "one pixel"}, "again");
        if (isLast)
            file.add("Transpose", {"again"}, "first", "perm", {0, 3, 1, 2});
        file.add("Conv", {isLast ? "first" : "again", "reduce"}, "reduced");
        file.add("Sigmoid", {"reduced"}, "gate");
        file.add("Mul", {"image", "gate"}, "gated");
        file.add("GlobalAveragePool", {"gated"}, "last");
        file.add("Flatten", {"last"}, "flat");
        file.add("MatMul", {"flat", "classifier"}, "scores");
        file.output("scores");
        const Result<OnnxNetwork> network = file.read();
        QVERIFY2(network, network ? "" : network.error().message.c_str());
        QCOMPARE(operations(network->graph),
                 (std::vector<Op>{Op::Input, Op::Conv2d, Op::AdaptiveAvgPool, Op::Conv2d, Op::Activation, Op::Multiply,
                                  Op::GlobalAvgPool, Op::Dense}));
    }

    void channelsInGroupsAreRefused() {
        Written file({1, 4, 8, 8});
        file.weights("classifier", {4, 2});
        file.wholes("groups", {-1, 2, 2});
        file.wholes("list", {-1, 4});
        file.add("GlobalAveragePool", {"x"}, "means");
        file.add("Reshape", {"means", "groups"}, "grouped");
        file.add("Transpose", {"grouped"}, "turned", "perm", {0, 2, 1});
        file.add("Reshape", {"turned", "list"}, "flat");
        file.add("MatMul", {"flat", "classifier"}, "scores");
        file.output("scores");
        QVERIFY(mentions(file.read(), "grouped (Reshape) cannot be imported: it cuts channels into groups"));
    }

    /// With one channel tf2onnx transposes by a Reshape.
    void greyImagesMayBeTransposedByAReshape() {
        Written file({1, 6, 6, 1});
        file.weights("stem", {2, 1, 5, 5});
        file.reals("classifier", {8, 2}, {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7});
        file.wholes("channels first", {-1, 1, 6, 6});
        file.wholes("list", {-1, 8});
        file.add("Reshape", {"x", "channels first"}, "image");
        file.add("Conv", {"image", "stem"}, "features");
        file.add("Transpose", {"features"}, "last", "perm", {0, 2, 3, 1});
        file.add("Reshape", {"last", "list"}, "flat");
        file.add("MatMul", {"flat", "classifier"}, "scores");
        file.output("scores");
        const Result<OnnxNetwork> network = file.read();
        QVERIFY2(network, network ? "" : network.error().message.c_str());
        QCOMPARE(network->graph.channels, 1);
        QCOMPARE(operations(network->graph), (std::vector<Op>{Op::Input, Op::Conv2d, Op::Flatten, Op::Dense}));
        QCOMPARE(network->values.at("scores.weight"), // channel by channel, where the file has pixel by pixel
                 (std::vector<float>{0, 2, 4, 6, 1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7}));
    }

    void anImageInOtherRowsIsRefused() {
        Written file({1, 6, 6, 1});
        file.weights("stem", {2, 1, 1, 1});
        file.wholes("other rows", {-1, 1, 4, 9});
        file.add("Reshape", {"x", "other rows"}, "image");
        file.add("Conv", {"image", "stem"}, "features");
        file.output("features");
        QVERIFY(mentions(file.read(), "image (Reshape) cannot be imported: it rearranges an image"));
    }

    /// relu(x) + -slope * relu(-x)
    void aPReluOfKerasIsReadWhereItHasOneSlope() {
        for (const float second : {-0.25f, -0.5f}) {
            Written file({1, 2, 4, 4});
            file.weights("stem", {2, 2, 1, 1});
            file.weights("classifier", {2, 2});
            file.reals("slope", {1, 2, 1, 1}, {-0.25f, second});
            file.add("Conv", {"x", "stem"}, "features");
            file.add("Relu", {"features"}, "above");
            file.add("Neg", {"features"}, "turned");
            file.add("Relu", {"turned"}, "below");
            file.add("Mul", {"below", "slope"}, "sloped");
            file.add("Add", {"above", "sloped"}, "activated");
            file.add("GlobalAveragePool", {"activated"}, "means");
            file.add("Flatten", {"means"}, "flat");
            file.add("MatMul", {"flat", "classifier"}, "scores");
            file.output("scores");
            const Result<OnnxNetwork> network = file.read();
            if (second != -0.25f) {
                QVERIFY(
                    mentions(network, "activated (Add) cannot be imported: it ends a PReLU with a slope a channel"));
                continue;
            }
            QVERIFY2(network, network ? "" : network.error().message.c_str());
            QCOMPARE(operations(network->graph),
                     (std::vector<Op>{Op::Input, Op::Conv2d, Op::Activation, Op::GlobalAvgPool, Op::Dense}));
            QCOMPARE(network->graph.nodes[2].attributes.at("slope").get<double>(), 0.25);
        }
    }

    /// timm computes TensorFlow's padding with numbers, which are constants where the size is fixed.
    void padsThatAreRoundedAndBoundedAreRead() {
        Written file({1, 3, 4, 4});
        file.weights("stem", {2, 3, 3, 3});
        file.weights("classifier", {2, 2});
        for (const auto& [name, value] : {std::pair("0", 0.0f), std::pair("1.5", 1.5f), std::pair("-.5", -0.5f),
                                          std::pair("9", 9.0f), std::pair("3", 3.0f), std::pair("4", 4.0f)})
            file.reals(name, {1}, {value});
        file.add("Ceil", {"1.5"}, "top");
        file.add("Floor", {"-.5"}, "below");
        file.add("Neg", {"below"}, "bottom");
        file.add("Clip", {"9", "", "3"}, "left");
        file.add("Min", {"9", "4", "9"}, "least");
        file.add("Max", {"least", "0"}, "right");
        file.add("Concat", {"0", "0", "top", "left", "0", "0", "bottom", "right"}, "reals");
        onnx::AttributeProto& to = *file.add("Cast", {"reals"}, "pads").add_attribute();
        to.set_name("to");
        to.set_i(onnx::TensorProto::INT64);
        file.add("Pad", {"x", "pads"}, "padded");
        file.add("Conv", {"padded", "stem"}, "features");
        file.add("GlobalAveragePool", {"features"}, "means");
        file.add("Flatten", {"means"}, "flat");
        file.add("MatMul", {"flat", "classifier"}, "scores");
        file.output("scores");
        const Result<OnnxNetwork> network = file.read();
        QVERIFY2(network, network ? "" : network.error().message.c_str());
        QVERIFY((network->graph.nodes[1].attributes.at("padding") == Json{2, 1, 3, 4}));
    }

    void firstLayersTellWhatPixelsTheyTake_data() {
        using Values = std::vector<float>;
        QTest::addColumn<QString>("op");
        QTest::addColumn<Values>("minus");
        QTest::addColumn<Values>("by");
        QTest::addColumn<ExpectedPixels>("expected");
        const Values mean = {0.485f, 0.456f, 0.406f}, deviation = {0.229f, 0.224f, 0.225f};
        const Values mean255 = {123.7f, 116.3f, 103.5f}, deviation255 = {58.4f, 57.1f, 57.4f};
        QTest::newRow("1/255") << "Div" << Values{0} << Values{255} << ExpectedPixels::To255;
        QTest::newRow("-1 to 1") << "Div" << Values{127.5f} << Values{127.5f} << ExpectedPixels::To255;
        QTest::newRow("moments of 255") << "Div" << mean255 << deviation255 << ExpectedPixels::To255;
        QTest::newRow("a mean") << "Div" << mean255 << Values{1} << ExpectedPixels::To255;
        QTest::newRow("moments of 1") << "Div" << mean << deviation << ExpectedPixels::To1;
        QTest::newRow("1 to -1...1") << "Div" << Values{0.5f} << Values{0.5f} << ExpectedPixels::To1;
        QTest::newRow("any factor") << "Mul" << Values{0} << Values{7} << ExpectedPixels::Unclear;
        QTest::newRow("channels of different ranges")
            << "Div" << Values{0, 0, 0} << Values{255, 255, 1} << ExpectedPixels::Unclear;
        QTest::newRow("nothing") << "Div" << Values{0} << Values{1} << ExpectedPixels::NotSaid;
    }
    void firstLayersTellWhatPixelsTheyTake() {
        using Values = std::vector<float>;
        QFETCH(QString, op);
        QFETCH(Values, minus);
        QFETCH(Values, by);
        QFETCH(ExpectedPixels, expected);
        Written file({1, 3, 4, 4});
        file.reals("minus", {static_cast<std::int64_t>(minus.size()), 1, 1}, minus);
        file.reals("by", {static_cast<std::int64_t>(by.size()), 1, 1}, by);
        file.weights("stem", {2, 3, 1, 1});
        file.weights("classifier", {2, 2});
        file.add("Sub", {"x", "minus"}, "moved");
        file.add(qPrintable(op), {"moved", "by"}, "scaled");
        file.add("Conv", {"scaled", "stem"}, "features");
        file.add("GlobalAveragePool", {"features"}, "means");
        file.add("Flatten", {"means"}, "flat");
        file.add("MatMul", {"flat", "classifier"}, "scores");
        file.output("scores");
        const Result<OnnxNetwork> network = file.read();
        QVERIFY2(network, network ? "" : network.error().message.c_str());
        QVERIFY(expectedPixels(network->graph, network->values) == expected);
    }

    void outputsThatAreLeftOutAreNamed() {
        for (const bool isSame : {false, true}) {
            Written file({1, 3, 4, 4});
            file.weights("five", {3, 5});
            file.weights("three", {3, 3});
            file.add("GlobalAveragePool", {"x"}, "means");
            file.add("Flatten", {"means"}, "flat");
            file.add("MatMul", {"flat", "five"}, "species");
            if (isSame)
                file.add("Softmax", {"species"}, "genus");
            else
                file.add("MatMul", {"flat", "three"}, "genus");
            file.output("species");
            file.output("genus");
            const Result<OnnxNetwork> network = file.read();
            QVERIFY2(network, network ? "" : network.error().message.c_str());
            QCOMPARE(network->notes, isSame ? std::vector<std::string>()
                                            : std::vector<std::string>{"Output species is taken; genus is ignored."});
        }
    }

    /// Not whoever reads what could not be computed.
    void aFaultNamesTheFirstNode() {
        Written file({1, 3, 4, 4});
        file.wholes("given", {0, 0, 1, 1, 0, 0, 1, 1});
        file.wholes("zero", {0});
        file.wholes("end", {8});
        file.add("Sin", {"given"}, "waves");
        file.add("Slice", {"waves", "zero", "end", "zero"}, "pads");
        file.add("Pad", {"x", "pads"}, "padded");
        file.output("padded");
        QVERIFY(mentions(file.read(), "waves (Sin) cannot be imported"));
    }
};

QTEST_APPLESS_MAIN(OnnxSpellingsTest)
#include "tst_OnnxSpellings.moc"
