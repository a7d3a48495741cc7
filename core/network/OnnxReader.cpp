// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/OnnxReader.h"

#include <google/protobuf/io/coded_stream.h>

#include <limits>
#include <set>

#include "network/OnnxReading.h"
#include "support/Files.h"
#include "support/Words.h"

namespace sightline {

namespace {

constexpr std::uintmax_t kLargestModel = std::uintmax_t{2} << 30;
constexpr int kMostNodes = 100'000;
constexpr std::int64_t kOldestOpset = 7, kLargestExtent = 16384;

Result<void> checkOpsets(const onnx::ModelProto& model) {
    for (const onnx::OperatorSetIdProto& set : model.opset_import())
        if ((set.domain().empty() || set.domain() == "ai.onnx") && set.version() < kOldestOpset)
            return badInput("The ONNX file uses operator set " + std::to_string(set.version()) +
                            "; export the network again with 7 or later.");
    return {};
}

/// The one input that is no weight.
Result<const onnx::ValueInfoProto*> inputOf(const onnx::GraphProto& graph) {
    std::set<std::string> weights;
    for (const onnx::TensorProto& weight : graph.initializer())
        weights.insert(weight.name());
    const onnx::ValueInfoProto* image = nullptr;
    for (const onnx::ValueInfoProto& input : graph.input()) {
        if (weights.contains(input.name()))
            continue;
        if (image)
            return badInput("The network has more than one input (" + shown(image->name()) + ", " +
                            shown(input.name()) + "); one image is understood.");
        image = &input;
    }
    return image ? Result<const onnx::ValueInfoProto*>(image) : badInput("The network has no input.");
}

/// -1: not fixed.
std::int64_t extentOf(const onnx::TensorShapeProto& shape, int axis) {
    return shape.dim(axis).has_dim_value() && shape.dim(axis).dim_value() > 0 ? shape.dim(axis).dim_value() : -1;
}

Result<void> takeInput(OnnxReading& reading, const onnx::GraphProto& graph) {
    const Result<const onnx::ValueInfoProto*> input = inputOf(graph);
    if (!input)
        return input.error();
    const onnx::TensorShapeProto& shape = (*input)->type().tensor_type().shape();
    const std::string name = "The network's input " + shown((*input)->name());
    if (shape.dim_size() != 4)
        return badInput(name + " is not a batch of images: it has " + std::to_string(shape.dim_size()) +
                        " axes, not 4.");
    const std::int64_t second = extentOf(shape, 1), third = extentOf(shape, 2), last = extentOf(shape, 3);
    const bool isLast = last >= 1 && last <= 4 && (second < 1 || second > 4); // channels last, as TensorFlow has them
    const std::int64_t channels = isLast ? last : second, height = isLast ? second : third,
                       width = isLast ? third : last;
    for (const std::int64_t extent : {channels, height, width})
        if (extent < 1 || extent > kLargestExtent)
            return badInput(name + " has no fixed height, width and channels of 1 to 16384; export the network with a "
                                   "fixed image size (the batch may vary).");
    if (channels > 64)
        return badInput(name + " has " + std::to_string(channels) + " channels; images of 1 to 64 are understood.");
    const std::int64_t batch = extentOf(shape, 0);
    reading.batchOfFile = batch < 1 ? kOnnxBatch : batch;
    return reading.keep((*input)->name(),
                        reading.begin(static_cast<int>(height), static_cast<int>(width), static_cast<int>(channels),
                                      isLast ? std::vector<int>{0, 2, 3, 1} : kImageAxes));
}

Result<void> takeWeights(OnnxReading& reading, const onnx::GraphProto& graph) {
    for (const onnx::TensorProto& weight : graph.initializer()) {
        Result<OnnxTensor> tensor = onnxTensor(weight, reading.folder());
        OnnxValue value;
        if (tensor)
            value = constantValue(std::move(*tensor));
        else if (tensor.error().kind == ErrorKind::BadInput && weight.data_location() != onnx::TensorProto::EXTERNAL)
            value.why = tensor.error().message; // what nothing needs may be of any type
        else
            return tensor.error();
        if (const Result<void> kept = reading.keep(weight.name(), std::move(value)); !kept)
            return kept;
    }
    return {};
}

/// Every input that a node has, where all are constants; nothing else.
std::optional<std::vector<const OnnxTensor*>> constantsOf(const OnnxReading& reading, const onnx::NodeProto& node) {
    std::vector<const OnnxTensor*> inputs;
    for (const std::string& input : node.input()) {
        inputs.push_back(input.empty() ? nullptr : reading.constant(input));
        if (!input.empty() && !inputs.back())
            return {};
    }
    return inputs;
}

Result<OnnxValue> valueOf(OnnxReading& reading, const onnx::NodeProto& node) {
    if (!node.domain().empty() && node.domain() != "ai.onnx")
        return onnxFault(node, "operations of " + shown(node.domain()) + " are not known here.");
    if (const auto constants = constantsOf(reading, node); constants && node.op_type() != "Shape") {
        Result<OnnxTensor> folded = foldedOnnx(node, *constants, reading.folder());
        return folded ? Result<OnnxValue>(constantValue(std::move(*folded))) : folded.error();
    }
    for (const auto read :
         {readOnnxPattern, readOnnxLayer, readOnnxPool, readOnnxActivation, readOnnxArithmetic, readOnnxShape})
        if (std::optional<Result<OnnxValue>> value = read(reading, node))
            return *value;
    for (const std::string& input : node.input()) // the cause lies before
        if (const OnnxValue* read = reading.find(input); read && read->kind == OnnxValue::Kind::Unreadable)
            return badInput(read->why);
    return onnxFault(node, "networks here have no such operation.");
}

Result<void> takeNodes(OnnxReading& reading, const onnx::GraphProto& graph) {
    if (graph.node_size() > kMostNodes)
        return badInput("The network has more than 100,000 nodes.");
    for (const onnx::NodeProto& node : graph.node()) {
        for (const std::string& input : node.input())
            if (!input.empty() && !reading.find(input))
                return onnxFault(node, "it reads " + shown(input) + ", which nothing before it gives.");
        if (node.output_size() == 0)
            return onnxFault(node, "it has no output.");
        Result<OnnxValue> value = valueOf(reading, node);
        OnnxValue unreadable;
        if (!value)
            unreadable.why = value.error().message;
        for (int output = 0; output < node.output_size(); ++output) {
            OnnxValue one = output == 0 && value ? std::move(*value) : unreadable;
            if (output > 0)
                one.why = onnxFault(node, "its output " + std::to_string(output + 1) + " is not understood.").message;
            if (node.output(output).empty())
                continue;
            if (const Result<void> kept = reading.keep(node.output(output), std::move(one), &node); !kept)
                return kept;
        }
    }
    return {};
}

/// The class scores: a vector, or one that is still an image of one pixel.
Result<void> takeOutput(OnnxReading& reading, const onnx::GraphProto& graph) {
    if (graph.output_size() == 0)
        return badInput("The network has no output.");
    const std::string& name = graph.output(0).name();
    const OnnxValue* found = reading.find(name);
    if (!found || found->kind == OnnxValue::Kind::Constant)
        return badInput("The network's output " + shown(name) + " does not depend on the image.");
    if (found->kind == OnnxValue::Kind::Unreadable)
        return badInput(found->why);
    OnnxValue scores = *found;
    const Shape shape = reading.shape(scores.node);
    const onnx::NodeProto* by = reading.producer(name);
    if (shape.size() == 3 && shape[1] == 1 && shape[2] == 1 && by) {
        Result<OnnxValue> flat = reading.add(*by, reading.freshId(*by, "scores.weight"), Op::Flatten, Json::object(),
                                             {scores.node}, kVectorAxes);
        if (!flat)
            return flat.error();
        scores = std::move(*flat);
    }
    if (reading.shape(scores.node).size() != 1 || scores.isPadded || !by)
        return badInput("The network's output " + shown(name) +
                        " is no vector of class scores; classifiers of images are understood.");
    if (reading.shape(scores.node)[0] < 2)
        return badInput("The network's output " + shown(name) +
                        " is one number; a classifier has a score for each of two classes or more.");
    reading.spec.outputs = {{"main", scores.node, 1.0}};
    return {};
}

/// Leaves out a sigmoid at the end: the scores are what it was given. Whether there was one.
bool dropSigmoid(OnnxReading& reading) {
    std::string& output = reading.spec.outputs[0].node;
    const Node& last = reading.node(output);
    if (last.op != Op::Activation || last.attributes.value("kind", "") != "sigmoid")
        return false;
    output = last.inputs.front();
    return true;
}

/// The outputs beside the first that are not the same scores.
std::vector<std::string> outputsLeftOut(const OnnxReading& reading, const onnx::GraphProto& graph) {
    const std::string& taken = reading.find(graph.output(0).name())->node;
    std::vector<std::string> names;
    for (int i = 1; i < graph.output_size(); ++i) {
        const OnnxValue* other = reading.find(graph.output(i).name());
        const bool isSame = other && other->kind == OnnxValue::Kind::Feature &&
                            (other->node == taken || other->node == reading.spec.outputs[0].node);
        if (!isSame)
            names.push_back(graph.output(i).name());
    }
    return names;
}

/// What the output does not need goes, with its values.
void prune(OnnxReading& reading) {
    reading.spec = inferenceGraph(reading.spec);
    std::set<std::string> kept;
    for (const Node& node : reading.spec.nodes)
        kept.insert(node.id);
    std::erase_if(reading.values,
                  [&](const auto& tensor) { return !kept.contains(tensor.first.substr(0, tensor.first.rfind('.'))); });
}

/// Each tensor there with its size: every reader above has seen to it, so a fault here is ours.
Result<void> checkValues(const OnnxReading& reading) {
    const Result<GraphCost> cost = shapes(reading.spec);
    if (!cost)
        return cost.error();
    for (const TensorSpec& tensor : tensorsOf(reading.spec, *cost)) {
        const Result<std::size_t> count = onnxCount(tensor.shape, tensor.name);
        const auto found = reading.values.find(tensor.name);
        if (!count || found == reading.values.end() || found->second.size() != *count)
            return badInput("The weights of " + shown(tensor.name) + " do not fit the network.");
    }
    return {};
}

} // namespace

Result<OnnxNetwork> onnxNetwork(std::string_view bytes, const std::filesystem::path& folder) {
    if (bytes.size() > kLargestModel - 1)
        return badInput("An ONNX file holds at most 2 GiB.");
    onnx::ModelProto model;
    google::protobuf::io::CodedInputStream stream(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                                  static_cast<int>(bytes.size()));
    if (!model.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage() || !model.has_graph())
        return badInput("This is not an ONNX model, or it is damaged.");
    if (const Result<void> fits = checkOpsets(model); !fits)
        return fits.error();
    OnnxReading reading(folder);
    const onnx::GraphProto& graph = model.graph();
    reading.countReaders(graph);
    for (const auto take : {takeInput, takeWeights, takeNodes, takeOutput})
        if (const Result<void> taken = take(reading, graph); !taken)
            return taken.error();
    std::vector<std::string> notes;
    if (dropSigmoid(reading))
        notes.emplace_back("The network ends in a sigmoid for each class; the scores before it are used, and "
                           "probabilities are a softmax over them.");
    if (const std::vector<std::string> others = outputsLeftOut(reading, graph); !others.empty())
        notes.push_back("Output " + shown(graph.output(0).name()) + " is taken; " + listed(others) +
                        (others.size() == 1 ? " is" : " are") + " ignored.");
    prune(reading);
    reading.spec.name = graph.name();
    if (const Result<void> complete = checkValues(reading); !complete)
        return complete.error();
    OnnxNetwork network{std::move(reading.spec), std::move(reading.values), {}, std::move(notes)};
    for (const onnx::StringStringEntryProto& entry : model.metadata_props())
        network.metadata[entry.key()] = entry.value();
    return network;
}

Result<OnnxNetwork> readOnnx(const std::filesystem::path& file) {
    const Result<std::string> bytes = readFile(file, kLargestModel);
    if (!bytes)
        return bytes.error();
    const std::filesystem::path parent = file.parent_path();
    Result<OnnxNetwork> network = onnxNetwork(*bytes, parent.empty() ? "." : parent);
    return network ? std::move(network) : badInput(file.string() + ": " + network.error().message);
}

} // namespace sightline
