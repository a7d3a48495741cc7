// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cstring>

#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>

#include "ParsedOnnx.h"
#include "Test.h"
#include "network/Onnx.h"
#include "zoo/Zoo.h"

using namespace sightline;

namespace {

/// Every tensor of a network, filled with small positive numbers.
TensorValues valuesOf(const GraphSpec& spec) {
    TensorValues values;
    for (const TensorSpec& tensor : tensorsOf(spec, *shapes(spec))) {
        std::size_t count = 1;
        for (const std::int64_t extent : tensor.shape)
            count *= static_cast<std::size_t>(extent);
        std::vector<float>& numbers = values[tensor.name];
        for (std::size_t i = 0; i < count; ++i)
            numbers.push_back(0.1f + 0.001f * static_cast<float>(i % 97));
    }
    return values;
}

int countOf(const onnx::ModelProto& model, const char* op) {
    int count = 0;
    for (const onnx::NodeProto& node : model.graph().node())
        count += node.op_type() == op;
    return count;
}

std::vector<std::int64_t> inferredOutput(onnx::ModelProto model) {
    model.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->clear_shape();
    onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(),
                                       onnx::ShapeInferenceOptions{true, 1, true});
    std::vector<std::int64_t> shape;
    for (const auto& extent : model.graph().output(0).type().tensor_type().shape().dim())
        shape.push_back(extent.has_dim_value() ? extent.dim_value() : -1);
    return shape;
}

GraphSpec graphOf(const char* nodes, const char* output) {
    const Result<Json> json =
        parseJson(std::string(R"({"name":"t","input":[9,8,3],"nodes":[{"id":"input","op":"input"},)") + nodes +
                      R"(],"outputs":[{"name":"main","node":")" + output + R"("}]})",
                  "test");
    return graphFromJson(*json).value();
}

constexpr const char* kEveryOperation = R"(
    {"id":"crop","op":"random_crop","inputs":["input"],"attributes":{"size":[8,7]}},
    {"id":"contrast","op":"random_contrast","inputs":["crop"],"attributes":{"factor":0.3}},
    {"id":"rescale","op":"rescale","inputs":["contrast"],"attributes":{"scale":2,"offset":-1}},
    {"id":"conv","op":"conv2d","inputs":["rescale"],"attributes":{"filters":4,"kernel":3,"stride":2,"padding":"same"}},
    {"id":"bn","op":"batch_norm","inputs":["conv"]},
    {"id":"lrn","op":"local_response_norm","inputs":["bn"],"attributes":{"size":4}},
    {"id":"lrn3","op":"local_response_norm","inputs":["lrn"],"attributes":{"size":3}},
    {"id":"ln","op":"layer_norm","inputs":["lrn3"]},
    {"id":"scale","op":"channel_scale","inputs":["ln"]},
    {"id":"gelu","op":"activation","inputs":["scale"],"attributes":{"kind":"gelu"}},
    {"id":"hardswish","op":"activation","inputs":["gelu"],"attributes":{"kind":"hardswish"}},
    {"id":"relu6","op":"activation","inputs":["hardswish"],"attributes":{"kind":"relu6"}},
    {"id":"leaky","op":"activation","inputs":["relu6"],"attributes":{"kind":"leaky_relu"}},
    {"id":"silu","op":"activation","inputs":["leaky"],"attributes":{"kind":"silu"}},
    {"id":"squeeze","op":"global_avg_pool","inputs":["silu"]},
    {"id":"gate","op":"activation","inputs":["squeeze"],"attributes":{"kind":"hardsigmoid"}},
    {"id":"times","op":"multiply","inputs":["silu","gate"]},
    {"id":"max","op":"max_pool","inputs":["times"],"attributes":{"kernel":3,"stride":1,"padding":"same"}},
    {"id":"avg","op":"avg_pool","inputs":["times"],"attributes":{"kernel":3,"stride":1,"padding":1}},
    {"id":"sum","op":"add","inputs":["max","avg"],"attributes":{"scales":[1,0.1]}},
    {"id":"join","op":"concat","inputs":["sum","times"]},
    {"id":"bins","op":"adaptive_avg_pool","inputs":["join"],"attributes":{"size":[3,3]}},
    {"id":"flat","op":"flatten","inputs":["bins"]},
    {"id":"drop","op":"dropout","inputs":["flat"],"attributes":{"rate":0.5}},
    {"id":"fc","op":"dense","inputs":["drop"],"attributes":{"units":5}})";

} // namespace

/// What the checker of the ONNX library says of our files; that the numbers are right is tests/parity/onnx_parity.py's
/// part.
class OnnxTest : public Test {
    Q_OBJECT
private Q_SLOTS:
    void everyNetworkOfTheZooIsAValidModelOfTheRightShape_data() {
        QTest::addColumn<QString>("name");
        for (const ZooEntry& entry : zoo()) {
            const Result<GraphSpec> spec =
                entry.build
                    ? buildFromZoo(entry.name, {entry.defaultHeight, entry.defaultWidth, entry.defaultChannels, 7})
                    : Error{};
            if (spec && shapes(*spec)->parameters < 30'000'000) // the checker copies the weights more than once
                QTest::newRow(entry.name.c_str()) << QString::fromStdString(entry.name);
        }
    }

    void everyNetworkOfTheZooIsAValidModelOfTheRightShape() {
        QFETCH(QString, name);
        const ZooEntry& entry = *findInZoo(name.toStdString());
        const GraphSpec spec =
            buildFromZoo(entry.name, {entry.defaultHeight, entry.defaultWidth, entry.defaultChannels, 7}).value();
        const Result<std::string> bytes = onnxModel(spec, valuesOf(spec));
        QVERIFY2(bytes.ok(), bytes ? "" : bytes.error().message.c_str());
        const onnx::ModelProto model = parsed(*bytes);
        onnx::checker::check_model(model);
        QCOMPARE(inferredOutput(model), (std::vector<std::int64_t>{-1, 7}));
    }

    void everyOperationIsAValidModelOfTheRightShape() {
        const GraphSpec spec = graphOf(kEveryOperation, "fc");
        const Result<std::string> bytes = onnxModel(spec, valuesOf(spec));
        QVERIFY2(bytes.ok(), bytes ? "" : bytes.error().message.c_str());
        const onnx::ModelProto model = parsed(*bytes);
        onnx::checker::check_model(model);
        QCOMPARE(inferredOutput(model).back(), std::int64_t(5));
        QCOMPARE(countOf(model, "Dropout"), 0);
        QCOMPARE(model.opset_import(0).version(), std::int64_t(13));
        QCOMPARE(model.graph().input(0).type().tensor_type().shape().dim(0).dim_param(), std::string("batch"));
    }

    void foldedBatchNormsAreGoneAndTheirFactorsInTheWeights() {
        const GraphSpec spec = graphOf(
            R"({"id":"conv","op":"conv2d","inputs":["input"],"attributes":{"filters":2,"kernel":1,"bias":false}},
            {"id":"bn","op":"batch_norm","inputs":["conv"],"attributes":{"eps":0.25}},{"id":"pool","op":"global_avg_pool","inputs":["bn"]})",
            "pool");
        TensorValues values{{"conv.weight", {1, 2, 3, 4, 5, 6}},
                            {"bn.weight", {2, 3}},
                            {"bn.bias", {0.5f, -1}},
                            {"bn.running_mean", {1, 10}},
                            {"bn.running_var", {0.75f, 3.75f}}};
        const GraphSpec folded = withBatchNormFolded(spec, values);
        QVERIFY(!folded.find("bn"));
        QCOMPARE(folded.nodes.back().inputs[0], std::string("conv"));
        QCOMPARE(values.at("conv.weight"),
                 (std::vector<float>{2, 4, 6, 6, 7.5f, 9}));                // times 2 / sqrt(1) and 3 / sqrt(4)
        QCOMPARE(values.at("conv.bias"), (std::vector<float>{-1.5f, -16})); // -mean times that, plus beta
        QCOMPARE(values.size(), std::size_t(2));
        const onnx::ModelProto model = parsed(onnxModel(folded, values).value());
        QCOMPARE(countOf(model, "BatchNormalization"), 0);
        onnx::checker::check_model(model);
    }

    void aBatchNormWhoseConvolutionIsReadElsewhereStays() {
        const GraphSpec spec =
            graphOf(R"({"id":"conv","op":"conv2d","inputs":["input"],"attributes":{"filters":3,"kernel":1}},
            {"id":"bn","op":"batch_norm","inputs":["conv"]},{"id":"sum","op":"add","inputs":["bn","conv"]},{"id":"pool","op":"global_avg_pool","inputs":["sum"]})",
                    "pool");
        TensorValues values = valuesOf(spec);
        QVERIFY(withBatchNormFolded(spec, values) == spec);
    }

    void aCropOfOtherProportionsTakesTheMiddleFirst() {
        const auto model =
            [](const char* size) { // of 9 x 8: the middle of the crop's proportions, then bilinear, as Keras does it
                const GraphSpec spec = graphOf(
                    (std::string(R"({"id":"crop","op":"random_crop","inputs":["input"],"attributes":{"size":)") + size +
                     R"(}},{"id":"pool","op":"global_avg_pool","inputs":["crop"]})")
                        .c_str(),
                    "pool");
                return parsed(onnxModel(spec, {}).value());
            };
        const onnx::ModelProto square = model("[4,4]");
        QCOMPARE(countOf(square, "Slice"), 2); // the other one takes the batch from the shape
        const onnx::NodeProto& slice = square.graph().node(0);
        QCOMPARE(slice.op_type(), std::string("Slice"));
        const auto numbers = [&](int input) {
            for (const onnx::TensorProto& tensor : square.graph().initializer()) {
                if (tensor.name() == slice.input(input)) {
                    std::vector<std::int64_t> values(tensor.raw_data().size() / sizeof(std::int64_t));
                    std::memcpy(values.data(), tensor.raw_data().data(), tensor.raw_data().size());
                    return values;
                }
            }
            return std::vector<std::int64_t>();
        };
        QCOMPARE(numbers(1), (std::vector<std::int64_t>{0, 0})); // 8 of 9 rows, the half row goes to the bottom
        QCOMPARE(numbers(2), (std::vector<std::int64_t>{8, 8}));
        QCOMPARE(numbers(3), (std::vector<std::int64_t>{2, 3}));
        QCOMPARE(countOf(model("[9,8]"), "Slice"), 1);
    }

    void auxiliaryHeadsAreLeftOut() {
        GraphSpec spec = graphOf(
            R"({"id":"pool","op":"global_avg_pool","inputs":["input"]},{"id":"main","op":"dense","inputs":["pool"],"attributes":{"units":4}},
            {"id":"side","op":"dense","inputs":["pool"],"attributes":{"units":4}})",
            "main");
        spec.outputs.push_back({"aux", "side", 0.3});
        const onnx::ModelProto model = parsed(onnxModel(spec, valuesOf(spec)).value());
        QCOMPARE(model.graph().output_size(), 1);
        QCOMPARE(countOf(model, "Gemm"), 1);
    }

    void metadataIsKeptAndAMissingTensorIsNamed() {
        const GraphSpec spec = graphOf(
            R"({"id":"flat","op":"flatten","inputs":["input"]},{"id":"fc","op":"dense","inputs":["flat"],"attributes":{"units":2}})",
            "fc");
        TensorValues values = valuesOf(spec);
        const onnx::ModelProto model = parsed(onnxModel(spec, values, {{"labels", R"(["cat","dog"])"}}).value());
        QCOMPARE(model.metadata_props(0).key(), std::string("labels"));
        QCOMPARE(model.metadata_props(0).value(), std::string(R"(["cat","dog"])"));
        values.erase("fc.bias");
        const Result<std::string> refused = onnxModel(spec, values);
        QVERIFY(!refused);
        QVERIFY2(refused.error().message.find("fc.bias") != std::string::npos, refused.error().message.c_str());
    }
};

QTEST_APPLESS_MAIN(OnnxTest)
#include "tst_Onnx.moc"
