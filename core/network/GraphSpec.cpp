// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/GraphSpec.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <unordered_map>

#include "network/Attributes.h"

namespace sightline {

namespace {

constexpr std::array<const char*, 20> kOpNames = {"input",
                                                  "conv2d",
                                                  "batch_norm",
                                                  "layer_norm",
                                                  "activation",
                                                  "max_pool",
                                                  "avg_pool",
                                                  "global_avg_pool",
                                                  "adaptive_avg_pool",
                                                  "flatten",
                                                  "dense",
                                                  "dropout",
                                                  "add",
                                                  "multiply",
                                                  "concat",
                                                  "local_response_norm",
                                                  "channel_scale",
                                                  "random_crop",
                                                  "random_contrast",
                                                  "rescale"};

const std::initializer_list<std::string_view> kInitializerNames = {"glorot_uniform",
                                                                   "torch_default",
                                                                   "kaiming_normal_fan_out",
                                                                   "truncated_normal_0.02",
                                                                   "kaiming_uniform",
                                                                   "kaiming_normal_fan_in",
                                                                   "kaiming_normal_dense_0.01",
                                                                   "kaiming_normal_dense_uniform",
                                                                   "group_normal_dense_uniform"};

/// More than any network of people, few enough to be refused at once.
constexpr std::size_t kMostNodes = 20000;
constexpr std::size_t kMostOutputs = 16;
constexpr std::uintmax_t kLargestFile = 8u << 20;

Result<Node> nodeFromJson(const Json& json, const std::string& path) {
    std::vector<Problem> problems;
    JsonReader reader(json, path, problems);
    Node node;
    std::string op;
    reader.read("id", node.id);
    reader.read("op", op);
    if (reader.hasValue("attributes"))
        node.attributes = reader.at("attributes");
    if (reader.hasValue("inputs")) {
        const Json& inputs = reader.at("inputs");
        if (!inputs.is_array())
            reader.problem("inputs", "must be a list of node ids");
        else {
            for (const Json& input : inputs) {
                if (!input.is_string()) {
                    reader.problem("inputs", "must be a list of node ids");
                    break;
                }
                node.inputs.push_back(input.get<std::string>());
            }
        }
    }
    reader.finish();
    const bool printable =
        std::none_of(node.id.begin(), node.id.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; });
    if (node.id.empty() || node.id.size() > 200 || !printable)
        reader.problem("id", "must be a name of 1 to 200 printable characters");
    if (!node.attributes.is_object())
        reader.problem("attributes", "must be an object");
    const auto known = std::find_if(kOpNames.begin(), kOpNames.end(), [&](const char* name) { return op == name; });
    if (known == kOpNames.end())
        reader.problem("op", "'" + shown(op) + "' is not an operation; core/network/README.md lists them");
    if (!problems.empty())
        return badInput(joined(problems));
    node.op = static_cast<Op>(std::distance(kOpNames.begin(), known));
    for (const auto& [key, value] : node.attributes.items()) {
        if (const std::string fault = attributeFault(node.op, key, value); !fault.empty())
            return badInput(node.id + " (" + op + "): '" + shown(key) + "' " + fault + ".");
    }
    return node;
}

} // namespace

const char* nameOf(Op op) {
    return kOpNames[static_cast<std::size_t>(op)];
}

const Node* GraphSpec::find(const std::string& id) const {
    for (const Node& node : nodes) {
        if (node.id == id)
            return &node;
    }
    return nullptr;
}

Json toJson(const GraphSpec& spec) {
    Json json;
    json["name"] = spec.name;
    json["input"] = {spec.height, spec.width, spec.channels};
    json["initializer"] = kInitializerNames.begin()[static_cast<std::size_t>(spec.initializer)];
    json["preprocessing"] = spec.preprocessing;
    json["nodes"] = Json::array();
    for (const Node& node : spec.nodes) {
        Json entry;
        entry["id"] = node.id;
        entry["op"] = nameOf(node.op);
        if (!node.inputs.empty())
            entry["inputs"] = node.inputs;
        if (!node.attributes.empty())
            entry["attributes"] = node.attributes;
        json["nodes"].push_back(std::move(entry));
    }
    json["outputs"] = Json::array();
    for (const Output& output : spec.outputs)
        json["outputs"].push_back({{"name", output.name}, {"node", output.node}, {"loss_weight", output.lossWeight}});
    return json;
}

Result<GraphSpec> graphFromJson(const Json& json) {
    std::vector<Problem> problems;
    JsonReader reader(json, "", problems);
    GraphSpec spec;
    std::vector<int> input;
    reader.read("name", spec.name);
    reader.read("input", input);
    int initializer = 0;
    reader.readWord("initializer", initializer, kInitializerNames);
    spec.initializer = static_cast<Initializer>(initializer);
    reader.read("preprocessing", spec.preprocessing);
    const Json& nodes = reader.at("nodes");
    const Json& outputs = reader.at("outputs");
    reader.finish();
    if (input.size() != 3 || *std::min_element(input.begin(), input.end()) < 1)
        reader.problem("input", "must be [height, width, channels], each 1 or more");
    if (!nodes.is_array() || nodes.empty() || nodes.size() > kMostNodes)
        reader.problem("nodes", "must be a list of 1 to " + std::to_string(kMostNodes) + " nodes");
    if (!outputs.is_array() || outputs.empty() || outputs.size() > kMostOutputs)
        reader.problem("outputs", "must be a list of 1 to " + std::to_string(kMostOutputs) + " outputs");
    if (!problems.empty())
        return badInput("The network cannot be read: " + joined(problems) + ".");
    spec.height = input[0];
    spec.width = input[1];
    spec.channels = input[2];
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        Result<Node> node = nodeFromJson(nodes[i], "nodes[" + std::to_string(i) + "]");
        if (!node)
            return badInput("The network cannot be read: " + node.error().message);
        spec.nodes.push_back(std::move(*node));
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        JsonReader item(outputs[i], "outputs[" + std::to_string(i) + "]", problems);
        Output output;
        item.read("name", output.name);
        item.read("node", output.node);
        item.read("loss_weight", output.lossWeight);
        item.finish();
        if (!(output.lossWeight >= 0))
            item.problem("loss_weight", "must be 0 or more");
        for (const Output& other : spec.outputs) {
            if (other.name == output.name)
                item.problem("name", "two outputs are named '" + shown(output.name) + "'");
        }
        spec.outputs.push_back(std::move(output));
    }
    if (!problems.empty())
        return badInput("The network cannot be read: " + joined(problems) + ".");
    return spec;
}

Result<GraphSpec> readGraph(const std::filesystem::path& file) {
    const Result<Json> json = readJsonFile(file, kLargestFile);
    if (!json)
        return json.error();
    Result<GraphSpec> graph = graphFromJson(*json);
    if (!graph)
        return badInput(file.string() + ": " + graph.error().message);
    if (graph->name.empty())
        graph->name = file.stem().string();
    return graph;
}

std::vector<TensorSpec> tensorsOf(const GraphSpec& spec, const GraphCost& cost) {
    std::unordered_map<std::string, const Shape*> shapeOf;
    std::vector<TensorSpec> tensors;
    for (std::size_t i = 0; i < spec.nodes.size() && i < cost.nodes.size(); ++i) {
        const Node& node = spec.nodes[i];
        const Shape& out = cost.nodes[i].output;
        shapeOf[node.id] = &out;
        const std::int64_t channelsIn = node.inputs.empty() ? 0 : shapeOf[node.inputs[0]]->front();
        const auto add = [&](const char* suffix, Shape shape, bool trainable = true) {
            tensors.push_back({node.id + suffix, std::move(shape), trainable});
        };
        switch (node.op) {
        case Op::Conv2d: {
            const auto kernel = pairAttribute(node, "kernel", {1, 1});
            add(".weight", {out[0], channelsIn / wholeAttribute(node, "groups", 1), kernel[0], kernel[1]});
            if (boolAttribute(node, "bias", true))
                add(".bias", {out[0]});
            break;
        }
        case Op::BatchNorm:
            add(".weight", {out[0]});
            add(".bias", {out[0]});
            add(".running_mean", {out[0]}, false);
            add(".running_var", {out[0]}, false);
            break;
        case Op::LayerNorm:
            add(".weight", {out[0]});
            add(".bias", {out[0]});
            break;
        case Op::Dense:
            add(".weight", {out[0], channelsIn});
            if (boolAttribute(node, "bias", true))
                add(".bias", {out[0]});
            break;
        case Op::ChannelScale:
            add(".weight", {out[0]});
            break;
        default:
            break;
        }
    }
    return tensors;
}

Shape outputShape(const GraphSpec& spec, const GraphCost& cost, const Output& output) {
    for (std::size_t i = 0; i < spec.nodes.size() && i < cost.nodes.size(); ++i) {
        if (spec.nodes[i].id == output.node)
            return cost.nodes[i].output;
    }
    return {};
}

bool hasWeights(Op op) {
    return op == Op::Conv2d || op == Op::BatchNorm || op == Op::LayerNorm || op == Op::Dense || op == Op::ChannelScale;
}

std::vector<bool> nodesBefore(const GraphSpec& spec, const std::string& node) {
    std::unordered_map<std::string, std::size_t> position;
    for (std::size_t i = 0; i < spec.nodes.size(); ++i)
        position[spec.nodes[i].id] = i;
    std::vector<bool> reached(spec.nodes.size(), false);
    const auto start = position.find(node);
    if (start == position.end())
        return reached;
    reached[start->second] = true;
    for (std::size_t i = start->second + 1; i-- > 0;) {
        if (!reached[i])
            continue;
        for (const std::string& input : spec.nodes[i].inputs) {
            if (const auto found = position.find(input); found != position.end())
                reached[found->second] = true;
        }
    }
    return reached;
}

std::vector<bool> classifierNodes(const GraphSpec& spec) {
    std::unordered_map<std::string, std::size_t> position;
    for (std::size_t i = 0; i < spec.nodes.size(); ++i)
        position[spec.nodes[i].id] = i;
    std::vector<bool> seen(spec.nodes.size(), false), classifier(spec.nodes.size(), false);
    std::vector<std::string> waiting;
    for (const Output& output : spec.outputs)
        waiting.push_back(output.node);
    while (!waiting.empty()) {
        const auto found = position.find(waiting.back());
        waiting.pop_back();
        if (found == position.end() || seen[found->second])
            continue;
        seen[found->second] = true;
        const Node& node = spec.nodes[found->second];
        if (hasWeights(node.op))
            classifier[found->second] = true;
        else
            waiting.insert(waiting.end(), node.inputs.begin(), node.inputs.end());
    }
    return classifier;
}

std::size_t baseEnd(const GraphSpec& spec) {
    if (spec.outputs.empty())
        return 0;
    const std::vector<bool> main = nodesBefore(spec, spec.outputs[0].node), classifier = classifierNodes(spec);
    std::size_t end = 0;
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        if (main[i] && !classifier[i] && spec.nodes[i].op == Op::Conv2d)
            end = i + 1;
    }
    for (std::size_t i = end; end > 0 && i < spec.nodes.size(); ++i) {
        const Op op = spec.nodes[i].op;
        if (!main[i])
            continue;
        if (classifier[i] || op == Op::GlobalAvgPool || op == Op::Flatten || op == Op::AdaptiveAvgPool ||
            op == Op::Dense)
            break;
        if (op == Op::BatchNorm || op == Op::LayerNorm || op == Op::ChannelScale)
            end = i + 1;
    }
    return end;
}

std::string defaultHeatMapNode(const GraphSpec& spec) {
    if (spec.outputs.empty())
        return {};
    // What the main output depends on; auxiliary heads do not count.
    const std::vector<bool> reached = nodesBefore(spec, spec.outputs[0].node);
    std::size_t last = spec.nodes.size();
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        if (reached[i] && spec.nodes[i].op == Op::Conv2d)
            last = i;
    }
    if (last == spec.nodes.size())
        return {};
    // Follow the last convolution through batch-norm, sums and activations; stop at the first thing that is none of
    // these.
    std::string best = spec.nodes[last].id;
    std::string current = best;
    for (std::size_t i = last + 1; i < spec.nodes.size(); ++i) {
        const Node& node = spec.nodes[i];
        if (!reached[i] || std::find(node.inputs.begin(), node.inputs.end(), current) == node.inputs.end())
            continue;
        const bool passes = node.op == Op::BatchNorm || node.op == Op::LayerNorm || node.op == Op::Activation ||
                            node.op == Op::Add || node.op == Op::Concat || node.op == Op::ChannelScale ||
                            node.op == Op::Multiply;
        if (!passes)
            break;
        current = node.id;
        best = current;
    }
    return best;
}

} // namespace sightline
