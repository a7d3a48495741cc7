// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/OnnxReading.h"

#include <algorithm>
#include <utility>

#include "network/NodeCost.h"

namespace sightline {

namespace {

const onnx::AttributeProto* attributeOf(const onnx::NodeProto& node, const char* name) {
    for (const onnx::AttributeProto& attribute : node.attribute())
        if (attribute.name() == name)
            return &attribute;
    return nullptr;
}

/// Of a name in a file, what may be a node's id.
std::string printable(const std::string& name) {
    std::string id;
    for (const char c : name)
        id += c > ' ' && c <= '~' ? c : '_';
    return id.substr(0, 150);
}

/// "/layer1/layer1.0/conv1/Conv" of torch's exporter as "layer1.0.conv1".
std::string idOf(const onnx::NodeProto& node) {
    std::string name = node.name();
    if (!name.starts_with('/'))
        return name;
    std::string id;
    std::size_t begin = 1;
    for (std::size_t end = name.find('/', begin); end != std::string::npos; end = name.find('/', begin)) {
        const std::string part = name.substr(begin, end - begin);
        id = part.starts_with(id + ".") || id.empty() ? part : id + "." + part;
        begin = end + 1;
    }
    return id;
}

} // namespace

std::int64_t onnxWhole(const onnx::NodeProto& node, const char* name, std::int64_t otherwise) {
    const onnx::AttributeProto* attribute = attributeOf(node, name);
    return attribute && attribute->has_i() ? attribute->i() : otherwise;
}

double onnxNumber(const onnx::NodeProto& node, const char* name, double otherwise) {
    const onnx::AttributeProto* attribute = attributeOf(node, name);
    return attribute && attribute->has_f() ? static_cast<double>(attribute->f()) : otherwise;
}

std::string onnxText(const onnx::NodeProto& node, const char* name, const std::string& otherwise) {
    const onnx::AttributeProto* attribute = attributeOf(node, name);
    return attribute && attribute->has_s() ? attribute->s() : otherwise;
}

std::optional<std::vector<std::int64_t>> onnxWholes(const onnx::NodeProto& node, const char* name) {
    const onnx::AttributeProto* attribute = attributeOf(node, name);
    if (!attribute)
        return {};
    return std::vector<std::int64_t>(attribute->ints().begin(), attribute->ints().end());
}

Error onnxFault(const onnx::NodeProto& node, const std::string& why) {
    const std::string name = node.name().empty() && node.output_size() > 0 ? node.output(0) : node.name();
    return badInput("The node " + shown(name) + " (" + shown(node.op_type()) + ") cannot be imported: " + why);
}

OnnxValue constantValue(OnnxTensor tensor) {
    OnnxValue value;
    value.kind = OnnxValue::Kind::Constant;
    value.constant = std::make_shared<const OnnxTensor>(std::move(tensor));
    return value;
}

const OnnxValue* OnnxReading::find(const std::string& name) const {
    const auto found = m_values.find(name);
    return found == m_values.end() ? nullptr : &found->second;
}

const OnnxTensor* OnnxReading::constant(const std::string& name) const {
    const OnnxValue* value = find(name);
    return value && value->kind == OnnxValue::Kind::Constant ? value->constant.get() : nullptr;
}

const onnx::NodeProto* OnnxReading::producer(const std::string& name) const {
    const auto found = m_producers.find(name);
    return found == m_producers.end() ? nullptr : found->second;
}

const onnx::NodeProto* OnnxReading::producer(const std::string& name, const char* op) const {
    const onnx::NodeProto* node = producer(name);
    return node && node->op_type() == op ? node : nullptr;
}

int OnnxReading::readers(const std::string& name) const {
    const auto found = m_readers.find(name);
    return found == m_readers.end() ? 0 : found->second;
}

void OnnxReading::countReaders(const onnx::GraphProto& graph) {
    for (const onnx::NodeProto& node : graph.node())
        for (const std::string& input : node.input())
            ++m_readers[input];
    for (const onnx::ValueInfoProto& output : graph.output())
        ++m_readers[output.name()];
}

Result<void> OnnxReading::keep(const std::string& name, OnnxValue value, const onnx::NodeProto* by) {
    if (!m_values.emplace(name, std::move(value)).second)
        return badInput("Two nodes of the ONNX file give a value of the name " + shown(name) + ".");
    if (by)
        m_producers[name] = by;
    return {};
}

Result<OnnxValue> OnnxReading::feature(const onnx::NodeProto& node, int input, bool mayBePadded) const {
    const OnnxValue* value = node.input_size() > input ? find(node.input(input)) : nullptr;
    if (!value)
        return onnxFault(node, "it lacks an input.");
    if (value->kind == OnnxValue::Kind::Unreadable)
        return badInput(value->why);
    if (value->kind == OnnxValue::Kind::Constant)
        return onnxFault(node, "it computes with a constant (" + shown(node.input(input)) +
                                   ") where an image should arrive.");
    if (value->isSoftmax)
        return onnxFault(node, "it reads probabilities; a softmax is understood only at the end of a network.");
    if (value->isPadded && !mayBePadded)
        return onnxFault(node, "it reads a padded image; padding is understood only before a convolution or pool.");
    return *value;
}

Result<OnnxValue> OnnxReading::image(const onnx::NodeProto& node, int input, bool mayBePadded) const {
    Result<OnnxValue> value = feature(node, input, mayBePadded);
    if (value && (value->axes != kImageAxes || shape(value->node).size() != 3))
        return onnxFault(node, "it needs an image as batch x channels x height x width.");
    return value;
}

Result<const OnnxTensor*> OnnxReading::given(const onnx::NodeProto& node, int input) const {
    if (node.input_size() <= input || node.input(input).empty())
        return nullptr;
    const OnnxTensor* tensor = constant(node.input(input));
    const OnnxValue* value = find(node.input(input));
    if (value && value->kind == OnnxValue::Kind::Unreadable)
        return badInput(value->why);
    if (!tensor)
        return onnxFault(node, "its input " + shown(node.input(input)) + " is computed; it must be a constant.");
    return tensor;
}

Result<std::optional<std::vector<std::int64_t>>> OnnxReading::wholes(const onnx::NodeProto& node, const char* attribute,
                                                                     int input) const {
    const Result<const OnnxTensor*> tensor = given(node, input);
    if (!tensor)
        return tensor.error();
    if (*tensor && !(*tensor)->isWhole)
        return onnxFault(node, "its input " + shown(node.input(input)) + " must be whole numbers.");
    return *tensor ? std::optional((*tensor)->wholes) : onnxWholes(node, attribute);
}

Shape OnnxReading::dims(const OnnxValue& value) const {
    const Shape& own = shape(value.node);
    Shape dims;
    for (const int axis : value.axes)
        dims.push_back(axis == kUnit ? 1 : axis == 0 ? kOnnxBatch : own[static_cast<std::size_t>(axis - 1)]);
    for (std::size_t i = 0; value.isPadded && i < dims.size(); ++i)
        dims[i] += value.axes[i] == 2   ? value.padding.top + value.padding.bottom
                   : value.axes[i] == 3 ? value.padding.left + value.padding.right
                                        : 0;
    return dims;
}

std::string OnnxReading::freshId(const onnx::NodeProto& node, const std::string& weight) const {
    std::string id = weight.ends_with(".weight") ? weight.substr(0, weight.size() - 7) : idOf(node);
    if (id.empty())
        id = node.op_type();
    id = printable(id);
    std::string fresh = id;
    for (int number = 2; m_position.contains(fresh) || fresh == "input"; ++number)
        fresh = id + "_" + std::to_string(number);
    return fresh;
}

Result<OnnxValue> OnnxReading::add(const onnx::NodeProto& by, const std::string& id, Op op, Json attributes,
                                   std::vector<std::string> inputs, std::vector<int> axes) {
    std::vector<const Shape*> shapes;
    for (const std::string& input : inputs)
        shapes.push_back(&m_shapes.at(input));
    Node made{id, op, std::move(attributes), std::move(inputs)};
    Result<NodeCost> cost = costOf(made, shapes);
    if (!cost)
        return onnxFault(by, cost.error().message);
    m_position[id] = spec.nodes.size();
    m_shapes[id] = std::move(cost->output);
    spec.nodes.push_back(std::move(made));
    OnnxValue value;
    value.kind = OnnxValue::Kind::Feature;
    value.node = id;
    value.axes = std::move(axes);
    return value;
}

void OnnxReading::rename(const std::string& from, const std::string& to) {
    node(from).id = to;
    m_position[to] = m_position.at(from);
    m_shapes[to] = std::move(m_shapes.at(from));
    m_position.erase(from);
    m_shapes.erase(from);
    for (const char* suffix : {".weight", ".bias"})
        if (auto tensor = values.extract(from + suffix)) {
            tensor.key() = to + suffix;
            values.insert(std::move(tensor));
        }
}

OnnxValue OnnxReading::begin(int height, int width, int channels, std::vector<int> axes) {
    spec.height = height;
    spec.width = width;
    spec.channels = channels;
    spec.nodes = {{"input", Op::Input, Json::object(), {}}};
    m_position["input"] = 0;
    m_shapes["input"] = {channels, height, width};
    OnnxValue value;
    value.kind = OnnxValue::Kind::Feature;
    value.node = "input";
    value.axes = std::move(axes);
    return value;
}

} // namespace sightline
