// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <cmath>
#include <fstream>
#include <limits>

#include "ParsedOnnx.h"
#include "Test.h"
#include "engine/Engine.h"
#include "network/Onnx.h"
#include "network/OnnxReader.h"
#include "store/Safetensors.h"
#include "support/Files.h"
#include "zoo/Zoo.h"

using namespace sightline;

namespace {

/// Between -1 and 1, of a place.
float drawn(std::uint64_t place) {
    std::uint64_t x = place * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return static_cast<float>(x >> 40) / static_cast<float>(1 << 23) - 1.0f;
}

/// Weights that keep values in range, and statistics that are not the defaults.
TensorValues valuesOf(const GraphSpec& spec) {
    TensorValues values;
    std::uint64_t place = 1;
    for (const TensorSpec& tensor : tensorsOf(spec, *shapes(spec))) {
        std::size_t count = 1;
        for (const std::int64_t extent : tensor.shape)
            count *= static_cast<std::size_t>(extent);
        const bool isVariance = tensor.name.ends_with("running_var");
        const bool isFactor = tensor.shape.size() == 1 && tensor.name.ends_with(".weight");
        const float reach = tensor.shape.size() < 2
                                ? 0.3f
                                : 1.7f * std::sqrt(static_cast<float>(tensor.shape[0]) / static_cast<float>(count));
        for (std::size_t i = 0; i < count; ++i)
            values[tensor.name].push_back((isVariance || isFactor ? 1.0f : 0.0f) + reach * drawn(++place));
    }
    return values;
}

/// conv, relu, mean, dense.
GraphSpec smallGraph() {
    GraphSpec spec;
    spec.name = "small";
    spec.height = spec.width = 6;
    spec.nodes = {{"input", Op::Input, Json::object(), {}},
                  {"conv", Op::Conv2d, {{"filters", 4}, {"kernel", 3}, {"padding", "same"}}, {"input"}},
                  {"relu", Op::Activation, {{"kind", "relu"}}, {"conv"}},
                  {"mean", Op::GlobalAvgPool, Json::object(), {"relu"}},
                  {"fc", Op::Dense, {{"units", 3}}, {"mean"}}};
    spec.outputs = {{"main", "fc", 1.0}};
    return spec;
}

onnx::ModelProto smallModel() {
    return parsed(*onnxModel(smallGraph(), valuesOf(smallGraph())));
}

Result<OnnxNetwork> read(const onnx::ModelProto& model, const std::filesystem::path& folder = {}) {
    return onnxNetwork(model.SerializeAsString(), folder);
}

onnx::NodeProto& nodeOf(onnx::ModelProto& model, const char* op) {
    for (onnx::NodeProto& node : *model.mutable_graph()->mutable_node())
        if (node.op_type() == op)
            return node;
    throw std::runtime_error("no such node");
}

} // namespace

class OnnxReaderTest : public FolderTest {
    Q_OBJECT

    std::vector<float> scoresOf(const GraphSpec& graph, const TensorValues& values, const FloatArray& image) {
        std::vector<TensorToWrite> tensors;
        for (const TensorSpec& tensor : tensorsOf(graph, *shapes(graph)))
            tensors.push_back({tensor.name, tensor.shape, values.at(tensor.name)});
        ForwardRequest request;
        request.model = path("graph.json").toStdString();
        request.weights = path("weights.safetensors").toStdString();
        request.input = image;
        if (!writeFileAtomically(request.model, toText(toJson(graph))) || !writeSafetensors(request.weights, tensors))
            throw std::runtime_error("the network cannot be written");
        const Result<FloatArray> scores = (*loadEngine())->forward(request);
        if (!scores)
            throw std::runtime_error(scores.error().message);
        return scores->values;
    }

    static void compare(const std::vector<float>& expected, const std::vector<float>& got, float limit = 1e-4f) {
        QCOMPARE(got.size(), expected.size());
        float largest = 1;
        for (const float value : expected)
            largest = std::max(largest, std::abs(value));
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY2(std::abs(got[i] - expected[i]) <= limit * largest,
                     qPrintable(QStringLiteral("score %1: %2, not %3").arg(i).arg(got[i]).arg(expected[i])));
    }

    /// Exported and read back, the network gives the same scores, which are not all alike.
    void returns(const GraphSpec& spec) {
        const TensorValues values = valuesOf(spec);
        const Result<std::string> bytes = onnxModel(spec, values, {{"labels", "[]"}});
        QVERIFY2(bytes, bytes ? "" : bytes.error().message.c_str());
        const Result<OnnxNetwork> network = onnxNetwork(*bytes);
        QVERIFY2(network, network ? "" : network.error().message.c_str());
        QCOMPARE(network->metadata.at("labels"), std::string("[]"));
        FloatArray image{{spec.height, spec.width, spec.channels}, {}};
        for (std::int64_t i = 0; i < image.shape[0] * image.shape[1] * image.shape[2]; ++i)
            image.values.push_back(drawn(static_cast<std::uint64_t>(i) + 7'000'000));
        const std::vector<float> expected = scoresOf(spec, values, image);
        QVERIFY(std::abs(expected[0] - expected[1]) > 1e-3f);
        compare(expected, scoresOf(network->graph, network->values, image));
    }

private Q_SLOTS:
    void networksOfTheZooComeBack_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"toy_cnn", "mnist_convnet", "inception_v1", "minception", "resnet18", "mobilenet_v2",
                                 "mobilenet_v3_small", "efficientnet_b0", "tf_efficientnet_lite0", "densenet121",
                                 "squeezenet1_1", "convnext_tiny"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void networksOfTheZooComeBack() {
        QFETCH(QString, name);
        const ZooEntry& entry = *findInZoo(name.toStdString());
        const int size = std::min(entry.defaultHeight, 64);
        returns(*buildFromZoo(entry.name, {size, size, entry.defaultChannels, 5, Json::object()}));
    }

    void everyOperationOfOurOwnComesBack() {
        std::ifstream stream(std::string(SIGHTLINE_GOLDEN_DIR) + "/../../core/network/README.md");
        const std::string text(std::istreambuf_iterator<char>(stream), {});
        const std::size_t begin = text.find("```json\n") + 8;
        const Result<Json> json = parseJson(text.substr(begin, text.find("```", begin) - begin), "README.md");
        QVERIFY(json);
        returns(*graphFromJson(*json));
    }

    void networksAsOtherProgramsSpellThem_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"torch-13", "torch-17", "keras"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void networksAsOtherProgramsSpellThem() {
        QFETCH(QString, name);
        const std::string folder = std::string(SIGHTLINE_GOLDEN_DIR) + "/onnx/";
        const Result<Json> golden = readJsonFile(folder + "scores.json");
        QVERIFY(golden);
        const Json& expected = (*golden)[name.toStdString()];
        const Result<OnnxNetwork> network = readOnnx(folder + name.toStdString() + ".onnx");
        QVERIFY2(network, network ? "" : network.error().message.c_str());
        const FloatArray image{expected["shape"].get<std::vector<std::int64_t>>(),
                               expected["image"].get<std::vector<float>>()};
        compare(expected["scores"].get<std::vector<float>>(), scoresOf(network->graph, network->values, image));
    }

    void weightsKeepTheirNames() {
        const Result<OnnxNetwork> network = read(smallModel());
        QVERIFY(network);
        QVERIFY(network->values.contains("conv.weight"));
        QVERIFY(network->values.contains("fc.bias"));
    }

    void whatDoesNotFitIsNamedByNode_data() {
        QTest::addColumn<QString>("op");
        QTest::addColumn<QString>("mention");
        QTest::newRow("an operation nobody has") << "Einsum"
                                                 << "(Einsum) cannot be imported: networks here";
        QTest::newRow("a quantized layer") << "QLinearConv"
                                           << "(QLinearConv) cannot be imported";
        QTest::newRow("a resize") << "Resize"
                                  << "(Resize) cannot be imported";
        QTest::newRow("a softmax in the middle") << "Softmax"
                                                 << "(Softmax) cannot be imported: a softmax";
    }
    void whatDoesNotFitIsNamedByNode() {
        QFETCH(QString, op);
        QFETCH(QString, mention);
        onnx::ModelProto model = smallModel();
        nodeOf(model, "Relu").set_op_type(op.toStdString());
        const Result<OnnxNetwork> network = read(model);
        QVERIFY(!network);
        QCOMPARE(network.error().kind, ErrorKind::BadInput);
        QVERIFY2(network.error().message.find("relu/Relu_0") != std::string::npos, network.error().message.c_str());
        QVERIFY2(network.error().message.find(mention.toStdString()) != std::string::npos,
                 network.error().message.c_str());
    }

    void anOperationNothingNeedsIsNoFault() {
        onnx::ModelProto model = smallModel();
        onnx::NodeProto& more = *model.mutable_graph()->add_node();
        more.set_op_type("Einsum");
        more.add_input(nodeOf(model, "Relu").output(0));
        more.add_output("unused");
        QVERIFY(read(model));
    }

    void aSigmoidAtTheEndIsLeftOutAndSaid() {
        onnx::ModelProto model = smallModel();
        onnx::NodeProto& sigmoid = *model.mutable_graph()->add_node();
        sigmoid.set_op_type("Sigmoid");
        sigmoid.add_input(model.graph().output(0).name());
        sigmoid.add_output("probabilities");
        model.mutable_graph()->mutable_output(0)->set_name("probabilities");
        const Result<OnnxNetwork> network = read(model);
        QVERIFY2(network, network ? "" : network.error().message.c_str());
        QCOMPARE(network->graph.outputs[0].node, std::string("fc"));
        QCOMPARE(network->graph.nodes.back().id, std::string("fc"));
        QCOMPARE(network->notes.size(), std::size_t{1});
        QVERIFY(read(smallModel())->notes.empty());
    }

    /// F.pad as PyTorch's exporter spells it: the pads turned round by Reshape, Slice from the end, Transpose.
    void padsThatAreComputedAreRead() {
        onnx::ModelProto model = smallModel();
        onnx::GraphProto& graph = *model.mutable_graph();
        const auto wholes = [&](const char* name, const std::vector<std::int64_t>& values) {
            onnx::TensorProto& tensor = *graph.add_initializer();
            tensor.set_name(name);
            tensor.set_data_type(onnx::TensorProto::INT64);
            tensor.add_dims(static_cast<std::int64_t>(values.size()));
            for (const std::int64_t value : values)
                tensor.add_int64_data(value);
        };
        wholes("given", {0, 1, 2, 0, 0, 0, 0, 0}); // left 0, right 1, top 2, bottom 0, as F.pad counts
        wholes("pairs", {-1, 2});
        wholes("flat", {-1});
        wholes("zero", {0});
        wholes("lowest", {std::numeric_limits<std::int64_t>::min() + 1});
        std::vector<onnx::NodeProto> nodes;
        const auto add = [&](const char* op, const std::vector<std::string>& inputs, const char* output) {
            onnx::NodeProto& node = nodes.emplace_back();
            node.set_op_type(op);
            for (const std::string& input : inputs)
                node.add_input(input);
            node.add_output(output);
        };
        add("Reshape", {"given", "pairs"}, "rows");
        add("Slice", {"rows", "flat", "lowest", "zero", "flat"}, "turned");
        add("Transpose", {"turned"}, "columns");
        add("Reshape", {"columns", "flat"}, "pads");
        add("Pad", {graph.input(0).name(), "pads"}, "padded");
        const std::vector<onnx::NodeProto> old(graph.node().begin(), graph.node().end());
        graph.clear_node();
        for (const onnx::NodeProto& node : nodes)
            *graph.add_node() = node;
        for (const onnx::NodeProto& node : old)
            *graph.add_node() = node;
        onnx::NodeProto& conv = nodeOf(model, "Conv");
        conv.set_input(0, "padded");
        for (int i = conv.attribute_size() - 1; i >= 0; --i)
            if (conv.attribute(i).name() == "pads" || conv.attribute(i).name() == "auto_pad")
                conv.mutable_attribute()->DeleteSubrange(i, 1);
        const Result<OnnxNetwork> network = read(model);
        QVERIFY2(network, network ? "" : network.error().message.c_str());
        const Result<GraphCost> cost = shapes(network->graph);
        QVERIFY(cost);
        for (std::size_t i = 0; i < network->graph.nodes.size(); ++i)
            if (network->graph.nodes[i].op == Op::Conv2d)
                QCOMPARE(cost->nodes[i].output, (Shape{4, 6, 5})); // 6 + 2 - 2 high, 6 + 1 - 2 wide
    }

    void aNodeThatReadsWhatComesLaterIsRefused() {
        onnx::ModelProto model = smallModel();
        nodeOf(model, "Conv").set_input(0, nodeOf(model, "Relu").output(0)); // a cycle
        const Result<OnnxNetwork> network = read(model);
        QVERIFY(!network);
        QVERIFY(network.error().message.find("which nothing before it gives") != std::string::npos);
    }

    void aTensorWithTooFewValuesIsRefused() {
        onnx::ModelProto model = smallModel();
        for (onnx::TensorProto& weight : *model.mutable_graph()->mutable_initializer())
            if (weight.name() == "conv.weight")
                weight.mutable_raw_data()->resize(8);
        const Result<OnnxNetwork> network = read(model);
        QVERIFY(!network);
        QVERIFY2(network.error().message.find("conv.weight has 2 values where its shape needs 108") !=
                     std::string::npos,
                 network.error().message.c_str());
    }

    void imagesNeedAFixedSize() {
        onnx::ModelProto model = smallModel();
        onnx::TypeProto& type = *model.mutable_graph()->mutable_input(0)->mutable_type();
        type.mutable_tensor_type()->mutable_shape()->mutable_dim(2)->set_dim_param("height");
        const Result<OnnxNetwork> network = read(model);
        QVERIFY(!network);
        QVERIFY(network.error().message.find("no fixed height, width") != std::string::npos);
    }

    void valuesBesideTheModelAreRead() {
        onnx::ModelProto model = smallModel();
        std::string beside = "begin";
        for (onnx::TensorProto& weight : *model.mutable_graph()->mutable_initializer()) {
            const auto say = [&](const char* key, const std::string& value) {
                onnx::StringStringEntryProto& entry = *weight.add_external_data();
                entry.set_key(key);
                entry.set_value(value);
            };
            say("location", "model.onnx.data");
            say("offset", std::to_string(beside.size()));
            say("length", std::to_string(weight.raw_data().size()));
            beside += weight.raw_data();
            weight.clear_raw_data();
            weight.set_data_location(onnx::TensorProto::EXTERNAL);
        }
        write("model.onnx.data", QByteArray::fromStdString(beside));
        const std::filesystem::path folder = m_folder.path().toStdString();
        const Result<OnnxNetwork> network = read(model, folder);
        QVERIFY2(network, network ? "" : network.error().message.c_str());
        QVERIFY(network->values == valuesOf(smallGraph()));

        write("model.onnx.data", QByteArray::fromStdString(beside.substr(0, 20)));
        QVERIFY(read(model, folder).error().message.find("is too short") != std::string::npos);
        std::filesystem::remove(folder / "model.onnx.data");
        QVERIFY(read(model, folder).error().message.find("is missing") != std::string::npos);
        std::filesystem::create_symlink("/etc/hostname", folder / "model.onnx.data");
        QVERIFY(read(model, folder).error().message.find("not in the model's folder") != std::string::npos);
        for (const char* location : {"../secret", "/etc/hostname", ""}) {
            model.mutable_graph()->mutable_initializer(0)->mutable_external_data(0)->set_value(location);
            QVERIFY(read(model, folder).error().message.find("not in the model's folder") != std::string::npos);
        }
    }

    void damagedFilesAreRefusedInASentence() {
        QVERIFY(!onnxNetwork(""));
        QVERIFY(!onnxNetwork("not a model"));
        for (const char* name : {"torch-13", "keras"}) {
            const std::string bytes = *readFile(std::string(SIGHTLINE_GOLDEN_DIR) + "/onnx/" + name + ".onnx", 1 << 20);
            int readable = 0;
            for (std::uint64_t trial = 0; trial < 3000; ++trial) {
                std::string damaged = bytes;
                for (std::uint64_t change = 0; change <= trial % 4; ++change) {
                    const std::uint64_t place = static_cast<std::uint64_t>((drawn(trial * 8 + change) + 1) * 1e6f);
                    damaged[place % damaged.size()] = static_cast<char>(place / damaged.size() + trial);
                }
                if (trial % 10 == 0)
                    damaged.resize(damaged.size() * (trial % 100) / 100);
                const Result<OnnxNetwork> network = onnxNetwork(damaged, "/nowhere");
                readable += network ? 1 : 0;
                if (network) // what is read can be used
                    QVERIFY(shapes(network->graph));
                else
                    QVERIFY(network.error().message.size() > 10);
            }
            QVERIFY(readable > 100); // most of a file is weights
        }
    }
};

QTEST_GUILESS_MAIN(OnnxReaderTest)
#include "tst_OnnxReader.moc"
